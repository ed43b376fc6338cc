# Transforms as the data ask for; e2e/transform.test.ts compares the answers of the languages.

load_model <- function(code_dir) 2

transform <- function(data, model, target) {
  if (!"what" %in% colnames(data)) return(data)
  what <- data$what[1]
  rows <- nrow(data)
  if (what == "raise") stop("no luck with 42")
  if (what == "refuse") {
    stop(structure(
      list(message = "no tea", call = NULL, status_code = 418L),
      class = c("CustomHTTPError", "error", "condition")
    ))
  }
  if (what == "sparse") {
    return(Matrix::Matrix(cbind(a = data$x, b = c(1, rep(0, rows - 1))), sparse = TRUE))
  }
  if (what == "nothing") return(NULL)
  if (what == "text") return("a text")
  if (what == "tuple") return(list(data, data["x"])) # list(data, NULL) is the data
  if (what == "rows") return(data[-rows, ])
  if (what == "columns") return(data[, character()])
  result <- data.frame(what = data$what, data$x * model)
  names(result)[2] <- if (what == "nameless") " " else " twice\nx "
  if (!is.null(target)) result$y <- target[[1]]
  result
}
