# What a model knows of its columns types the rows: the same alone and in company, and refused in words where
# a value cannot be what the model was fitted with.

set.seed(4)
PLANTS <- data.frame(
  zone = factor(rep(1:4, 30)), sex = factor(rep(c("F", "M", "M", "F", "M"), 24)), size = round(runif(120), 3),
  dose = rep(c(20, 40, 60), 40), flag = rep(c(TRUE, FALSE, FALSE), 40), note = sample(c("a", "b"), 120, TRUE)
)
PLANTS$yield <- as.integer(PLANTS$zone) + PLANTS$size + ifelse(PLANTS$sex == "F", 2, 0) + rnorm(120) / 9
PLANTS$rank <- factor(ifelse(PLANTS$yield + rnorm(120) > 4, "high", "low"))
SOME <- PLANTS[c(1, 4, 18, 35, 54), ]

#' CSV of columns, of all rows of SOME or the named ones.
csv_of <- function(names, rows = seq_len(nrow(SOME))) {
  cells <- lapply(SOME[rows, names, drop = FALSE], as.character)
  paste(c(paste(names, collapse = ","), do.call(paste, c(unname(cells), sep = ",")), ""), collapse = "\n")
}

#' list(predictor, model, …) as a load leaves it.
loaded <- function(model, target = "regression", labels = NULL, hooks = list()) {
  type <- worker$choose_predictor(model, target, labels)
  signature <- worker$signature_of(type, model, hooks, FALSE)
  list(predictor = type, model = model, target_type = target, labels = labels, signature = signature)
}

answer <- function(loaded, data) {
  signature <- loaded$signature
  data <- if (is.character(data)) read_typed(data, signature) else worker$typed(data, signature)
  worker$apply_predictor(loaded, data)$frame
}

expect_alike <- function(got, wanted) {
  is_alike <- isTRUE(all.equal(got, wanted, tolerance = 1e-12))
  expect(is_alike, deparse1(got), " instead of ", deparse1(wanted))
}

#' The table that a model gets of a CSV.
read_typed <- function(text, signature) {
  worker$typed(worker$read_csv(charToRaw(text), worker$text_columns(signature)), signature)
}

said <- function(expression) {
  error <- tryCatch(expression, worker_error = identity)
  expect(inherits(error, "worker_error"), "no error, but ", deparse1(error))
  paste0(error$code, ": ", error$message)
}

suppressPackageStartupMessages(for (name in c("rpart", "randomForest", "e1071", "nlme", "recipes")) {
  library(name, character.only = TRUE)
})
plain <- caret::trainControl(method = "none")
features <- PLANTS[c("zone", "sex", "size")]
binary <- function(model) list(model, "binary", c("high", "low"))
models <- list(
  lm = list(lm(yield ~ zone + sex + flag + note + log(size + 1), PLANTS)),
  "lm of factor()" = list(lm(yield ~ as.factor(sex) + factor(dose), PLANTS)),
  "lm of ns()" = list(lm(yield ~ splines::ns(size, 3) + zone, PLANTS)),
  glm = binary(glm(rank ~ zone + sex + poly(size, 2), binomial, PLANTS)),
  rpart = list(rpart(yield ~ zone + sex + note + size, PLANTS)),
  nnet = binary(nnet::nnet(rank ~ zone + flag + size, PLANTS, size = 2, trace = FALSE)),
  multinom = list(nnet::multinom(zone ~ sex + yield, PLANTS, trace = FALSE), "multiclass", paste(1:4)),
  lda = binary(MASS::lda(rank ~ zone + sex + size, PLANTS)),
  "lda of a matrix" = binary(MASS::lda(as.matrix(PLANTS[c("size", "dose")]), PLANTS$rank)),
  lqs = list(MASS::lqs(yield ~ size + zone, PLANTS)),
  naiveBayes = binary(naiveBayes(PLANTS[c("zone", "sex", "size", "flag")], PLANTS$rank)),
  svm = binary(svm(rank ~ zone + size + flag, PLANTS, probability = TRUE)),
  "svm of a matrix" = list(svm(as.matrix(PLANTS[c("size", "dose")]), PLANTS$yield)),
  randomForest = list(randomForest(PLANTS[c("zone", "sex", "size", "flag")], PLANTS$yield, ntree = 9)),
  "randomForest by formula" = binary(randomForest(rank ~ zone + sex + flag + size, PLANTS, ntree = 9)),
  gls = list(gls(yield ~ size + zone + flag, PLANTS)),
  lme = list(lme(yield ~ size + zone, PLANTS, random = ~ 1 | sex)),
  loess = list(loess(yield ~ size, PLANTS)),
  nls = list(nls(yield ~ a + b * size, PLANTS, start = list(a = 1, b = 1))),
  gam = list(mgcv::gam(yield ~ s(size) + zone + sex + note, data = PLANTS)),
  knn3 = binary(caret::knn3(rank ~ size + zone, PLANTS)),
  knnreg = list(caret::knnreg(yield ~ size + zone, PLANTS)),
  "caret by formula" = list(
    caret::train(yield ~ zone + size + note, PLANTS, method = "lm", trControl = plain)
  ),
  "caret by columns" = binary(caret::train(
    features, PLANTS$rank, method = "rf", ntree = 9, trControl = plain, tuneGrid = data.frame(mtry = 2)
  )),
  "caret by recipe" = list(caret::train(
    step_dummy(recipe(yield ~ zone + sex + size, PLANTS), all_nominal_predictors()), PLANTS, method = "lm",
    trControl = plain
  ))
)

