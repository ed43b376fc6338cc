# CSV as read.csv(check.names = FALSE) reads it, and faster where the body is plain: the C object splits it, and what it gives is the same.

MOST_HEADERS <- 64
BYTE_ORDER_MARK <- as.raw(c(0xEF, 0xBB, 0xBF))

#' Names by header line: reading one takes longer than reading the row below it.
headers <- new.env(parent = emptyenv())

#' A data.frame. Carriage returns and a byte order mark are dropped; with a single column a blank line is a missing value.
#' Raises INPUT_EMPTY or INPUT_UNREADABLE, also where R would read something else than what is written.
read_csv <- function(bytes) {
  if (length(bytes) >= 3 && identical(bytes[1:3], BYTE_ORDER_MARK)) bytes <- bytes[-(1:3)]
  text <- tryCatch(rawToChar(bytes), error = function(error) {
    fail("INPUT_UNREADABLE", "the CSV holds a byte 0 at %d, which no text of R's can hold; remove it", match(as.raw(0), bytes))
  })
  if (!validUTF8(text)) fail("INPUT_UNREADABLE", "the CSV is not UTF-8; encode it as UTF-8")
  if (grepl("\r", text, fixed = TRUE, useBytes = TRUE)) {
    bytes <- bytes[bytes != 13]
    text <- rawToChar(bytes)
  }
  if (!grepl("[^ \t\n]", text, perl = TRUE, useBytes = TRUE)) {
    fail("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows")
  }
  if (grepl("^[ \t]*\n", text, perl = TRUE, useBytes = TRUE)) { # Blank lines above the header are nothing.
    text <- sub("^([ \t]*\n)+", "", text, useBytes = TRUE)
    bytes <- charToRaw(text)
  }
  if (bytes[length(bytes)] != 10) {
    bytes <- c(bytes, as.raw(10))
    text <- paste0(text, "\n")
  }
  frame <- read_plain(bytes, text)
  if (!is.null(frame)) return(frame)
  Encoding(text) <- "UTF-8"
  read_general(text)
}

# -- plain rows -------------------------------------------------------------------------------------------------------

#' The frame, or NULL where read.csv has to judge.
read_plain <- function(bytes, text) {
  if (!wire$is_native) return(NULL)
  end <- regexpr("\n", text, fixed = TRUE, useBytes = TRUE)[1]
  names <- header_names(substr_bytes(bytes, end - 1))
  if (is.null(names)) return(NULL)
  columns <- wire$cells(bytes, end, length(names))
  if (is.null(columns)) return(NULL)
  for (at in seq_along(columns)) {
    if (is.character(columns[[at]])) columns[[at]] <- utils::type.convert(columns[[at]], na.strings = character(), as.is = TRUE)
  }
  rows <- length(columns[[1]])
  structure(columns, names = names, class = "data.frame", row.names = .set_row_names(rows))
}

substr_bytes <- function(bytes, size) {
  text <- rawToChar(bytes[seq_len(size)])
  Encoding(text) <- "UTF-8"
  text
}

#' NULL for a header that read.csv has to judge together with what follows.
header_names <- function(line) {
  if (!grepl("[^ \t,]", line) || grepl("\"", line, fixed = TRUE)) return(NULL)
  names <- headers[[line]]
  if (is.null(names)) {
    names <- names(utils::read.csv(text = paste0(line, "\n"), check.names = FALSE))
    if (length(headers) >= MOST_HEADERS) rm(list = ls(headers), envir = headers)
    headers[[line]] <- names
  }
  names
}

# -- everything else --------------------------------------------------------------------------------------------------

read_general <- function(text) {
  frame <- call_read_csv(text, blank.lines.skip = TRUE)
  check_widths(text, ncol(frame) + (.row_names_info(frame) > 0))
  if (ncol(frame) != 1) return(frame)
  call_read_csv(sub("\n$", "", text), blank.lines.skip = FALSE) # The end of the last line is no line of its own.
}

call_read_csv <- function(text, ...) {
  unreadable <- function(condition) {
    words <- text_of(condition)
    if (startsWith(words, "no lines available")) fail("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows")
    fail("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it", words)
  }
  tryCatch(utils::read.csv(text = text, check.names = FALSE, encoding = "UTF-8", ...), error = unreadable, warning = unreadable)
}

#' A row with more cells than the header has would go on as a row of its own.
check_widths <- function(text, width) {
  source <- textConnection(text, encoding = "UTF-8")
  on.exit(close(source))
  widths <- utils::count.fields(source, sep = ",", quote = "\"", comment.char = "", blank.lines.skip = FALSE)
  at <- which(widths > width)[1]
  if (!is.na(at)) {
    form <- "the CSV cannot be read: line %d has %d cells, expected %d; correct it"
    fail("INPUT_UNREADABLE", form, at, widths[at], width)
  }
}
