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

test("numbers are those of the response, not of the link", {
  CARS$count <- CARS$cyl
  models <- list(
    poisson = glm(count ~ wt, poisson, CARS), gamma = glm(mpg ~ wt, Gamma, CARS),
    log = MASS::glm.nb(count ~ wt, CARS),
    gaussian = glm(mpg ~ wt, gaussian("log"), CARS), odds = glm(am ~ wt, binomial, CARS),
    gam = mgcv::gam(count ~ s(wt, k = 4), poisson, CARS)
  )
  for (name in names(models)) {
    model <- suppressWarnings(models[[name]])
    with_model(list(model.rds = model), function(process, loaded) {
      wanted <- as.vector(predict(model, CARS[1:3, ], type = "response"))
      expect_near(predict_csv(process, CARS_CSV), list(Predictions = wanted))
    })
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

test("predictions that are no numbers are refused", {
  texts <- c("good", "bad")
  for (result in list(factor(texts), texts, matrix(texts), data.frame(p = texts), NULL)) {
    error <- tryCatch(worker$as_predictions(result), worker_error = identity)
    expect_same(error$code, "PREDICTOR_FAILED")
    expect_in("expected numbers; define a score hook", error$message)
  }
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
