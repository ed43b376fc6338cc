# Built-in predictors and labels, through a worker process, on models of R, its recommended packages and
# caret.

IRIS <- iris
names(IRIS) <- c("sl", "sw", "pl", "pw", "kind")
ROWS <- c(1, 60, 120, 2)
CSV <- paste(c("sl,sw,pl,pw", do.call(paste, c(IRIS[ROWS, 1:4], sep = ",")), ""), collapse = "\n")
KINDS <- list("virginica", "setosa", "versicolor")
CARS <- transform(mtcars, kind = factor(ifelse(am == 1, "yes", "no")), flag = am == 1)
CARS_CSV <- paste(c("wt,hp", paste(CARS$wt[1:3], CARS$hp[1:3], sep = ","), ""), collapse = "\n")
numbers <- function(columns) lapply(columns, as.vector)

expect_near <- function(got, wanted) {
  expect_same(names(got), names(wanted))
  expect(isTRUE(all.equal(got, wanted, tolerance = 1e-12)), deparse1(got), " instead of ", deparse1(wanted))
}

test("regression and anomaly give the one column of predict()", {
  model <- lm(mpg ~ wt + hp, mtcars)
  for (target in c("regression", "anomaly")) {
    with_model(list(model.RDS = model), function(process, loaded) {
      expect_same(loaded$result$predictor, "predict")
      answer <- call_worker(process, "predict", csv_payload(CARS_CSV))$result
      expect_same(answer[c("rows", "labelled", "index")], list(rows = 3, labelled = FALSE, index = NULL))
      expect_near(columns_of(answer$predictions), list(Predictions = as.vector(predict(model, CARS[1:3, ]))))
    }, target_type = target)
  }
})

classifiers <- list(
  rpart = list(rpart::rpart(kind ~ ., IRIS), function(model, data) predict(model, data, type = "prob")),
  multinom = list(
    nnet::multinom(kind ~ ., IRIS, trace = FALSE), function(model, data) predict(model, data, type = "probs")
  ),
  nnet = list(
    nnet::nnet(kind ~ ., IRIS, size = 2, trace = FALSE),
    function(model, data) predict(model, data, type = "raw")
  ),
  lda = list(MASS::lda(kind ~ ., IRIS), function(model, data) predict(model, data)$posterior),
  svm = list(
    e1071::svm(kind ~ ., IRIS, probability = TRUE),
    function(model, data) attr(predict(model, data, probability = TRUE), "probabilities")
  ),
  naiveBayes = list(
    e1071::naiveBayes(kind ~ ., IRIS), function(model, data) predict(model, data, type = "raw")
  )
)

for (name in names(classifiers)) {
  test(paste("multiclass:", name), {
    model <- classifiers[[name]][[1]]
    wanted <- as.data.frame(classifiers[[name]][[2]](model, IRIS[ROWS, ]))
    with_model(list(model.rds = model), function(process, loaded) {
      package <- worker$package_of_class(model)
      expect_same(loaded$result$packages[[package]], packageDescription(package)$Version)
      answer <- call_worker(process, "predict", csv_payload(CSV))$result
      expect_same(answer[c("labelled", "index")], list(labelled = TRUE, index = NULL))
      expect_near(columns_of(answer$predictions), numbers(wanted))
      one <- predict_csv(process, paste(strsplit(CSV, "\n")[[1]][1:2], collapse = "\n"))
      expect_near(one, lapply(numbers(wanted), `[`, 1))
    }, target_type = "multiclass", class_labels = KINDS)
  })
}

test("two classes of nnet and multinom have both columns", {
  multinom <- nnet::multinom(kind ~ wt, CARS, trace = FALSE)
  for (model in list(multinom, nnet::nnet(kind ~ wt, CARS, size = 2, trace = FALSE))) {
    with_model(list(model.rds = model), function(process, loaded) {
      second <- as.vector(predict(
        model, CARS[1:3, ], type = if (inherits(model, "multinom")) "probs" else "raw"
      ))
      expect_near(predict_csv(process, CARS_CSV), list(no = 1 - second, yes = second))
    }, target_type = "binary", positive_class_label = "yes", negative_class_label = "no")
  }
})

test("a binomial glm gives both levels of its response", {
  formulas <- list(
    "kind ~ wt" = c("no", "yes"),
    "am ~ wt" = c("0", "1"),
    "flag ~ wt" = c("FALSE", "TRUE"),
    "cbind(am, 1 - am) ~ wt" = c("minus", "plus")
  )
  for (formula in names(formulas)) {
    model <- suppressWarnings(glm(as.formula(formula), binomial, CARS))
    second <- as.vector(predict(model, CARS[1:3, ], type = "response"))
    labels <- formulas[[formula]]
    with_model(list(model.rds = model), function(process, loaded) {
      expect_same(loaded$result$predictor, "glm")
      expect_near(
        predict_csv(process, CARS_CSV), structure(list(1 - second, second), names = formulas[[formula]])
      )
    }, target_type = "binary", positive_class_label = labels[2], negative_class_label = labels[1])
  }
})

