# CSV to data frames. Cells are typed as read.csv(check.names = FALSE) types them. Where the rows of a body
# are plain, the C object splits it, and what it gives is the same.

MOST_HEADERS <- 64
QUOTE <- as.raw(34)
COMMA <- as.raw(44)
NEWLINE <- as.raw(10)
RETURN <- as.raw(13)
BYTE_ORDER_MARK <- as.raw(c(0xEF, 0xBB, 0xBF))

#' Names by header line, a list: reading one takes longer than reading the row below it.
headers <- new.env(parent = emptyenv())
headers$names <- list()

#' A data.frame. The columns named in `texts` are text, cell by cell as written. CR, LF and CR LF end lines
#' outside of quotes; blank lines are nothing or, with a single column, missing values. Raises INPUT_EMPTY or
#' INPUT_UNREADABLE.
read_csv <- function(bytes, texts = NULL) {
  if (is.null(texts)) texts <- character()
  if (!identical(bytes[length(bytes)], NEWLINE)) bytes <- c(bytes, NEWLINE)
  frame <- read_plain(bytes, texts)
  if (is.null(frame)) read_general(bytes, texts) else frame
}

#' The column of its cells.
typed_cells <- function(cells) utils::type.convert(cells, na.strings = "NA", as.is = TRUE)

as_table <- function(columns, names, rows) {
  attributes(columns) <- list(names = names, class = "data.frame", row.names = .set_row_names(rows))
  columns
}

# -- plain rows ----------------------------------------------------------------------------------------------

#' The frame, or NULL where the rows are not plain.
read_plain <- function(bytes, texts = character()) {
  cells <- wire$cells(bytes, texts)
  if (is.null(cells)) return(NULL)
  names <- header_names(cells[[1]])
  columns <- cells[[2]]
  for (at in seq_along(columns)) {
    is_open <- is.character(columns[[at]]) && !names[at] %in% texts
    if (is_open) columns[[at]] <- typed_cells(columns[[at]])
  }
  as_table(columns, names, length(columns[[1]]))
}

#' The column names of a header line.
header_names <- function(line) {
  names <- headers$names[[line]]
  if (is.null(names)) {
    bytes <- c(charToRaw(line), NEWLINE)
    names <- names_in(texts_at(bytes, split_cells(bytes, 0L)))
    if (length(headers$names) >= MOST_HEADERS) headers$names <- list()
    headers$names[[line]] <- names
  }
  names
}

# -- everything else -----------------------------------------------------------------------------------------

read_general <- function(bytes, texts) {
  mark <- if (identical(bytes[1:3], BYTE_ORDER_MARK)) 3L else 0L
  at <- split_cells(bytes, mark)
  cells <- texts_at(bytes, at)
  rows <- rows_of_cells(at, cells)
  if (length(rows) == 0) fail("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows")
  names <- names_in(cells[at$row == rows[1]])
  width <- length(names)
  if (width > 1) rows <- rows[!is_blank_row(at, cells, rows)]
  place <- rep(NA_integer_, max(at$row))
  place[rows[-1]] <- seq_along(rows[-1])
  place <- place[at$row]
  check_widths(bytes, at, cells, width, place)
  check_utf8(bytes, at, cells, names, place)
  is_kept <- !is.na(place) & at$column <= width
  count <- length(rows) - 1L
  table <- rep("", count * width)
  table[(at$column[is_kept] - 1) * count + place[is_kept]] <- unquoted(cells[is_kept])
  columns <- lapply(seq_len(width), function(column) {
    values <- table[(column - 1) * count + seq_len(count)]
    if (names[column] %in% texts) values else typed_cells(values)
  })
  as_table(columns, names, count)
}

#' Where the cells lie: first and last byte, row and column. Quotes count wherever they stand, as in read.csv.
split_cells <- function(bytes, mark) {
  marks <- which(bytes == QUOTE | bytes == COMMA | bytes == NEWLINE | bytes == RETURN)
  found <- bytes[marks]
  is_quote <- found == QUOTE
  is_inside <- cumsum(is_quote) %% 2 == 1
  if (sum(is_quote) %% 2 == 1) {
    fail_at(bytes, marks[max(which(is_quote))], "the quote that opens or closes there has no other")
  }
  ends <- marks[!is_quote & !is_inside]
  found <- bytes[ends]
  ends <- ends[!(found == RETURN & bytes[ends + 1] == NEWLINE)[seq_along(ends)]]
  found <- bytes[ends]
  is_line <- found != COMMA
  first <- c(mark, ends[-length(ends)]) + 1L
  last <- ends - 1L
  is_pair <- found == NEWLINE & last >= first & bytes[pmax(last, 1L)] == RETURN
  row <- cumsum(c(TRUE, is_line[-length(is_line)]))
  list(
    first = first, last = last - is_pair, row = row, column = sequence(tabulate(row)), is_line_end = is_line
  )
}

