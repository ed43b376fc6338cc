# Payload to native data: CSV, Matrix Market, table; and bytes for hooks that read themselves.

CSV_TYPES <- c("", "text/csv", "text/plain")
MATRIX_TYPE <- "text/mtx"

#' Format to the version of the package that reads it: R itself reads CSV, Matrix Market needs Matrix.
payload_formats <- function() {
  version <- version_of("Matrix")
  c(list(csv = NULL), if (!is.null(version)) list(mtx = version))
}

#' The data of a payload: what read_input_data makes of its bytes, or a data.frame or sparse matrix. Data that was read already stays as it is.
read_payload <- function(hooks, payload) {
  kind <- take(payload, "kind", "str")
  if (kind == "table") return(table_to_frame(payload[["table"]]))
  if (!kind %in% c("bytes", "file")) {
    fail("INPUT_UNSUPPORTED", "a payload is of kind bytes, file or table, got %s", described(kind))
  }
  bytes <- if (kind == "bytes") take(payload, "data", "bin") else read_bytes(take(payload, "path", "str"))
  if (!"read_input_data" %in% names(hooks)) return(read_bytes_as(bytes, payload))
  data <- call_hook(hooks, "read_input_data", list(data = bytes))
  if (is.null(data)) {
    fail("HOOK_RESULT_INVALID", "read_input_data returned NULL, expected the data; return it, e.g. as a data.frame")
  }
  data
}

read_bytes <- function(path) {
  tryCatch(
    readBin(path, "raw", file.size(path)),
    error = function(error) unreadable_file(path, error),
    warning = function(warning) unreadable_file(path, warning)
  )
}

unreadable_file <- function(path, error) {
  fail("INPUT_UNREADABLE", "the input file %s cannot be read: %s; check the path", path, text_of(error))
}

read_bytes_as <- function(bytes, payload) {
  mimetype <- take(payload, "mimetype", "str", optional = TRUE)
  if (is.null(mimetype) || mimetype %in% CSV_TYPES) return(read_csv(bytes))
  if (mimetype == MATRIX_TYPE) return(read_matrix(bytes, take(payload, "column_names", "texts", optional = TRUE)))
  form <- "the media type %s is not read, expected text/csv or text/mtx; send one of these, or define read_input_data"
  fail("INPUT_UNSUPPORTED", form, described(mimetype))
}

#' Matrix Market as a sparse matrix of the package Matrix, its columns named as given.
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

# -- what hooks return ------------------------------------------------------------------------------------------------

#' What a hook returned, when it is a data.frame. Raises HOOK_RESULT_INVALID.
check_frame <- function(hook, result) {
  if (is.data.frame(result)) return(result)
  form <- "%s returned %s, expected a data.frame; return one"
  fail("HOOK_RESULT_INVALID", form, hook, kind_of(result))
}

#' What a hook returned, when it is a data.frame or a matrix, dense or sparse. Raises HOOK_RESULT_INVALID.
check_data <- function(hook, result) {
  if (is.data.frame(result) || is.matrix(result) || is_sparse(result)) return(result)
  form <- "%s returned %s, expected a data.frame or a matrix; return one"
  fail("HOOK_RESULT_INVALID", form, hook, kind_of(result))
}

#' The same as a data.frame.
as_frame <- function(hook, result) {
  result <- check_data(hook, result)
  if (is.data.frame(result)) return(result)
  names <- colnames(result)
  frame <- as.data.frame(as.matrix(result), stringsAsFactors = FALSE)
  names(frame) <- if (is.null(names)) seq_len(ncol(frame)) - 1 else names
  frame
}

is_sparse <- function(value) isS4(value) && length(dim(value)) == 2

#' Table or, where it is sparse and may be told so, matrix; and the index. Raises HOOK_RESULT_INVALID.
data_to_wire <- function(hook, data, sparse) {
  if (isTRUE(sparse) && is_sparse(data)) {
    matrix <- matrix_to_wire(data)
    if (!is.null(matrix)) return(list(table = NULL, matrix = matrix, index = NULL))
  }
  result <- frame_to_wire(as_frame(hook, data), hook)
  list(table = result$predictions, matrix = NULL, index = result$index)
}

#' A sparse matrix of the package Matrix as a matrix of protocol/SPEC.md section 8; NULL for one that is dense.
matrix_to_wire <- function(data) {
  if (!methods::is(data, "sparseMatrix")) return(NULL)
  data <- methods::as(methods::as(data, "CsparseMatrix"), "generalMatrix")
  values <- if (methods::is(data, "nMatrix")) rep(1L, length(data@i)) else data@x
  # Of what is neither true nor false there is no integer.
  values <- if (is.logical(values) && !anyNA(values)) as.integer(values) else if (is.integer(values)) values else as.double(values)
  names <- colnames(data)
  list(
    rows = nrow(data),
    names = as.list(sendable(if (is.null(names)) as.character(seq_len(ncol(data)) - 1) else names)),
    type = if (is.integer(values)) "int64" else "float64",
    starts = writeBin(data@p, raw(), endian = "little"),
    row_indices = writeBin(data@i, raw(), endian = "little"),
    values = if (is.integer(values)) int_column("", values)$data else writeBin(values, raw(), endian = "little")
  )
}

kind_of <- function(value) if (is.null(value)) "NULL" else paste("a value of class", paste(class(value), collapse = ", "))
