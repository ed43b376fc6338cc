# The arithmetic of the language benchmark: ten columns, weights 1 to 10. ../../native does the same without
# drum.

load_model <- function(code_dir) 1:10

score <- function(data, model, ...) data.frame(Predictions = as.vector(as.matrix(data) %*% model))
