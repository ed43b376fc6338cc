# What caret's train() returns.

rank <- 10
name <- "caret"
extensions <- ".rds"
holds <- "an object that saveRDS() wrote"

load <- function(path) readRDS(path)
fits <- function(model) inherits(model, "train") && is.list(model$modelInfo)
packages <- function(model) unique(c("caret", model$modelInfo$library))
classes <- function(model) if (is_classifier(model)) model$levels
is_classifier <- function(model) identical(model$modelType, "Classification")

find_fault <- function(model, target_type) {
  if (!target_type %in% c(NUMBERS, CLASSES)) return(unknown_target(target_type))
  of_numbers <- target_type %in% NUMBERS
  if (of_numbers != !is_classifier(model)) {
    aim <- if (of_numbers) "to classify" else "for regression"
    return(sprintf("was trained %s, not for the target type %s", aim, target_type))
  }
  if (!of_numbers && is.null(model$modelInfo$prob)) "has no class probabilities"
}

#' Without a formula or recipe, columns reach the model inside as they come: strings need its levels.
signature <- function(model) {
  if (!is.null(model$recipe)) return(columns_of_recipe(model$recipe))
  if (!is.null(model$terms)) return(model_signature(model))
  frame <- if (is.null(model$ptype)) model$trainingData else model$ptype
  if (!is.data.frame(frame)) return(NULL)
  frame <- frame[0, !startsWith(names(frame), "."), drop = FALSE]
  signature <- columns_of_frame(frame)
  signature$columns <- lapply(signature$columns, function(column) {
    if (!is.character(frame[[column$name]])) return(column)
    levels <- if (!isS4(model$finalModel)) levels_in(model$finalModel, column$name)
    known_column(column$name, "utf8", levels, lacks_levels = is.null(levels))
  })
  signature
}

#' Rows with missing values are passed on, for the model's own preprocessing; caret would leave them out.
predict <- function(model, table, target_type, labels) {
  call <-
    if (target_type %in% NUMBERS) quote(predict(model, data, na.action = stats::na.pass))
    else quote(predict(model, data, type = "prob", na.action = stats::na.pass))
  ask_model(call, model, table)
}
