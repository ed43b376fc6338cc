# Writes JSON as Python does: sorted names, no blanks, \uXXXX for what is not ASCII, 1.0 for a double, NaN and
# Infinity as words.

#' The JSON of a value. A vector of one item is that item, other vectors and I(item) are arrays, an array is
#' nested by its dimensions, a named list an object; NA is null. Raises an error for what JSON does not have.
json_printed <- function(value) {
  if (is.null(value)) return("null")
  value <- plain_factor(value)
  if (is.list(value) && (!is.object(value) || inherits(value, "AsIs"))) {
    texts <- texts_of_items(unclass(value))
    if (is.null(names(value))) return(nested_texts(texts, shape_of_vector(value)))
    members <- paste0(json_texts(names(value)), rep(":", length(texts)), texts)
    return(paste0("{", paste(members[order(names(value), method = "radix")], collapse = ","), "}"))
  }
  if (!is_json_vector(value)) {
    stop(sprintf("JSON has nothing for %s; return numbers, texts, logicals, NULL and lists", kind_of(value)))
  }
  texts <- json_texts(value)
  if (is_single(value)) texts else nested_texts(texts, shape_of_vector(value))
}

#' The JSON of each item of a list; at once where they are of one type, as in a row of numbers.
texts_of_items <- function(items) {
  items <- unname(items)
  types <- unique(vapply(items, typeof, ""))
  is_row <- length(types) == 1 && types %in% c("logical", "integer", "double", "character") &&
    all(lengths(items) == 1) && all(vapply(items, function(item) is.null(attributes(item)), NA))
  if (is_row) json_texts(unlist(items)) else vapply(items, json_printed, "")
}

plain_factor <- function(value) {
  if (is.factor(value)) structure(as.character(value), dim = dim(value)) else value
}

#' Whether a vector stands for its only item.
is_single <- function(value) {
  is.atomic(value) && length(value) == 1 && is.null(dim(value)) && !inherits(value, "AsIs")
}

shape_of_vector <- function(value) if (is.null(dim(value))) length(value) else dim(value)

#' The array of texts that are in R's order.
nested_texts <- function(texts, shape) {
  while (length(shape) > 1) {
    width <- shape[length(shape)]
    shape <- shape[-length(shape)]
    size <- prod(shape)
    columns <- lapply(seq_len(width) - 1, function(column) texts[column * size + seq_len(size)])
    texts <- if (width == 0 || size == 0) rep("", size) else do.call(paste, c(columns, sep = ","))
    texts <- paste0(rep("[", size), texts, rep("]", size))
  }
  paste0("[", paste(texts, collapse = ","), "]")
}

#' The JSON of each item of a vector.
json_texts <- function(values) {
  texts <- switch(typeof(values),
    logical = ifelse(values, "true", "false"),
    integer = sprintf("%d", values),
    double = float_texts(values),
    character = quoted_texts(as.vector(unclass(values)))
  )
  texts[is.na(values) & !is.nan(values)] <- "null"
  texts
}

#' The fewest digits that read back as the same number, in the form that Python chooses; for a whole number
#' that was too large for R's integers and has not changed, what was written.
float_texts <- function(numbers) {
  digits <- attr(numbers, "digits")
  numbers <- as.double(numbers)
  texts <- sprintf("%.15g", numbers)
  for (format in c("%.16g", "%.17g")) {
    is_short <- as.numeric(texts) == numbers & !grepl("e+15", texts, fixed = TRUE)
    redo <- which(is.finite(numbers) & !is_short)
    texts[redo] <- sprintf(format, numbers[redo])
  }
  whole <- which(is.finite(numbers) & !grepl("[.e]", texts))
  texts[whole] <- paste0(texts[whole], ".0")
  long <- whole[abs(numbers[whole]) >= 1e16]
  texts[long] <- sprintf("%.16e", numbers[long])
  texts <- sub("Inf", "Infinity", texts, fixed = TRUE)
  if (length(digits) != length(numbers)) return(texts)
  is_same <- (as.numeric(digits) == numbers) %in% TRUE
  texts[is_same] <- digits[is_same]
  texts
}

quoted_texts <- function(texts) {
  texts <- sendable(texts)
  special <- which(grepl("[^ -~]|[\"\\\\]", texts, perl = TRUE))
  texts[special] <- vapply(texts[special], escaped, "", USE.NAMES = FALSE)
  paste0(rep("\"", length(texts)), texts, rep("\"", length(texts)))
}

escaped <- function(text) {
  codes <- utf8ToInt(text)
  is_wide <- codes >= 0x10000
  parts <- intToUtf8(codes, multiple = TRUE)
  is_narrow <- !is_wide & (codes < 32 | codes > 126)
  parts[is_narrow] <- sprintf("\\u%04x", codes[is_narrow])
  offset <- codes[is_wide] - 0x10000L
  parts[is_wide] <- sprintf("\\u%04x\\u%04x", 0xD800L + offset %/% 0x400L, 0xDC00L + offset %% 0x400L)
  short <- match(codes, c(34L, 92L, 10L, 13L, 9L, 8L, 12L))
  parts[!is.na(short)] <- c("\\\"", "\\\\", "\\n", "\\r", "\\t", "\\b", "\\f")[short[!is.na(short)]]
  paste(parts, collapse = "")
}
