# What caret's train() returns.

rank <- 10
name <- "caret"
extensions <- ".rds"
holds <- "an object that saveRDS() wrote"

load <- function(path) readRDS(path)
fits <- function(model) inherits(model, "train") && is.list(model$modelInfo)
packages <- function(model) unique(c("caret", model$modelInfo$library))

find_fault <- function(model, target_type) {
  if (!target_type %in% c(NUMBERS, CLASSES)) return(unknown_target(target_type))
  is_classifier <- identical(model$modelType, "Classification")
  if (target_type %in% NUMBERS) {
    return(if (is_classifier) sprintf("was trained to classify, not for the target type %s", target_type))
  }
  if (!is_classifier) return(sprintf("was trained for regression, not for the target type %s", target_type))
  if (is.null(model$modelInfo$prob)) "has no class probabilities"
}

#' Rows with missing values are passed on, for the model's own preprocessing; caret would leave them out.
predict <- function(model, table, target_type, labels) {
  call <-
    if (target_type %in% NUMBERS) quote(predict(model, data, na.action = stats::na.pass))
    else quote(predict(model, data, type = "prob", na.action = stats::na.pass))
  ask_model(call, model, table)
}