test("caret classifies and regresses, and hands rows with missing values to its preprocessing", {
  suppressPackageStartupMessages(library(caret))
  set.seed(1)
  plain <- caret::trainControl(method = "none")
  classifier <- caret::train(
    kind ~ ., IRIS, method = "rpart", trControl = plain, tuneGrid = data.frame(cp = 0.01)
  )
  with_model(list(model.rds = classifier), function(process, loaded) {
    expect_same(loaded$result$predictor, "caret")
    expect_same(sort(names(loaded$result$packages)), c("caret", "rpart"))
    expect_near(predict_csv(process, CSV), numbers(predict(classifier, IRIS[ROWS, ], type = "prob")))
  }, target_type = "multiclass", class_labels = KINDS)
  regressor <- caret::train(
    CARS[, c("wt", "hp")], CARS$mpg, method = "lm", trControl = plain, preProcess = "medianImpute"
  )
  with_model(list(model.rds = regressor), function(process, loaded) {
    data <- data.frame(wt = c(2.5, NA), hp = c(100L, 120L))
    expect_near(
      predict_csv(process, "wt,hp\n2.5,100\n,120\n"),
      list(Predictions = as.vector(predict(regressor, data, na.action = na.pass)))
    )
    expect_same(length(predict_csv(process, "wt,hp\n2.5,100\n,120\n")[[1]]), 2L)
  })
  answer <- function(model, target) {
    process <- start_worker()
    on.exit(finish(process))
    call_worker(
      process, "load", load_params(list(model.rds = model), target_type = target, class_labels = KINDS)
    )$error
  }
  expect_in("was trained to classify", answer(classifier, "regression")$message)
  expect_in("was trained for regression", answer(regressor, "multiclass")$message)
  expect_same(answer(regressor, "textgeneration")$code, "ARTIFACT_UNSUPPORTED")
})

test("models that cannot serve are refused at load", {
  broken <- code_folder(list())
  writeLines("no rds", file.path(broken, "model.rds"))
  refuse <- function(code, files, words, ..., folder = NULL) {
    process <- start_worker()
    on.exit(finish(process))
    params <- load_params(files, ...)
    if (!is.null(folder)) params$artifacts <- list(file.path(folder, "model.rds"))
    error <- call_worker(process, "load", params)$error
    expect_same(error$code, code)
    expect_in(words, error$message)
  }
  refuse("ARTIFACT_MISSING", list(), "expected one of *.rds")
  refuse("ARTIFACT_AMBIGUOUS", list(a.rds = 1, b.rds = 2), "holds 2 artifacts, expected one: a.rds, b.rds")
  refuse("ARTIFACT_UNREADABLE", list(), "model.rds cannot be read", folder = broken)
  refuse(
    "ARTIFACT_UNSUPPORTED", list(m.rds = list(1)),
    "of class list, which has no predict method here; install the package it is of, or define a score hook"
  )
  refuse(
    "ARTIFACT_UNSUPPORTED", list(m.rds = lm(dist ~ speed, cars)), "not the probabilities of classes",
    target_type = "binary"
  )
  refuse(
    "ARTIFACT_UNSUPPORTED", list(m.rds = glm(am ~ wt, binomial, mtcars, model = FALSE)), "stripped",
    target_type = "binary"
  )
  refuse(
    "PACKAGE_MISSING", list(m.rds = structure(list(), class = "lgb.Booster")),
    "install.packages(\"lightgbm\")"
  )
})

test("what a model cannot do is told at load", {
  refuse <- function(words, model, target = "binary", labels = c("yes", "no")) {
    expect_in(words, tryCatch(worker$choose_predictor(model, target, labels), worker_error = conditionMessage))
  }
  no_classes <- "predicts numbers, not the probabilities of classes"
  no_numbers <- "predicts classes, not the numbers of the target type regression"
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
  for (model in list(MASS::lqs(mpg ~ wt, CARS), loess(mpg ~ wt, CARS), nlme::gls(mpg ~ wt, CARS))) refuse(no_classes, model)
  for (model in list(svm, forest, MASS::lda(kind ~ wt, CARS), e1071::naiveBayes(kind ~ wt, CARS))) {
    refuse(no_numbers, model, "regression")
  }
  refuse("was fitted on one class", e1071::svm(~wt, CARS, type = "one-classification"), "anomaly")
  refuse("keep.forest = FALSE", randomForest::randomForest(kind ~ wt, CARS, ntree = 3, keep.forest = FALSE))
})

test("svm answers one and two rows as it does many", {
  IRIS$code <- factor(as.integer(IRIS$kind))
  model <- e1071::svm(kind ~ code + sl + sw, IRIS, probability = TRUE)
  wanted <- attr(predict(model, IRIS[ROWS, ], probability = TRUE), "probabilities")
  lines <- do.call(paste, c(IRIS[ROWS, c("sl", "sw", "code")], sep = ","))
  with_model(list(model.rds = model), function(process, loaded) {
    for (rows in list(1, 2:3, 1:4)) {
      got <- predict_csv(process, paste(c("sl,sw,code", lines[rows], ""), collapse = "\n"))
      expect_near(got, lapply(numbers(as.data.frame(wanted)), `[`, rows))
    }
  }, target_type = "multiclass", class_labels = KINDS)
})

