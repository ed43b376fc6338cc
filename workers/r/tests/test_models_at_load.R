# What is known of a model when it is loaded: its abilities, its labels, and the packages that it needs.

CARS <- transform(mtcars, kind = factor(ifelse(am == 1, "yes", "no")))
CARS_CSV <- paste(c("wt,hp", paste(CARS$wt[1:3], CARS$hp[1:3], sep = ","), ""), collapse = "\n")

expect_close <- function(got, wanted) {
  expect(isTRUE(all.equal(got, wanted, tolerance = 1e-12)), deparse1(got), " instead of ", deparse1(wanted))
}

said_at_load <- function(model, target, labels) {
  tryCatch(worker$choose_predictor(model, target, labels), worker_error = conditionMessage)
}

test("what a model cannot do is told at load", {
  refuse <- function(words, model, target = "binary", labels = c("yes", "no")) {
    expect_in(words, said_at_load(model, target, labels))
  }
  no_classes <- "predicts numbers, not the probabilities of classes"
  no_numbers <- "predicts classes, not the numbers of the target type regression"
  refuse(no_numbers, glm(kind ~ wt, binomial, CARS), "regression")
  svm <- e1071::svm(kind ~ wt, CARS)
  forest <- randomForest::randomForest(kind ~ wt, CARS, ntree = 3)
  refuse("was fitted without probability = TRUE", svm)
  general <- Find(function(type) type$name == "predict", worker$artifact_types())
  for (tree in c("Classification", "Regression")) {
    fault <- general$find_fault(structure(list(treetype = tree), class = "ranger"), "binary")
    expect_in(if (tree == "Regression") no_classes else "was fitted without probability = TRUE", fault)
  }
  refuse(no_classes, e1071::svm(mpg ~ wt, CARS))
  refuse(no_classes, randomForest::randomForest(mpg ~ wt, CARS, ntree = 3))
  refuse(no_classes, rpart::rpart(mpg ~ wt, CARS))
  for (model in list(MASS::lqs(mpg ~ wt, CARS), loess(mpg ~ wt, CARS), nlme::gls(mpg ~ wt, CARS))) {
    refuse(no_classes, model)
  }
  for (model in list(svm, forest, MASS::lda(kind ~ wt, CARS), e1071::naiveBayes(kind ~ wt, CARS))) {
    refuse(no_numbers, model, "regression")
  }
  refuse("was fitted on one class", e1071::svm(~wt, CARS, type = "one-classification"), "anomaly")
  refuse("keep.forest = FALSE", randomForest::randomForest(kind ~ wt, CARS, ntree = 3, keep.forest = FALSE))
})

test("svm answers one and two rows as it does many", {
  flowers <- data.frame(iris, code = factor(as.integer(iris$Species)))
  some <- flowers[c(1, 60, 120, 2), ]
  model <- e1071::svm(Species ~ code + Sepal.Length, flowers, probability = TRUE)
  wanted <- attr(predict(model, some, probability = TRUE), "probabilities")
  lines <- paste(some$Sepal.Length, some$code, sep = ",")
  with_model(list(model.rds = model), function(process, loaded) {
    for (rows in list(1, 2:3, 1:4)) {
      got <- predict_csv(process, paste(c("Sepal.Length,code", lines[rows], ""), collapse = "\n"))
      expect_close(got, lapply(as.data.frame(wanted), `[`, rows))
    }
  }, target_type = "multiclass", class_labels = as.list(levels(iris$Species)))
})

test("labels that the model does not have are refused at load; encoded classes take them in their order", {
  refuse <- function(model, target, labels) {
    expect_in("the class labels of the model differ from those", said_at_load(model, target, labels))
  }
  for (model in list(
    rpart::rpart(kind ~ wt, CARS), randomForest::randomForest(kind ~ wt, CARS, ntree = 3),
    e1071::naiveBayes(kind ~ wt, CARS), MASS::lda(kind ~ wt, CARS), glm(kind ~ wt, binomial, CARS),
    nnet::nnet(kind ~ wt, CARS, size = 1, trace = FALSE), caret::knn3(kind ~ wt, CARS),
    structure(
      list(modelType = "Classification", modelInfo = list(prob = 1), levels = c("yes", "no")), class = "train"
    )
  )) {
    refuse(model, "binary", c("good", "bad"))
    if (!inherits(model, "glm")) refuse(model, "multiclass", c("yes", "no", "more"))
    worker$choose_predictor(model, "binary", c("1", "0")) # yes and no to the supervisor
    worker$choose_predictor(model, "binary", c("No", "Yes"))
  }
  CARS$code <- factor(CARS$cyl %/% 2 - 2) # 0, 1, 2
  model <- rpart::rpart(code ~ wt, CARS)
  refuse(model, "multiclass", c("four", "six"))
  wanted <- stats::setNames(as.data.frame(predict(model, CARS[1:3, ])), c("four", "six", "eight"))
  with_model(list(model.rds = model), function(process, loaded) {
    expect_close(predict_csv(process, CARS_CSV), lapply(as.list(wanted), as.vector))
  }, target_type = "multiclass", class_labels = list("four", "six", "eight"))
  with_model(list(model.rds = model), function(process, loaded) {
    expect_same(names(predict_csv(process, CARS_CSV)), c("0", "1", "2"))
  }, target_type = "multiclass", class_labels = list("2", "1", "0"))
})

test("the package of a model's class is found, and what its formula calls", {
  wanted <- c(
    lqs = "MASS", gls = "nlme", knnreg = "caret", party = "partykit", lm = NA, nls = NA, survreg = "survival"
  )
  for (class in names(wanted)) {
    package <- worker$package_of_class(structure(list(), class = class))
    expect_same(if (length(package) == 0) NA_character_ else package, wanted[[class]], class)
  }
  expect_same(worker$package_of_class(structure(list(), class = c("constparty", "party"))), "partykit")
  expect_same(worker$package_of_class(list(1)), NULL)
  models <- list(
    lqs = MASS::lqs(mpg ~ wt + hp, CARS), gls = nlme::gls(mpg ~ wt + hp, CARS),
    knnreg = caret::knnreg(mpg ~ wt + hp, CARS), loess = loess(mpg ~ wt + hp, CARS)
  )
  library(splines)
  models$ns <- lm(mpg ~ ns(wt, 3) + bs(hp), CARS)
  models$ns2 <- lm(mpg ~ splines::ns(wt, 2) + hp, CARS)
  models$spline <- glm(am ~ ns(wt, 2), poisson, CARS)
  for (name in names(models)) {
    with_model(list(model.rds = models[[name]]), function(process, loaded) {
      # The predictions of a glm are those of its response.
      type <- if (inherits(models[[name]], "glm")) "response" else NULL
      wanted <- as.vector(do.call(predict, c(list(models[[name]], CARS[1:3, ]), type = type)))
      expect_close(predict_csv(process, CARS_CSV), list(Predictions = wanted))
    })
  }
  own <- function(x) x^2
  model <- lm(mpg ~ own(wt), CARS)
  environment(model$terms) <- globalenv()
  rm(own)
  process <- start_worker()
  on.exit(finish(process))
  error <- call_worker(process, "load", load_params(list(model.rds = model)))$error
  expect_in("the formula of the model calls own(), which no installed package exports", error$message)
})
