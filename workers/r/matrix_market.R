# Matrix Market to a sparse matrix of the package Matrix.

#' A sparse matrix, its columns named by `names` where these are not NULL. Raises INPUT_UNREADABLE or
#' PACKAGE_MISSING.
read_matrix <- function(bytes, names) {
  load_packages("Matrix", "Matrix Market")
  source <- rawConnection(bytes)
  on.exit(close(source))
  matrix <- tryCatch(Matrix::readMM(source), error = function(error) {
    fail("INPUT_UNREADABLE", "the Matrix Market text cannot be read: %s; correct it", text_of(error))
  })
  if (is.null(names)) return(matrix)
  if (length(names) != ncol(matrix)) {
    form <- "%d column names came for %d columns of the matrix; send one name a column"
    fail("INPUT_UNREADABLE", form, length(names), ncol(matrix))
  }
  dimnames(matrix) <- list(NULL, names)
  matrix
}