test("labels that the model does not have are refused at load, and encoded classes take them in their order", {
  refuse <- function(model, target, labels) {
    expect_in(
      "the class labels of the model differ from those requested; expected",
      tryCatch(worker$choose_predictor(model, target, labels), worker_error = conditionMessage)
    )
  }
  for (model in list(
    rpart::rpart(kind ~ wt, CARS), randomForest::randomForest(kind ~ wt, CARS, ntree = 3),
    e1071::naiveBayes(kind ~ wt, CARS), MASS::lda(kind ~ wt, CARS), glm(kind ~ wt, binomial, CARS),
    nnet::nnet(kind ~ wt, CARS, size = 1, trace = FALSE), caret::knn3(kind ~ wt, CARS),
    structure(list(modelType = "Classification", modelInfo = list(prob = 1), levels = c("yes", "no")), class = "train")
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
    expect_near(predict_csv(process, CARS_CSV), lapply(as.list(wanted), as.vector))
  }, target_type = "multiclass", class_labels = list("four", "six", "eight"))
  with_model(list(model.rds = model), function(process, loaded) {
    expect_same(names(predict_csv(process, CARS_CSV)), c("0", "1", "2"))
  }, target_type = "multiclass", class_labels = list("2", "1", "0"))
})

test("the package of a model's class is found, and what its formula calls", {
  wanted <- c(lqs = "MASS", gls = "nlme", knnreg = "caret", party = "partykit", lm = NA, nls = NA, survreg = "survival")
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
      expect_near(predict_csv(process, CARS_CSV), list(Predictions = as.vector(predict(models[[name]], CARS[1:3, ]))))
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

test("failures of a model are told with its calls", {
  half <- lm(dist ~ speed, cars)
  half$qr <- NULL
  with_model(list(model.rds = half), function(process, loaded) {
    error <- call_worker(process, "predict", csv_payload("speed\n1\n"))$error
    expect_same(error$code, "PREDICTOR_FAILED")
    expect_in("the model could not predict: simpleError: ", error$message)
    expect(startsWith(error$traceback, "1: predict(model, data)\n2: predict.lm("), error$traceback)
  })
  with_model(list(model.rds = lm(dist ~ speed, cars)), function(process, loaded) {
    expect_same(call_worker(process, "predict", csv_payload("speed\n"))$error$code, "INPUT_EMPTY")
    expect_same(length(predict_csv(process, "speed\n1\n\n3\n")[[1]]), 3L)
  })
})

test("a score hook may predict with the artifact without naming its package", {
  hook <- "score <- function(data, model) data.frame(predict(model, data))"
  with_model(list(model.rds = classifiers$rpart[[1]], custom.R = hook), function(process, loaded) {
    expect_near(
      predict_csv(process, CSV), numbers(as.data.frame(predict(classifiers$rpart[[1]], IRIS[ROWS, ])))
    )
    expect_same(names(loaded$result$packages), "rpart")
  }, target_type = "multiclass", class_labels = KINDS)
})

test("probabilities that the model does not name are not labelled", {
  hook <- paste0(
    "predict.own <- function(object, newdata, type) cbind(rep(0.25, nrow(newdata)), 0.75)\n",
    "registerS3method('predict', 'own', predict.own, globalenv())"
  )
  with_model(list(model.rds = structure(list(), class = "own"), custom.R = hook), function(process, loaded) {
    answer <- call_worker(process, "predict", csv_payload("a\n1\n"))$result
    expect_same(answer$labelled, FALSE)
    expect_same(unname(columns_of(answer$predictions)), list(0.25, 0.75))
  }, target_type = "binary", positive_class_label = "yes", negative_class_label = "no")
})

test("load tells of its progress, and what has no hook file or no artifact leaves that out", {
  told <- function(files, ...) {
    with_model(files, function(process, loaded) {
      expect(all(vapply(process$progress, function(one) one$id == 1, NA)), "progress of another request")
      process$progress
    }, target_type = "multiclass", class_labels = KINDS, ...)
  }
  texts <- function(progress) vapply(progress, `[[`, "", "text")
  hook <- "score <- function(data, model) data.frame(predict(model, data))"
  progress <- told(list(custom.R = hook, model.rds = classifiers$rpart[[1]]))
  expect_same(texts(progress), c("loading custom.R", "reading model.rds", "importing rpart (1 of 1)"))
  expect_same(progress[[3]][c("done", "total")], list(done = 0, total = 1))
  expect_same(texts(told(list(custom.R = paste0(LOAD, hook)))), c("loading custom.R", "running load_model"))
  caret <- structure(
    list(modelType = "Classification", modelInfo = list(library = "rpart", prob = TRUE)), class = "train"
  )
  progress <- told(list(model.rds = caret))
  expect_same(texts(progress), c("reading model.rds", "importing caret (1 of 2)", "importing rpart (2 of 2)"))
  expect_same(progress[[3]][c("done", "total")], list(done = 1, total = 2))
})