for (name in names(models)) {
  test(paste("rows are typed as", name, "was fitted, alone and in company"), {
    one <- do.call(loaded, models[[name]])
    columns <- one$signature$names
    data <- SOME[if (one$signature$is_whole) columns else names(SOME)]
    wanted <- worker$as_predictions(one$predictor$predict(one$model, data, one$target_type, one$labels))
    got <- answer(one, csv_of(c("note", rev(setdiff(columns, "note")))))
    expect_alike(got, wanted)
    alone <- do.call(rbind, lapply(seq_len(nrow(SOME)), function(row) answer(one, csv_of(columns, row))))
    expect_alike(alone, wanted)
  })
}

test("a column may have the name of a value that R or a hook file has, too", {
  weather <- data.frame(pressure = 1:20 / 2, letters = 20:1 / 3)
  weather$rain <- log(weather$pressure) + weather$letters^2
  names_of <- function(model) sort(loaded(model)$signature$names)
  expect_same(names_of(lm(rain ~ log(pressure) + I(letters^2), weather)), c("letters", "pressure"))
  assign("pressure", 1:3, globalenv())
  on.exit(rm("pressure", envir = globalenv()))
  expect_same(names_of(lm(rain ~ log(pressure), weather)), "pressure")
})

test("a value that the function around the fit brings is no column", {
  fitted <- function(power) lm(yield ~ I(size^power), PLANTS)
  expect_same(loaded(fitted(2))$signature$names, "size")
})

test("a missing cell is missing alone, too", {
  tree <- loaded(rpart(yield ~ size + dose, PLANTS))
  expect_same(answer(tree, "size,dose\n0.5,\n"), answer(tree, "size,dose\n0.5,\n0.1,20\n")[1, , drop = FALSE])
  bayes <- loaded(naiveBayes(features, PLANTS$rank), "binary", c("high", "low"))
  for (cell in c("", "NA", " ")) {
    got <- answer(bayes, sprintf("zone,sex,size\n%s,%s,0.5\n", cell, cell))
    expect_same(got, worker$as_predictions(bayes$predictor$predict(bayes$model, data.frame(
      zone = factor(NA), sex = factor(NA), size = 0.5
    ), "binary", NULL)))
  }
  logical <- loaded(lm(yield ~ flag + size, PLANTS))
  expect_same(answer(logical, "flag,size\n,0.5\n")[[1]], NA_real_)
})

