# Tables of protocol/SPEC.md section 8 to data frames; what does not fit the section is refused with
# PARAMS_INVALID.

# Bytes of a row; bitmaps and strings have none.
WIDTHS <- list(
  float64 = 8, float32 = 4, int64 = 8, bool = NULL, utf8 = NULL, json = NULL, date = 4, timestamp = 8
)
TYPES <- c("float64", "float32", "int64", "bool", "utf8", "json", "date", "timestamp")

#' Raises PARAMS_INVALID; the arguments are those of sprintf.
invalid <- function(...) fail("PARAMS_INVALID", ...)

#' int64 becomes integer where all values fit, else double; bool logical; date Date; timestamp POSIXct; utf8
#' and json character. Categories become a factor, decimals double, durations difftime in seconds. What is
#' missing is NA.
table_to_frame <- function(table) {
  if (!is_map(table)) invalid("a table is %s, expected a map of rows and columns", described(table))
  rows <- table[["rows"]]
  columns <- table[["columns"]]
  if (!is_int(rows) || rows < 0 || rows > .Machine$integer.max) {
    invalid("the rows of a table are %s, expected an int from 0 that R can count to", described(rows))
  }
  if (!is_array(columns)) invalid("the columns of a table are %s, expected an array", described(columns))
  for (column in columns) check_column(column, rows)
  values <- lapply(columns, values_of, rows)
  names <- vapply(columns, function(column) name_of(column[["name"]]), "")
  structure(values, names = names, class = "data.frame", row.names = .set_row_names(rows))
}

name_of <- function(name) if (is.character(name)) name else rawToChar(unclass(name)[name != 0])

# -- checking ------------------------------------------------------------------------------------------------

#' Raises PARAMS_INVALID where a column is not one of `rows` rows.
check_column <- function(column, rows) {
  if (!is_map(column)) {
    invalid("a column is %s, expected a map of name, type, data, validity, offsets", described(column))
  }
  name <- column[["name"]]
  type <- column[["type"]]
  if (!is_str(name)) invalid("the name of a column is %s, expected a str", described(name))
  if (!is.character(type) || !type %in% TYPES) {
    invalid(
      "the column %s is of type %s, expected %s", described(name), described(type),
      paste(TYPES, collapse = ", ")
    )
  }
  fault <- fault_of(column, type, rows)
  if (!is.null(fault)) invalid("the column %s has %s", described(name), fault)
}

#' What is wrong with a column's buffers, or NULL.
fault_of <- function(column, type, rows) {
  data <- column[["data"]]
  validity <- column[["validity"]]
  offsets <- column[["offsets"]]
  bits <- (rows + 7) %/% 8
  if (!is_bin(data)) return(sprintf("as data %s, expected a bin", described(data)))
  if (!is.null(validity) && !(is_bin(validity) && length(validity) == bits)) {
    return(sprintf(
      "as validity %s, expected nil or a bin of %d bytes for %d rows", described(validity), bits, rows
    ))
  }
  if (type %in% c("utf8", "json")) return(fault_of_text(data, offsets, rows))
  if (!is.null(offsets)) {
    return(sprintf("as offsets %s, expected nil for the type %s", described(offsets), type))
  }
  size <- if (type == "bool") bits else rows * WIDTHS[[type]]
  if (length(data) != size) {
    return(sprintf("%d bytes of data, expected %.0f for %d rows", length(data), size, rows))
  }
  timezone <- column[["timezone"]]
  if (type == "timestamp" && !is.null(timezone) && !is.character(timezone)) {
    return(sprintf("as timezone %s, expected a str or nil", described(timezone)))
  }
  NULL
}

fault_of_text <- function(data, offsets, rows) {
  if (!is_bin(offsets) || length(offsets) != (rows + 1) * 4) {
    return(sprintf(
      "as offsets %s, expected a bin of %.0f bytes for %d rows", described(offsets), (rows + 1) * 4, rows
    ))
  }
  ends <- readBin(offsets, "integer", rows + 1, endian = "little")
  if (anyNA(ends) || ends[1] != 0 || ends[rows + 1] != length(data) || is.unsorted(ends)) {
    return(sprintf("offsets that do not rise from 0 to %d, the size of its data", length(data)))
  }
  checked <- data
  checked[checked == 0] <- as.raw(1) # R takes NUL for the end.
  if (!validUTF8(rawToChar(checked))) return("data that is not UTF-8; encode strings as UTF-8")
  # The first byte of a character is no continuation byte.
  firsts <- as.integer(data[ends[ends < length(data)] + 1])
  if (any(firsts >= 0x80 & firsts < 0xC0)) "an offset inside a UTF-8 character"
}

