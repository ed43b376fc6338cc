# Trains k nearest neighbours with caret.

library(caret)

fit <- function(X, y, output_dir, parameters, ...) {
  control <- trainControl(method = "none")
  saveRDS(
    train(X, y, method = "knn", trControl = control, tuneGrid = data.frame(k = parameters$neighbours)),
    paste0(output_dir, "model.rds")
  )
}
