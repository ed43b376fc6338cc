# Reads JSON: objects become named lists, arrays lists, null a NULL kept in its list. A whole number is an
# integer or, where R has none so large, a double whose attribute `digits` keeps what was written. As Python's
# reader it takes NaN and Infinity.

# One token, and blanks around it. Its loops give nothing back: a long string takes no stack.
JSON_TOKEN <- paste0(
  r"([ \t\r\n]*+("[^"\\\x01-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x01-\x1f]*+)*+")",
  r"(|-?(?:0|[1-9][0-9]*+)(?:[.][0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false|null|NaN|-?Infinity)",
  r"(|[][{}:,])[ \t\r\n]*+)"
)
ESCAPES <- c(
  "\\n" = "\n", "\\t" = "\t", "\\r" = "\r", "\\b" = "\b", "\\f" = "\f", "\\\"" = "\"", "\\/" = "/"
)

#' The value in a text. Raises an error for what is no JSON.
read_json <- function(text) {
  tokens <- json_tokens(text)
  first <- substr(tokens, 1, 1)
  atoms <- json_atoms(tokens, first)
  brackets <- which(first %in% c("[", "]", "{", "}"))
  next_bracket <- brackets[findInterval(seq_along(first), brackets) + 1]
  at <- 0L
  step <- function() {
    at <<- at + 1L
    if (at > length(first)) stop("the JSON ends before its value does")
    first[at]
  }
  expect <- function(wanted) {
    if (step() != wanted) stop(sprintf("expected %s, got %s", wanted, tokens[at]))
  }
  value <- function() {
    switch(step(),
      "[" = items(),
      "{" = members(),
      "]" = , "}" = , "," = , ":" = stop(sprintf("%s stands where a value should", tokens[at])),
      atoms[[at]]
    )
  }
  items <- function() {
    end <- next_bracket[at]
    if (first[end] %in% "]") return(flat_items(end))
    items <- list()
    repeat {
      items[length(items) + 1L] <- list(value())
      if (step() == "]") return(items)
      if (first[at] != ",") stop("an array needs commas between its items")
    }
  }
  # Without brackets in it, as the rows of a matrix are.
  flat_items <- function(end) {
    inside <- seq_len(end - at - 1L) + at
    at <<- end
    is_item <- seq_along(inside) %% 2 == 1
    is_comma <- first[inside] == ","
    ends_well <- length(inside) == 0 || is_item[length(inside)]
    if (!ends_well || any(is_comma == is_item | first[inside] == ":")) {
      stop("an array needs commas between its items")
    }
    atoms[inside[is_item]]
  }
  members <- function() {
    names <- character()
    items <- list()
    if (step() != "}") repeat {
      if (first[at] != "\"") stop("the name of a member must be a string")
      names[length(names) + 1L] <- atoms[[at]]
      expect(":")
      items[length(items) + 1L] <- list(value())
      if (step() == "}") break
      if (first[at] != ",") stop("an object needs commas between its members")
      step()
    }
    is_last <- !duplicated(names, fromLast = TRUE)
    structure(items[is_last], names = names[is_last])
  }
  whole <- value()
  if (at < length(first)) stop("more follows the value")
  whole
}

#' Byte by byte, which is faster than by characters.
json_tokens <- function(text) {
  Encoding(text) <- "bytes"
  found <- gregexpr(JSON_TOKEN, text, perl = TRUE, useBytes = TRUE)[[1]]
  if (sum(attr(found, "match.length")) != nchar(text, "bytes")) stop("there is something that is no JSON")
  starts <- attr(found, "capture.start")[, 1]
  tokens <- substring(text, starts, starts + attr(found, "capture.length")[, 1] - 1L)
  Encoding(tokens) <- "UTF-8"
  tokens
}

#' A list with the value of each token that is one.
json_atoms <- function(tokens, first) {
  atoms <- vector("list", length(tokens))
  atoms[first == "t"] <- list(TRUE)
  atoms[first == "f"] <- list(FALSE)
  is_text <- first == "\""
  atoms[is_text] <- as.list(json_strings(tokens[is_text]))
  is_number <- !first %in% c("t", "f", "n", "\"", "[", "]", "{", "}", ",", ":")
  atoms[is_number] <- json_numbers(tokens[is_number])
  atoms
}

json_numbers <- function(tokens) {
  numbers <- as.numeric(tokens)
  is_whole <- !grepl("[.eENI]", tokens)
  is_small <- is_whole & abs(numbers) <= .Machine$integer.max
  values <- as.list(numbers)
  values[is_small] <- as.list(as.integer(numbers[is_small]))
  is_large <- is_whole & !is_small
  values[is_large] <- Map(function(number, digits) structure(number, digits = digits),
    numbers[is_large], tokens[is_large],
    USE.NAMES = FALSE
  )
  values
}

json_strings <- function(tokens) {
  texts <- substring(tokens, 2, nchar(tokens) - 1L)
  is_escaped <- grepl("\\", texts, fixed = TRUE)
  texts[is_escaped] <- vapply(texts[is_escaped], unescaped, "", USE.NAMES = FALSE)
  texts
}

#' U+0001, which no string of JSON holds as it is, stands for an escaped backslash until the end.
unescaped <- function(text) {
  text <- gsub("\\\\", "\001", text, fixed = TRUE)
  for (escape in names(ESCAPES)) text <- gsub(escape, ESCAPES[[escape]], text, fixed = TRUE)
  parts <- strsplit(text, "\\u", fixed = TRUE)[[1]]
  if (length(parts) > 1) text <- paste0(parts[1], with_characters(parts[-1]))
  gsub("\001", "\\", text, fixed = TRUE)
}

#' Parts that begin with the four digits of a character; two of them may be a pair. U+FFFD stands for what no
#' string of R's holds: NUL, and half of a pair.
with_characters <- function(parts) {
  codes <- strtoi(substr(parts, 1, 4), 16L)
  rest <- substring(parts, 5)
  is_high <- codes >= 0xD800 & codes < 0xDC00
  is_low <- codes >= 0xDC00 & codes < 0xE000
  pairs <- which(is_high & rest == "" & c(is_low[-1], FALSE))
  codes[pairs] <- (codes[pairs] - 0xD800) * 0x400 + codes[pairs + 1] - 0xDC00 + 0x10000
  codes[codes == 0 | codes >= 0xD800 & codes < 0xE000] <- 0xFFFD
  characters <- intToUtf8(codes, multiple = TRUE)
  characters[pairs + 1] <- ""
  paste0(characters, rest, collapse = "")
}
