# The typing step: what a model knows of its columns gives a table the names, types and levels that the model
# was fitted with, so that a row is the same alone and in company. It comes right before a type predicts.
#
# A signature is list(columns, is_whole, names, is_number): the columns as known_column() gives them, in the
# model's order, whether the model gets no others, their names, and which are numbers.

MOST_NAMED <- 10

#' A column that a model knows. `type` is a word of the wire, or NULL where it is not known. A column with
#' levels becomes a factor of them, ordered with `is_ordered`.
#'
#' `is_open`: levels that the model does not know are its own affair. `takes_flags`: logicals are the numbers
#' 0 and 1. `may_be_factor`: numbers that may have been a factor, of which the model keeps nothing.
#' `lacks_levels`: it was a factor, whose levels the model does not hold.
known_column <- function(name, type = NULL, levels = NULL, ...) {
  traits <- c("is_ordered", "is_open", "takes_flags", "may_be_factor", "lacks_levels")
  column <- structure(as.list(traits %in% character()), names = traits)
  column <- utils::modifyList(column, list(...))
  c(list(name = name, type = type, levels = levels, spellings = spellings_of(levels)), column)
}

#' The signature that the artifact type has of the model; NULL where the model knows nothing. Raises
#' ARTIFACT_UNSUPPORTED for levels that neither the model holds nor a hook can give.
signature_of <- function(type, model, hooks, is_partial) {
  signature <- if (!is.null(type$signature)) type$signature(model)
  if (length(signature$columns) == 0) return(NULL)
  lacking <- vapply(signature$columns, `[[`, NA, "lacks_levels")
  signature$names <- vapply(signature$columns, `[[`, "", "name")
  signature$is_number <- vapply(signature$columns, function(column) identical(column$type, "float64"), NA)
  if (!any(lacking) || is_partial || is_given_a_table(hooks)) return(signature)
  form <- "the model is %s, which was fitted with text or a factor in %s and does not hold the levels; %s"
  names <- signature$names[lacking]
  fail("ARTIFACT_UNSUPPORTED", form, kind_of(model), columns_in_words(names), hook_for_levels(names))
}

#' Whether hooks make the table: its columns are typed as the hooks give them.
is_given_a_table <- function(hooks) {
  !is.null(hook_for(hooks, "read_input_data")) || !is.null(hook_for(hooks, "transform"))
}

#' Columns whose cells are text as written.
text_columns <- function(signature) {
  is_text <- vapply(signature$columns, function(column) identical(column$type, "utf8"), NA)
  signature$names[is_text]
}

signature_to_wire <- function(signature) {
  if (is.null(signature)) return(NULL)
  columns <- lapply(signature$columns, function(column) {
    levels <- if (!is.null(column$levels)) as.list(sendable(column$levels))
    list(name = sendable(column$name), type = column$type, levels = levels)
  })
  list(columns = columns, by = "name")
}

#' The frame as the model was fitted with it. Other data is left as it is. Raises INPUT_INVALID.
typed <- function(data, signature) {
  if (is.null(signature) || !is.data.frame(data)) return(data)
  places <- match(signature$names, names(data))
  if (anyNA(places)) {
    form <- "the model needs %s, which did not come; got %s; send every column that it was fitted with"
    invalid_input(form, columns_in_words(signature$names[is.na(places)]), named(names(data)))
  }
  known <- .subset(data, places)
  is_plain <- signature$is_number & !vapply(known, is.object, NA) & vapply(known, is.numeric, NA)
  if (all(is_plain) && identical(places, seq_along(data))) return(data)
  for (at in which(!is_plain)) known[[at]] <- typed_column(known[[at]], signature$columns[[at]])
  columns <- c(known, if (!signature$is_whole) .subset(data, -places))
  attributes(columns) <- list(
    names = names(columns), row.names = attr(data, "row.names"), class = "data.frame"
  )
  columns
}

typed_column <- function(values, column) {
  if (column$lacks_levels) return(as_given_factor(values, column))
  if (is.null(column$type)) return(values)
  switch(column$type,
    float64 = as_numbers(values, column),
    bool = as_flags(values, column),
    utf8 = as_texts(values, column),
    date = as_dates(values, column),
    values
  )
}

# -- by type -------------------------------------------------------------------------------------------------

as_numbers <- function(values, column) {
  if (is.numeric(values)) return(as.numeric(values))
  if (is.factor(values) && column$may_be_factor) return(values)
  if (is.logical(values) && (column$takes_flags || all(is.na(values)))) return(as.numeric(values))
  texts <- if (is.factor(values)) as.character(values) else values
  numbers <- if (is.character(texts)) suppressWarnings(as.numeric(texts)) else rep(NA_real_, NROW(texts))
  if (column$takes_flags && is.character(texts)) {
    flags <- as.logical(texts)
    numbers[!is.na(flags)] <- flags[!is.na(flags)]
  }
  check_cells(values, is.na(numbers) & !is.nan(numbers), column, "is no number, which the model takes")
  numbers
}

