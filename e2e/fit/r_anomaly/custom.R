# How far a row is from the middle of those that it was trained on.

fit <- function(X, output_dir, ...) {
  saveRDS(list(center = colMeans(X), cov = cov(X)), paste0(output_dir, "model.rds"))
}

load_model <- function(code_dir) readRDS(file.path(code_dir, "model.rds"))

score <- function(data, model, ...) data.frame(Predictions = mahalanobis(data, model$center, model$cov))
