# Binomial models of glm() and mgcv's gam() as classifiers: they predict the probability of the response's
# second level alone.

rank <- 20
name <- "glm"
extensions <- ".rds"
holds <- "an object that saveRDS() wrote"

load <- function(path) readRDS(path)
fits <- function(model) inherits(model, "glm") && model$family$family %in% c("binomial", "quasibinomial")
packages <- function(model) package_of_class(model)
signature <- function(model) model_signature(model)
classes <- function(model) levels_of(model, NULL)

find_fault <- function(model, target_type) {
  if (target_type %in% NUMBERS) return(if (is.factor(model$model[[1]])) not_numbers(target_type))
  if (target_type != "binary") return(unknown_target(target_type))
  if (is.null(model$model)) {
    "was stripped of its model frame, so that the names of the two classes are not known"
  }
}

predict <- function(model, table, target_type, labels) {
  second <- as.vector(ask_model(quote(predict(model, data, type = "response")), model, table))
  if (target_type %in% NUMBERS) return(second)
  columns <- structure(list(1 - second, second), names = levels_of(model, labels))
  structure(columns, class = "data.frame", row.names = .set_row_names(length(second)))
}

#' Failure, then success. Counts of both, cbind(successes, failures), have no names: success is the positive
#' class.
levels_of <- function(model, labels) {
  response <- model$model[[1]]
  if (is.matrix(response)) rev(labels)
  else if (is.factor(response)) levels(response)
  else if (is.logical(response)) c("FALSE", "TRUE")
  else c("0", "1")
}
