# A payload to native data, by its media type; a read_input_data hook gets the bytes.

CSV_TYPES <- c("", "text/csv", "text/plain")
MATRIX_TYPE <- "text/mtx"

#' Format to the version of the package that reads it: R itself reads CSV, Matrix Market needs Matrix.
payload_formats <- function() {
  version <- version_of("Matrix")
  c(list(csv = NULL), if (!is.null(version)) list(mtx = version))
}

#' The data of a payload: what read_input_data makes of its bytes, or a data.frame or sparse matrix. Data that
#' was read already stays as it is. The cells of a CSV in the columns `texts` stay text as written.
read_payload <- function(hooks, payload, texts = NULL) {
  kind <- take(payload, "kind", "str")
  if (kind == "table") return(table_to_frame(payload[["table"]]))
  if (!kind %in% c("bytes", "file")) {
    fail("INPUT_UNSUPPORTED", "a payload is of kind bytes, file or table, got %s", described(kind))
  }
  bytes <- if (kind == "bytes") take(payload, "data", "bin") else read_bytes(take(payload, "path", "str"))
  if (is.null(hook_for(hooks, "read_input_data"))) return(read_bytes_as(bytes, payload, texts))
  data <- call_hook(hooks, "read_input_data", list(data = bytes))
  if (is.null(data)) {
    fail(
      "HOOK_RESULT_INVALID",
      "read_input_data returned NULL, expected the data; return it, e.g. as a data.frame"
    )
  }
  data
}

#' The file's bytes. Raises INPUT_UNREADABLE.
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

#' The bytes as a data.frame or sparse matrix, by the payload's media type. Raises the INPUT_ errors.
read_bytes_as <- function(bytes, payload, texts) {
  mimetype <- take(payload, "mimetype", "str", optional = TRUE)
  if (is.null(mimetype) || mimetype %in% CSV_TYPES) return(read_csv(bytes, texts))
  if (mimetype == MATRIX_TYPE) {
    return(read_matrix(bytes, take(payload, "column_names", "texts", optional = TRUE)))
  }
  form <- paste0(
    "the media type %s is not read, expected text/csv or text/mtx; ",
    "send one of these, or define read_input_data"
  )
  fail("INPUT_UNSUPPORTED", form, described(mimetype))
}