as_flags <- function(values, column) {
  if (is.logical(values)) return(as.vector(values))
  is_text <- is.character(values) || is.factor(values)
  flags <- if (is_text) as.logical(as.character(values)) else rep(NA, NROW(values))
  check_cells(values, is.na(flags), column, "is neither TRUE nor FALSE, which the model takes")
  flags
}

as_dates <- function(values, column) {
  if (inherits(values, "Date")) return(values)
  dates <- as.Date(rep(NA, NROW(values)))
  if (is.character(values)) dates <- as.Date(values, format = "%Y-%m-%d")
  check_cells(values, is.na(dates), column, "is no date as 2026-01-31, which the model takes")
  dates
}

#' A factor where the model has levels, else strings.
as_texts <- function(values, column) {
  levels <- column$levels
  if (is.factor(values)) values <- as.character(values)
  if (is.null(levels)) return(replace(spelled(values), is_missing(values), NA))
  codes <- match(spelled(values), column$spellings)
  if (is.logical(values)) codes <- flag_codes(levels)[values + 1L]
  codes <- (codes - 1L) %% length(levels) + 1L
  is_unknown <- is.na(codes) & !is_missing(values)
  if (column$is_open && any(is_unknown)) {
    levels <- c(levels, unique(spelled(values[is_unknown])))
    codes <- match(spelled(values), levels)
  } else if (any(is_unknown)) {
    what <- paste0("is no level of the model, whose levels are ", named(levels))
    check_cells(values, is_unknown, column, what)
  }
  structure(codes, levels = levels, class = c(if (column$is_ordered) "ordered", "factor"))
}

as_given_factor <- function(values, column) {
  if (is.factor(values)) return(values)
  form <- paste0(
    "%s has to be a factor with the levels that the model was fitted with, ",
    "which the model does not hold; %s"
  )
  invalid_input(form, columns_in_words(column$name), hook_for_levels(column$name))
}

# -- spelling ------------------------------------------------------------------------------------------------

#' Spellings of the levels, one a level each time, the levels themselves first: R writes the number 100000 as
#' 1e+05, and reads T as TRUE.
spellings_of <- function(levels) {
  numbers <- suppressWarnings(as.numeric(levels))
  plain <- ifelse(!is.na(numbers) & grepl("e", levels, fixed = TRUE), spelled(numbers), levels)
  short <- if (all(levels %in% c("FALSE", "TRUE"))) substr(levels, 1, 1)
  c(levels, plain, short)
}

#' Codes of the levels that FALSE and TRUE are; R reads the cell F as FALSE.
flag_codes <- function(levels) {
  upper <- toupper(levels)
  codes <- match(c("FALSE", "TRUE"), upper)
  ifelse(is.na(codes), match(c("F", "T"), upper), codes)
}

#' Values as texts, whole numbers as whole.
spelled <- function(values) {
  if (is.character(values)) return(values)
  if (!is.numeric(values) || is.object(values)) return(as.character(values))
  texts <- vapply(values, function(value) if (is.na(value)) NA_character_ else shortest(value), "")
  is_whole <- !is.na(values) & values == round(values) & abs(values) < 1e15
  texts[is_whole] <- sprintf("%.0f", values[is_whole])
  texts
}

is_missing <- function(values) {
  if (is.character(values)) is.na(values) | values == "NA" | !nzchar(trimws(values)) else is.na(values)
}

# -- errors --------------------------------------------------------------------------------------------------

invalid_input <- function(...) fail("INPUT_INVALID", ...)

#' Raises INPUT_INVALID for the first of the cells that are `wrong` and not missing.
check_cells <- function(values, wrong, column, what) {
  at <- which(wrong & !is_missing(values))[1]
  if (is.na(at)) return(invisible())
  cell <- dQuote(substr(spelled(values[at]), 1, 80), FALSE)
  remedy <- "correct the cell"
  if (column$may_be_factor) {
    remedy <- paste0(remedy, " or, if this was a factor, ", hook_for_levels(column$name))
  }
  at_row <- sprintf("row %d (counted from 0)", at - 1L)
  invalid_input("%s, column %s: %s %s; %s", at_row, dQuote(column$name, FALSE), cell, what, remedy)
}

#' What makes the columns factors, ready to paste.
hook_for_levels <- function(names) {
  subset <- ifelse(names == make.names(names), paste0("$", names), sprintf("[[%s]]", dQuote(names, FALSE)))
  lines <- sprintf("data%1$s <- factor(data%1$s, levels = c(\"…\", \"…\"))", subset)
  body <- paste(c(lines, "data"), collapse = "; ")
  paste("add its levels in custom.R: transform <- function(data, model) {", body, "}")
}

columns_in_words <- function(names) {
  paste(if (length(names) == 1) "the column" else "the columns", named(names))
}

#' Names for a message, of many the first ten.
named <- function(names) {
  some <- paste(dQuote(utils::head(names, MOST_NAMED), FALSE), collapse = ", ")
  if (length(names) > MOST_NAMED) sprintf("%s and %d more", some, length(names) - MOST_NAMED) else some
}
