# Data frames to the tables and sparse matrices to the matrices of protocol/SPEC.md section 8.

MOST_TEXT <- .Machine$integer.max # bytes that int32 offsets can tell

#' Predictions and index of a result. `who` returned it; columns that no type fits raise HOOK_RESULT_INVALID.
frame_to_wire <- function(frame, who) {
  rows <- nrow(frame)
  names <- sendable(names(frame))
  columns <- lapply(seq_along(names), function(at) column_of(names[at], .subset2(frame, at), who, rows))
  list(predictions = list(rows = rows, columns = columns), index = index_of(frame, rows, who))
}

#' Row names, where they are anything but 1 to n.
index_of <- function(frame, rows, who) {
  if (.row_names_info(frame) <= 0) return(NULL)
  labels <- attr(frame, "row.names")
  if (identical(as.character(labels), as.character(seq_len(rows)))) return(NULL)
  column_of("index", labels, who, rows)
}

#' A column of section 8. `present` are logicals, FALSE for a missing row; NULL where none is missing.
wire_column <- function(name, type, data, present = NULL, ...) {
  validity <- if (!is.null(present) && !all(present)) bitmap(present)
  list(name = name, type = type, data = data, validity = validity, ...)
}

#' NA is missing, NaN a value.
column_of <- function(name, values, who, rows) {
  if (is.factor(values)) values <- as.character(values)
  if (inherits(values, "POSIXlt")) values <- as.POSIXct(values)
  if (length(dim(values)) == 1 || is.matrix(values) && ncol(values) == 1) dim(values) <- NULL
  is_plain <- is.null(dim(values)) && length(values) == rows
  type <- if (is_plain) wire_type(values)
  if (is.null(type)) {
    form <- paste0(
      "the column %s of %s is of class %s, which no table can hold; ",
      "make it numbers, strings, dates or logicals"
    )
    fail("HOOK_RESULT_INVALID", form, dQuote(name, FALSE), who, paste(class(values), collapse = ", "))
  }
  switch(type,
    float64 = float_column(name, as.double(values)),
    int64 = int_column(name, values),
    bool = bool_column(name, as.vector(values)),
    utf8 = text_column(name, "utf8", as.vector(values)),
    json = text_column(name, "json", vapply(values, json_of, "", USE.NAMES = FALSE)),
    date = date_column(name, as.double(values)),
    timestamp = timestamp_column(name, values)
  )
}

#' The type of a column, or NULL where none fits.
wire_type <- function(values) {
  if (is.object(values)) {
    if (inherits(values, "Date")) return("date")
    if (inherits(values, "POSIXct")) return("timestamp")
    if (inherits(values, "integer64")) return("int64")
    # numbers that mean something else, as a difftime's
    if (is.numeric(unclass(values)) && !is.numeric(values)) return(NULL)
  }
  switch(
    typeof(values), double = "float64", integer = "int64", logical = "bool", character = "utf8", list = "json"
  )
}

float_column <- function(name, values) {
  present <- NULL
  if (anyNA(values)) {
    present <- !is.na(values) | is.nan(values)
    values[!present] <- 0
  }
  wire_column(name, "float64", writeBin(values, raw(), endian = "little"), present, offsets = NULL)
}

int_column <- function(name, values) {
  if (inherits(values, "integer64")) { # bit64 keeps the 64 bits in a double; -0.0 is its NA.
    bits <- as.double(unclass(values))
    # Those of most negative integers are a NaN.
    present <- !(bits %in% 0 & (1 / bits) %in% -Inf)
    bits[!present] <- 0
    return(wire_column(name, "int64", writeBin(bits, raw(), endian = "little"), present, offsets = NULL))
  }
  values <- as.integer(values)
  present <- !is.na(values)
  values[!present] <- 0L
  halves <- as.vector(rbind(values, -(values < 0)))
  wire_column(name, "int64", writeBin(halves, raw(), endian = "little"), present, offsets = NULL)
}

bool_column <- function(name, values) {
  present <- !is.na(values)
  wire_column(name, "bool", bitmap(present & values), present, offsets = NULL)
}

