# Data frames to the tables of protocol/SPEC.md section 8.

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

wire_column <- function(name, type, data, present = NULL, ...) {
  validity <- if (!is.null(present) && !all(present)) bitmap(present)
  list(name = name, type = type, data = data, validity = validity, ...)
}

#' NA is missing, NaN a value.
column_of <- function(name, values, who, rows) {
  if (is.factor(values)) values <- as.character(values)
  if (inherits(values, "POSIXlt")) values <- as.POSIXct(values)
  is_plain <- is.null(dim(values)) && length(values) == rows
  type <- if (is_plain) wire_type(values)
  if (is.null(type)) {
    form <- "the column %s of %s is of class %s, which no table can hold; make it numbers, strings, dates or logicals"
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
    if (is.numeric(unclass(values)) && !is.numeric(values)) return(NULL) # numbers that mean something else, as a difftime's
  }
  switch(typeof(values), double = "float64", integer = "int64", logical = "bool", character = "utf8", list = "json")
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
    present <- !(bits == 0 & 1 / bits < 0)
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
  wire_column(name, "date", writeBin(as.integer(floor(days)), raw(), endian = "little"), present, offsets = NULL)
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

bitmap <- function(flags) packBits(c(flags, logical(-length(flags) %% 8)), "raw")

# -- cells of list columns --------------------------------------------------------------------------------------------

#' A cell as JSON text; NA for NULL. A vector with names is an object, any other of a length that is not 1 an array.
json_of <- function(value) if (is.null(value)) NA_character_ else json_text(value)

json_text <- function(value) {
  if (is.null(value)) return("null")
  if (is.factor(value) || is.object(value) && !is.list(value)) value <- structure(as.character(value), names = names(value))
  if (!is.list(value) && !is.atomic(value)) return(json_quoted(paste(deparse(value), collapse = "\n")))
  if (!is.list(value) && length(value) == 1 && is.null(names(value))) return(json_scalar(value))
  items <- vapply(seq_along(value), function(at) json_text(.subset2(unname(value), at)), "")
  names <- names(value)
  if (is.null(names)) return(paste0("[", paste(items, collapse = ","), "]"))
  paste0("{", paste0(vapply(names, json_quoted, ""), ":", items, collapse = ","), "}")
}

json_scalar <- function(value) {
  if (is.na(value) || is.numeric(value) && !is.finite(value)) "null"
  else if (is.logical(value)) if (value) "true" else "false"
  else if (is.numeric(value)) shortest(value)
  else json_quoted(as.character(value))
}

#' The fewest digits that read back as the same number.
shortest <- function(number) {
  text <- sprintf("%.15g", number) # not format(), which heeds options that user code may have set
  if (as.numeric(text) == number) text else sprintf("%.17g", number)
}

json_quoted <- function(text) {
  text <- gsub("([\"\\\\])", "\\\\\\1", sendable(text))
  codes <- c(1:31, 127)
  for (code in codes) {
    if (grepl(intToUtf8(code), text, fixed = TRUE)) text <- gsub(intToUtf8(code), sprintf("\\u%04x", code), text, fixed = TRUE)
  }
  paste0("\"", text, "\"")
}