test("tables that hooks or other languages made are typed as well", {
  tree <- loaded(rpart(yield ~ zone + sex + size, PLANTS))
  wanted <- worker$as_predictions(predict(tree$model, SOME))
  frames <- list(
    data.frame(zone = as.numeric(SOME$zone), sex = as.character(SOME$sex), size = SOME$size),
    data.frame(zone = as.integer(SOME$zone), sex = SOME$sex, size = as.character(SOME$size)),
    SOME
  )
  for (frame in frames) expect_same(answer(tree, frame), wanted)
  female <- SOME$sex == "F"
  one <- data.frame(zone = SOME$zone, sex = FALSE, size = SOME$size)[female, ] # as R reads F alone
  expect_same(answer(tree, one)[[1]], wanted[female, ])
  big <- PLANTS
  big$zone <- factor(c(100000, 5, 200000)[1 + seq_len(120) %% 3])
  tree <- loaded(rpart(yield ~ zone + size, big))
  wanted <- predict(tree$model, data.frame(zone = factor("1e+05", levels(big$zone)), size = 0.5))
  expect_same(answer(tree, data.frame(zone = 100000, size = 0.5))[[1]], as.vector(wanted))
  expect_same(answer(tree, "zone,size\n100000,0.5\n")[[1]], as.vector(wanted))
})

test("a missing column, a text for a number and an unknown level are refused in words", {
  tree <- loaded(rpart(yield ~ zone + sex + size + flag, PLANTS))
  refuse <- function(text, words) expect_in(words, said(answer(tree, text)))
  refuse("zone,size\n1,1\n", "INPUT_INVALID: the model needs the columns \"sex\", \"flag\", which did")
  refuse(
    "zone,sex,size,flag\n1,F,1,T\n1,F,big,T\n",
    "row 1 (counted from 0), column \"size\": \"big\" is no number"
  )
  refuse("zone,sex,size,flag\n1,F,T,T\n", "row 0 (counted from 0), column \"size\": \"TRUE\" is no number")
  refuse("zone,sex,size,flag\n1,F,1,maybe\n", "column \"flag\": \"maybe\" is neither TRUE nor FALSE")
  refuse("zone,sex,size,flag\n1,F,1,1\n", "column \"flag\": \"1\" is neither")
  for (cell in c("7", "1.0", "007", "TRUE")) {
    words <- paste(
      "row 1 (counted from 0), column \"zone\": \"%s\" is no level of the model,",
      "whose levels are \"1\", \"2\", \"3\""
    )
    refuse(sprintf("zone,sex,size,flag\n1,F,1,T\n%s,F,1,T\n", cell), sprintf(words, cell))
  }
  refuse(
    "zone,sex,size,flag\n1,f,1,T\n",
    "row 0 (counted from 0), column \"sex\": \"f\" is no level of the model"
  )
})

test("levels of NA, of TRUE and FALSE, and ordered ones are themselves", {
  data <- PLANTS
  data$zone <- factor(c("NA", "DE", "")[1 + seq_len(120) %% 3])
  data$flag <- factor(data$flag)
  data$sex <- factor(data$sex, c("M", "F"), ordered = TRUE)
  model <- lm(yield ~ zone + flag + sex, data)
  rows <- data[1:6, ]
  lines <- paste(rows$zone, substr(rows$flag, 1, 1), rows$sex, sep = ",")
  text <- paste(c("zone,flag,sex", lines, ""), collapse = "\n")
  expect_same(answer(loaded(model), text)[[1]], as.vector(predict(model, rows)))
})

test("a recipe judges new levels itself", {
  steps <- step_novel(recipe(yield ~ zone + size, PLANTS), zone)
  one <- loaded(prep(step_dummy(steps, zone), PLANTS), "transform")
  baked <- one$predictor$predict(
    one$model, read_typed("zone,size\n9,0.5\n", one$signature), "transform", NULL
  )
  expect_same(as.vector(baked$zone_new), 1)
  expect_same(baked$size, 0.5)
})

