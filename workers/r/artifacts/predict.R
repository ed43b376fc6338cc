# Whatever else has a method for predict(): lm, randomForest, rpart, nnet, MASS, e1071, ranger, …

rank <- 90
name <- "predict"
extensions <- ".rds"
holds <- "an object that saveRDS() wrote"

# How classes of models that know no type = "prob" are asked for probabilities.
PROBABILITIES <- list(
  multinom = quote(predict(model, data, type = "probs")),
  polr = quote(predict(model, data, type = "probs")),
  nnet = quote(predict(model, data, type = "raw")),
  naiveBayes = quote(predict(model, data, type = "raw")),
  lda = quote(predict(model, data)$posterior),
  qda = quote(predict(model, data)$posterior),
  svm = quote(attr(predict(model, data, probability = TRUE), "probabilities")),
  ranger = quote(predict(model, data)$predictions)
)

load <- function(path) readRDS(path)

#' Looks for the method where the package of the class is loaded.
fits <- function(model) {
  if (isS4(model)) length(attr(class(model), "package")) > 0 else !is.null(predict_method(model))
}

predict_method <- function(model) {
  methods <- lapply(class(model), utils::getS3method, f = "predict", optional = TRUE, envir = globalenv())
  Find(Negate(is.null), methods)
}

packages <- function(model) package_of_class(model)
signature <- function(model) model_signature(model)

find_fault <- function(model, target_type) {
  if (!target_type %in% c(NUMBERS, CLASSES)) return(unknown_target(target_type))
  fault <- fault_of_fit(model, target_type)
  if (!is.null(fault)) return(fault)
  classes <- classes(model)
  if (target_type %in% NUMBERS) {
    # The number that nnet() gives for the second of two classes is one.
    if (is.null(classes) || identical(class(model), c("nnet.formula", "nnet"))) return(NULL)
    return(not_numbers(target_type))
  }
  if (is_regression(model) || !takes_prob(model)) "predicts numbers, not the probabilities of classes"
}

#' What the model was not saved or fitted with.
fault_of_fit <- function(model, target_type) {
  if (inherits(model, "randomForest") && is.null(model$forest)) "was fitted with keep.forest = FALSE"
  else if (inherits(model, "svm") && model$type == 2) "was fitted on one class and predicts TRUE or FALSE"
  else if (target_type %in% NUMBERS) NULL
  else if (inherits(model, "svm") && model$type < 2 && !model$compprob) NO_PROBABILITIES
  else if (inherits(model, "ranger") && identical(model$treetype, "Classification")) NO_PROBABILITIES
}

NO_PROBABILITIES <- "was fitted without probability = TRUE, so that it has no class probabilities"

is_regression <- function(model) {
  if (inherits(model, "randomForest")) identical(model$type, "regression")
  else if (inherits(model, "rpart")) !identical(model$method, "class")
  else if (inherits(model, "svm")) model$type > 2
  else if (inherits(model, "ranger")) !startsWith(model$treetype, "Prob")
  else inherits(model, c("lm", "gbm"))
}

#' Whether the method for predict() knows type = "prob", or another way is known; one that hands its arguments
#' on may know it.
takes_prob <- function(model) {
  if (isS4(model) || inherits(model, names(PROBABILITIES))) return(TRUE)
  method <- predict_method(model)
  parameters <- formals(method)
  if (is.call(parameters$type)) return("prob" %in% Filter(is.character, as.list(parameters$type)))
  "type" %in% names(parameters) || "..." %in% all.names(body(method))
}

#' Whether the method for predict() gives numbers of the link unless it is asked for the response, as those
#' for glm, gam, gbm and glmer do.
gives_link <- function(model) {
  method <- predict_method(model)
  type <- if (is.function(method)) tryCatch(eval(formals(method)$type), error = function(error) NULL)
  is.character(type) && identical(type[1], "link")
}

#' The model's class labels, NULL where it has none or they are not known.
classes <- function(model) {
  if (isS4(model) || !is.list(model) || is_regression(model)) return(NULL)
  labels <-
    if (inherits(model, "randomForest")) model$classes
    else if (inherits(model, "rpart")) attr(model, "ylevels")
    else if (inherits(model, c("svm", "naiveBayes"))) model$levels
    else if (inherits(model, "ranger")) model$forest$levels
    else if (inherits(model, "knn3")) levels(model$learn$y)
    else if (inherits(model, c("nnet", "multinom", "polr", "lda", "qda"))) model$lev
  if (is.character(labels)) labels
}

predict <- function(model, table, target_type, labels) {
  result <- ask_model(call_for(model, target_type), model, table)
  if (target_type %in% CLASSES) with_both_classes(result, classes(model)) else result
}

call_for <- function(model, target_type) {
  if (target_type %in% NUMBERS) {
    if (inherits(model, "ranger")) return(PROBABILITIES$ranger)
    if (gives_link(model)) return(quote(predict(model, data, type = "response")))
    return(quote(predict(model, data)))
  }
  known <- intersect(class(model), names(PROBABILITIES))
  if (length(known) > 0) PROBABILITIES[[known[1]]] else quote(predict(model, data, type = "prob"))
}

#' Some models give only the second of two classes, and some drop the dimension of a single row.
with_both_classes <- function(result, levels) {
  if (is.matrix(result) && ncol(result) == 1 && length(levels) == 2) result <- result[, 1]
  if (!is.null(dim(result)) || length(levels) < 2) return(result)
  columns <- if (length(levels) == 2) cbind(1 - result, result) else matrix(result, ncol = length(levels))
  colnames(columns) <- levels
  columns
}