date_column <- function(name, days) {
  present <- is.finite(days)
  days[!present] <- 0
  wire_column(
    name, "date", writeBin(as.integer(floor(days)), raw(), endian = "little"), present, offsets = NULL
  )
}

#' In UTC, and the zone's name beside it; times without a zone are told by the wall clock.
timestamp_column <- function(name, values) {
  timezone <- attr(values, "tzone")[1]
  if (is.null(timezone) || timezone == "") {
    timezone <- NULL
    values <- as_wall_clock(values, "UTC")
  }
  micros <- round(as.double(values) * 1e6)
  present <- is.finite(micros)
  micros[!present] <- 0
  high <- floor(micros / 2^32)
  low <- micros - high * 2^32
  # -2^31 is R's NA, which is written with the very same bits.
  halves <- suppressWarnings(as.integer(rbind(low - 2^32 * (low >= 2^31), high)))
  data <- writeBin(as.vector(halves), raw(), endian = "little")
  wire_column(name, "timestamp", data, present, offsets = NULL, timezone = timezone)
}

text_column <- function(name, type, texts) {
  present <- !is.na(texts)
  texts[!present] <- ""
  texts <- sendable(texts)
  sizes <- nchar(texts, "bytes")
  if (sum(as.double(sizes)) > MOST_TEXT) {
    form <- "the column %s has %.0f bytes of text, expected %d at most"
    fail("HOOK_RESULT_INVALID", form, name, sum(as.double(sizes)), MOST_TEXT)
  }
  offsets <- writeBin(c(0L, cumsum(sizes)), raw(), endian = "little")
  wire_column(name, type, charToRaw(paste(texts, collapse = "")), present, offsets = offsets)
}

#' Logicals as bits, the first the lowest.
bitmap <- function(flags) packBits(c(flags, logical(-length(flags) %% 8)), "raw")

# -- what transform gives -----------------------------------------------------------------------------------

#' What a hook returned, as a data.frame. Raises HOOK_RESULT_INVALID.
as_frame <- function(hook, result) {
  result <- check_data(hook, result)
  if (is.data.frame(result)) return(result)
  names <- colnames(result)
  frame <- as.data.frame(as.matrix(result), stringsAsFactors = FALSE)
  names(frame) <- if (is.null(names)) seq_len(ncol(frame)) - 1 else names
  frame
}

#' Table or, where it is sparse and may be told so, matrix; and the index. Raises HOOK_RESULT_INVALID.
data_to_wire <- function(hook, data, sparse) {
  if (isTRUE(sparse) && is_sparse(data)) {
    matrix <- matrix_to_wire(data)
    if (!is.null(matrix)) return(list(table = NULL, matrix = matrix, index = NULL))
  }
  result <- frame_to_wire(as_frame(hook, data), hook)
  list(table = result$predictions, matrix = NULL, index = result$index)
}

#' A sparse matrix of the package Matrix as a matrix of protocol/SPEC.md section 8; NULL for one that is
#' dense.
matrix_to_wire <- function(data) {
  if (!methods::is(data, "sparseMatrix")) return(NULL)
  data <- methods::as(methods::as(data, "CsparseMatrix"), "generalMatrix")
  values <- if (methods::is(data, "nMatrix")) rep(1L, length(data@i)) else data@x
  # Of what is neither true nor false there is no integer.
  if (is.logical(values) && !anyNA(values)) values <- as.integer(values)
  if (!is.integer(values)) values <- as.double(values)
  names <- colnames(data)
  list(
    rows = nrow(data),
    names = as.list(sendable(if (is.null(names)) as.character(seq_len(ncol(data)) - 1) else names)),
    type = if (is.integer(values)) "int64" else "float64",
    starts = writeBin(data@p, raw(), endian = "little"),
    row_indices = writeBin(data@i, raw(), endian = "little"),
    values =
      if (is.integer(values)) int_column("", values)$data
      else writeBin(values, raw(), endian = "little")
  )
}
