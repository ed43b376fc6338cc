# Does not put up with missing values of some columns, and dies of those of others; e2e/validation.test.ts
# compares the reports of the languages.

load_model <- function(code_dir) "model"

score <- function(data, model, ...) {
  if ("visits" %in% names(data) && all(is.na(data$visits))) quit(status = 7)
  if ("region" %in% names(data) && all(is.na(data$region))) stop("the region must be known")
  # The bmi counts beside that of the other rows, which no model should do.
  known <- function(values) ifelse(is.na(values), 0, values)
  largest <- if ("bmi" %in% names(data)) max(known(data$bmi)) else 0
  data.frame(Predictions = known(data$age) - largest)
}