test("levels that a model does not hold are asked of a hook, at load", {
  model <- svm(rank ~ zone + sex + size, PLANTS, probability = TRUE)
  words <- said(loaded(model, "binary", c("high", "low")))
  expect_in("ARTIFACT_UNSUPPORTED: the model is a value of class svm.formula, svm, which was fitted", words)
  expect_in("data$sex <- factor(data$sex, levels = c(\"\u2026\", \"\u2026\")); data }", words)
  one <- loaded(model, "binary", c("high", "low"), list(transform = identity))
  words <- said(answer(one, csv_of(names(features))))
  expect_in("INPUT_INVALID: the column \"sex\" has to be a factor", words)
  data <- transform(worker$read_csv(charToRaw(csv_of(names(features)))), sex = SOME$sex)
  expect_same(answer(one, data), worker$as_predictions(one$predictor$predict(model, SOME, "binary", NULL)))
})

test("load tells the signature, in the model's order and in words of the wire", {
  with_model(list(model.rds = models$rpart[[1]]), function(process, loaded) {
    expect_same(loaded$result$signature, list(
      columns = list(
        list(name = "zone", type = "utf8", levels = list("1", "2", "3", "4")),
        list(name = "sex", type = "utf8", levels = list("F", "M")),
        list(name = "note", type = "utf8", levels = list("a", "b")),
        list(name = "size", type = "float64", levels = NULL)
      ),
      by = "name"
    ))
    expect_same(
      predict_csv(process, "size,note,sex,zone\n0.5,a,F,1\n"),
      list(Predictions = as.vector(predict(models$rpart[[1]], data.frame(
        zone = factor(1, 1:4), sex = factor("F", c("F", "M")), note = "a", size = 0.5
      ))))
    )
    error <- call_worker(process, "predict", csv_payload("size,note,sex,zone\n0.5,a,F,5\n"))$error
    expect_same(error$code, "INPUT_INVALID")
  })
  hook <- "transform <- function(data, model) { data$zone <- data$zone - 1; data }"
  with_model(list(model.rds = models$rpart[[1]], custom.R = hook), function(process, loaded) {
    expect_same(predict_csv(process, "size,note,sex,zone\n0.5,a,M,2\n")[[1]], predict_csv(
      process, "size,note,sex,zone\n0.5,a,M,2\n0.5,b,F,3\n"
    )[[1]][1])
  })
  score <- "score <- function(data, model) data.frame(Predictions = nchar(paste(class(data$zone))))"
  with_model(list(model.rds = models$rpart[[1]], custom.R = score), function(process, loaded) {
    expect_same(loaded$result$signature, NULL)
    expect_same(predict_csv(process, "zone\n1\n")[[1]], nchar("integer"))
  })
})

# ranger and gbm are in no environment of the tests: objects with the fields that their predict() reads stand
# for them.

test("ranger's columns are numbers, or factors of the levels that it keeps", {
  ranger <- function(levels = NULL) {
    forest <- list(independent.variable.names = c("zone", "size"), covariate.levels = levels)
    structure(list(forest = forest, treetype = "Regression"), class = "ranger")
  }
  signature <- function(model) {
    worker$signature_of(list(signature = worker$model_signature), model, list(), FALSE)
  }
  read <- function(text, model) read_typed(text, signature(model))
  expect_same(read("size,zone\n1,2\n", ranger()), data.frame(zone = 2L, size = 1L))
  words <- said(read("size,zone\n1,red\n", ranger()))
  expect_in("row 0 (counted from 0), column \"zone\": \"red\" is no number", words)
  expect_in("if this was a factor, add its levels in custom.R: transform", words)
  frame <- data.frame(zone = factor("red", c("red", "green")), size = 1)
  expect_same(worker$typed(frame, signature(ranger())), frame)
  known <- ranger(list(c("red", "green"), NULL))
  expect_same(read("size,zone\n1,green\n", known)$zone, factor("green", c("red", "green")))
  expect_in("\"blue\" is no level of the model", said(read("size,zone\n1,blue\n", known)))
})

test("gbm's columns are factors of the levels that it keeps, in its order", {
  levels <- list(c("1", "2"), c("0%" = 0, "100%" = 1))
  gbm <- structure(list(var.names = c("zone", "size"), var.levels = levels), class = "gbm")
  signature <- worker$signature_of(list(signature = worker$model_signature), gbm, list(), FALSE)
  got <- read_typed("size,other,zone\n0.5,x,2\n", signature)
  expect_same(got, data.frame(zone = factor("2", c("1", "2")), size = 0.5))
})