# -- reading -------------------------------------------------------------------------------------------------

#' A checked column as a vector.
values_of <- function(column, rows) {
  data <- column[["data"]]
  values <- switch(column[["type"]],
    float64 = readBin(data, "double", rows, endian = "little"),
    float32 = readBin(data, "double", rows, size = 4, endian = "little"),
    int64 = integers_of(data, rows),
    bool = bits_of(data, rows),
    date = structure(as.double(readBin(data, "integer", rows, endian = "little")), class = "Date"),
    timestamp = timestamps_of(data, rows, column[["timezone"]]),
    wire$texts(data, column[["offsets"]])
  )
  if (identical(column[["logical"]], "duration")) {
    values <- structure(as.double(values) / 1e9, class = "difftime", units = "secs")
  }
  validity <- column[["validity"]]
  if (!is.null(validity)) values[!bits_of(validity, rows)] <- NA
  if (identical(column[["logical"]], "decimal")) return(as.double(values))
  if (is.null(column[["levels"]])) values else factor_of(values, column)
}

factor_of <- function(texts, column) {
  levels <- vapply(column[["levels"]], name_of, "")
  codes <- match(texts, levels)
  unknown <- which(is.na(codes) & !is.na(texts))[1]
  if (!is.na(unknown)) {
    form <- "the column %s has %s, which is none of its levels"
    invalid(form, described(column[["name"]]), dQuote(texts[unknown], FALSE))
  }
  is_ordered <- isTRUE(column[["ordered"]])
  structure(codes, levels = levels, class = c(if (is_ordered) "ordered", "factor"))
}

#' In base R, the strings of a column whose buffers have been checked; U+FFFD stands for NUL, which R's
#' strings cannot hold.
split_texts <- function(data, offsets) {
  rows <- length(offsets) / 4 - 1
  ends <- readBin(offsets, "integer", rows + 1, endian = "little")
  texts <- vapply(seq_len(rows), function(row) {
    bytes <- data[seq_len(ends[row + 1] - ends[row]) + ends[row]]
    is_nul <- bytes == 0
    if (!any(is_nul)) return(rawToChar(bytes))
    rawToChar(unlist(lapply(bytes, function(byte) if (byte == 0) as.raw(c(0xEF, 0xBF, 0xBD)) else byte)))
  }, "")
  Encoding(texts) <- "UTF-8"
  texts
}

#' A bitmap's first `rows` bits as logicals.
bits_of <- function(bytes, rows) as.logical(rawToBits(bytes))[seq_len(rows)]

integers_of <- function(data, rows) {
  values <- wide_of(data, rows)
  if (all(abs(values) <= .Machine$integer.max)) as.integer(values) else values
}

#' 64 bits as a double, which is exact up to 2^53. The int -2^31 is R's NA.
wide_of <- function(data, rows) {
  halves <- as.double(readBin(data, "integer", 2 * rows, endian = "little"))
  halves[is.na(halves)] <- -2^31
  low <- halves[2 * seq_len(rows) - 1]
  halves[2 * seq_len(rows)] * 2^32 + low + 2^32 * (low < 0)
}

#' With a timezone, that or UTC where R does not know it; without, the wall clock of this session.
timestamps_of <- function(data, rows, timezone) {
  seconds <- wide_of(data, rows) / 1e6
  if (is.null(timezone)) return(as_wall_clock(.POSIXct(seconds, "UTC"), ""))
  .POSIXct(seconds, if (timezone == "UTC" || timezone %in% OlsonNames()) timezone else "UTC")
}

#' The points in time at which clocks of the zone `to` show what those of the zone of `times` show.
as_wall_clock <- function(times, to) {
  clock <- as.POSIXlt(times)
  clock$isdst[] <- -1L # Whether it is summer there is for R to find out.
  as.POSIXct(clock, tz = to)
}
