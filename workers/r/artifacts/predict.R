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
  if (isS4(model)) return(length(attr(class(model), "package")) > 0)
  any(vapply(
    class(model),
    function(class) !is.null(utils::getS3method("predict", class, optional = TRUE, envir = globalenv())),
    NA
  ))
}

packages <- function(model) package_of_class(model)

find_fault <- function(model, target_type) {
  if (!target_type %in% c(NUMBERS, CLASSES)) return(unknown_target(target_type))
  if (target_type %in% CLASSES && inherits(model, "lm")) "predicts numbers, not the probabilities of classes"
}

predict <- function(model, table, target_type, labels) {
  result <- ask_model(call_for(model, target_type), model, table)
  if (target_type %in% CLASSES) with_both_classes(result, model_levels(model)) else result
}

call_for <- function(model, target_type) {
  if (target_type %in% NUMBERS) {
    return(if (inherits(model, "ranger")) PROBABILITIES$ranger else quote(predict(model, data)))
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

model_levels <- function(model) if (is.list(model) && is.character(model$lev)) model$lev else character()
