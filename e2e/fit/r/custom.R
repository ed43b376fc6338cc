# Trains what the target asks for with base R, its recommended packages.

fit <- function(X, y, output_dir, class_order = NULL, row_weights = NULL, parameters = list(), ...) {
  cat(
    "fit of", dim(X), "classes", class_order, "parameters", names(parameters), "others", names(list(...)),
    "\n"
  )
  model <- if (is.null(class_order)) {
    lm(target ~ ., cbind(X, target = y), weights = row_weights)
  } else if (length(class_order) == 2) {
    glm(target ~ ., binomial(), cbind(X, target = factor(y, rev(class_order))), weights = row_weights)
  } else {
    nnet::multinom(target ~ ., cbind(X, target = factor(y)), weights = row_weights, trace = FALSE)
  }
  saveRDS(model, paste0(output_dir, "model.rds"))
}
