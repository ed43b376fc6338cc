# Cells of list columns as JSON text.

#' A cell as JSON text; NA for NULL. A vector with names is an object, any other of a length that is not 1 an
#' array.
json_of <- function(value) if (is.null(value)) NA_character_ else json_text(value)

json_text <- function(value) {
  if (is.null(value)) return("null")
  if (inherits(value, "integer64")) loadNamespace("bit64") # has as.character() for it
  if (is.factor(value) || is.object(value) && !is.list(value)) {
    value <- structure(as.character(value), names = names(value))
  }
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
    if (grepl(intToUtf8(code), text, fixed = TRUE)) {
      text <- gsub(intToUtf8(code), sprintf("\\u%04x", code), text, fixed = TRUE)
    }
  }
  paste0("\"", text, "\"")
}
