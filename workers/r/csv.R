# CSV as read.csv(check.names = FALSE) reads it, and faster where the body is plain: the C object splits it,
# and what it gives is the same.

MOST_HEADERS <- 64
NEWLINE <- as.raw(10)
BYTE_ORDER_MARK <- as.raw(c(0xEF, 0xBB, 0xBF))

#' Names by header line, a list: reading one takes longer than reading the row below it.
headers <- new.env(parent = emptyenv())
headers$names <- list()

#' A data.frame. Carriage returns and a byte order mark are dropped; with a single column a blank line is a
#' missing value. Raises INPUT_EMPTY or INPUT_UNREADABLE, also where R would read something else than what is
#' written.
read_csv <- function(bytes) {
  if (!identical(bytes[length(bytes)], NEWLINE)) bytes <- c(bytes, NEWLINE)
  frame <- read_plain(bytes)
  if (!is.null(frame)) return(frame)
  text <- clean_text(bytes)
  frame <- read_plain(charToRaw(text))
  if (is.null(frame)) read_general(text) else frame
}

# -- plain rows ----------------------------------------------------------------------------------------------

#' The frame, or NULL where read.csv has to judge.
read_plain <- function(bytes) {
  cells <- wire$cells(bytes)
  if (is.null(cells)) return(NULL)
  names <- header_names(cells[[1]])
  columns <- cells[[2]]
  if (length(names) != length(columns)) return(NULL)
  for (at in seq_along(columns)) {
    if (is.character(columns[[at]])) {
      columns[[at]] <- utils::type.convert(columns[[at]], na.strings = character(), as.is = TRUE)
    }
  }
  attributes(columns) <- list(
    names = names, class = "data.frame", row.names = .set_row_names(length(columns[[1]]))
  )
  columns
}

#' The column names of a header line, without its end.
header_names <- function(line) {
  names <- headers$names[[line]]
  if (is.null(names)) {
    names <- names(utils::read.csv(text = paste0(line, "\n"), check.names = FALSE))
    if (length(headers$names) >= MOST_HEADERS) headers$names <- list()
    headers$names[[line]] <- names
  }
  names
}

# -- everything else -----------------------------------------------------------------------------------------

#' The body as UTF-8, without what read.csv would stumble over.
clean_text <- function(bytes) {
  if (identical(bytes[1:3], BYTE_ORDER_MARK)) bytes <- bytes[-(1:3)]
  text <- tryCatch(rawToChar(bytes), error = function(error) {
    fail(
      "INPUT_UNREADABLE", "the CSV holds a byte 0 at %d, which no text of R's can hold; remove it",
      match(as.raw(0), bytes)
    )
  })
  if (!validUTF8(text)) fail("INPUT_UNREADABLE", "the CSV is not UTF-8; encode it as UTF-8")
  text <- gsub("\r", "", text, fixed = TRUE, useBytes = TRUE)
  if (!grepl("[^ \t\n]", text, perl = TRUE, useBytes = TRUE)) {
    fail("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows")
  }
  # Blank lines above the header are nothing.
  text <- sub("^([ \t]*\n)+", "", text, perl = TRUE, useBytes = TRUE)
  Encoding(text) <- "UTF-8"
  text
}

read_general <- function(text) {
  frame <- call_read_csv(text, blank.lines.skip = TRUE)
  check_widths(text, ncol(frame) + (.row_names_info(frame) > 0))
  if (ncol(frame) != 1) return(frame)
  # The end of the last line is no line of its own.
  call_read_csv(sub("\n$", "", text), blank.lines.skip = FALSE)
}

call_read_csv <- function(text, ...) {
  unreadable <- function(condition) {
    words <- text_of(condition)
    if (startsWith(words, "no lines available")) {
      fail("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows")
    }
    fail("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it", words)
  }
  tryCatch(
    utils::read.csv(text = text, check.names = FALSE, encoding = "UTF-8", ...),
    error = unreadable,
    warning = unreadable
  )
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