#' The cells as they stand. Byte by byte, which is faster than by characters.
texts_at <- function(bytes, at) {
  text <- tryCatch(rawToChar(bytes), error = function(error) {
    fail(
      "INPUT_UNREADABLE", "the CSV holds a byte 0 at offset %d, which no text of R's can hold; remove it",
      match(as.raw(0), bytes) - 1L
    )
  })
  if (!any(bytes > 0x7F)) return(substring(text, at$first, at$last))
  Encoding(text) <- "bytes"
  cells <- substring(text, at$first, at$last)
  Encoding(cells) <- "UTF-8"
  cells
}

#' Rows from the header on.
rows_of_cells <- function(at, cells) {
  rows <- seq_len(max(at$row))
  first <- which(!is_blank_row(at, cells, rows))[1]
  if (is.na(first)) integer() else rows[first:length(rows)]
}

is_blank_row <- function(at, cells, rows) {
  firsts <- which(at$column == 1)
  is_blank <- at$is_line_end[firsts] & grepl("^[ \t]*$", cells[firsts], useBytes = TRUE)
  is_blank[rows]
}

#' The names in cells of a header; blanks count within quotes only.
names_in <- function(cells) {
  is_bare <- validUTF8(cells) & !grepl("\"", cells, fixed = TRUE, useBytes = TRUE)
  cells[is_bare] <- trimws(cells[is_bare], whitespace = "[ \t]")
  unquoted(cells)
}

unquoted <- function(cells) {
  is_quoted <- grepl("\"", cells, fixed = TRUE, useBytes = TRUE)
  if (!any(is_quoted)) return(cells)
  within <- gsub("\"((?:[^\"]|\"\")*)\"", "\\1", cells[is_quoted], perl = TRUE)
  cells[is_quoted] <- gsub("\"\"", "\"", within, fixed = TRUE)
  cells
}

# -- what is refused -----------------------------------------------------------------------------------------

#' One empty cell behind the last column is nothing, as a comma at the end of each row makes it.
check_widths <- function(bytes, at, cells, width, place) {
  over <- which(!is.na(place) & at$column > width)
  is_nothing <- at$column[over] == width + 1 & at$is_line_end[over] & cells[over] %in% c("", "\"\"")
  over <- over[!is_nothing][1]
  if (is.na(over)) return()
  count <- max(at$column[at$row == at$row[over]])
  fail_at(bytes, at$first[over], sprintf("the row has %d cells, expected %d", count, width))
}

check_utf8 <- function(bytes, at, cells, names, place) {
  wrong <- which(!validUTF8(cells))[1]
  if (is.na(wrong)) return()
  within <- bytes[at$first[wrong]:at$last[wrong]]
  # Up to the first byte that is wrong, both are the same.
  mended <- charToRaw(iconv(cells[wrong], "UTF-8", "UTF-8", sub = "\001"))
  offset <- at$first[wrong] - 1 + which(within != mended[seq_along(within)])[1]
  column <- at$column[wrong]
  cell <- if (column <= length(names)) paste("the column", names[column]) else paste("cell", column)
  where <- sprintf("%s of row %d (counted from 0)", cell, place[wrong] - 1L)
  if (is.na(place[wrong])) where <- "the header"
  form <- "the CSV is not UTF-8: byte %.0f (counted from 0) is 0x%s, in %s; %s"
  remedy <- "encode it as UTF-8; a request may name its charset instead"
  fail("INPUT_UNREADABLE", form, offset - 1, as.character(bytes[offset]), where, remedy)
}

#' Raises INPUT_UNREADABLE for what is wrong at a byte, told by its line.
fail_at <- function(bytes, byte, words) {
  before <- bytes[seq_len(byte - 1)]
  is_pair <- before[-length(before)] == RETURN & before[-1] == NEWLINE
  line <- 1 + sum(before == NEWLINE | before == RETURN) - sum(is_pair)
  fail("INPUT_UNREADABLE", "the CSV cannot be read at line %.0f: %s; correct it", line, words)
}
