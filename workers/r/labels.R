# Class labels: those of the request, and the columns that R's repair of names has changed.

#' The labels as arguments of score, all three there, unset ones NULL.
label_arguments_of <- function(params) {
  is_binary <- params[["target_type"]] == "binary"
  list(
    positive_class_label = if (is_binary) params[["positive_class_label"]],
    negative_class_label = if (is_binary) params[["negative_class_label"]],
    class_labels = if (!is_binary) take(params, "class_labels", "texts", optional = TRUE)
  )
}

#' The labels of a load by name where score has such parameters; else as DRUM gives them, as one list in the
#' third place, where there is room. `arguments` are all three.
score_labels <- function(score, arguments) {
  parameters <- parameters_of(score)
  named <- arguments[intersect(names(arguments), parameters)]
  is_list <- length(named) == 0 && (length(parameters) > 2 || "..." %in% parameters)
  list(positional = if (is_list) list(labels = arguments), named = named)
}

#' The frame with columns named by the labels where R has changed their names: data.frame() turns `a b` into
#' `a.b` and `7` into `X7`.
#'
#' A label that is a column's name as it stands is left alone. Raises HOOK_RESULT_INVALID where two labels
#' have the same changed name.
with_labels <- function(frame, labels) {
  if (is.null(labels)) return(frame)
  names <- names(frame)
  open <- setdiff(labels, names)
  if (length(open) == 0) return(frame)
  changed <- make.names(labels)
  for (label in open) {
    repaired <- make.names(label)
    at <- which(names == repaired)
    if (length(at) > 0 && sum(changed == repaired) > 1) stop(ambiguous(repaired, labels[changed == repaired]))
    if (length(at) == 0) at <- place_of_number(label, names, labels)
    if (length(at) == 1) names[at] <- label
  }
  names(frame) <- names
  frame
}

ambiguous <- function(name, labels) {
  form <- paste0(
    "the column %s may stand for each of the labels %s; ",
    "name the columns as the labels, with check.names = FALSE"
  )
  worker_error("HOOK_RESULT_INVALID", sprintf(form, name, paste(dQuote(labels, FALSE), collapse = " and ")))
}

#' Columns that read X and a number, which is the label's: `X7.1` for `7.10`.
place_of_number <- function(label, names, labels) {
  number <- number_in(label)
  if (is.na(number)) return(integer())
  is_free <- startsWith(names, "X") & !names %in% labels
  which(is_free & number_in(substring(names, 2)) %in% number)
}

number_in <- function(text) suppressWarnings(as.numeric(text))

# -- those of a model ----------------------------------------------------------------------------------------

TRUE_WORDS <- c("true", "yes", "on", "t", "y")
FALSE_WORDS <- c("false", "no", "off", "f", "n")

#' Whether the labels of a model may be the requested ones: the supervisor takes `1`, `1.0`, `True` and `yes`
#' for one label, as it does `A` and `a`.
same_labels <- function(classes, labels) {
  identical(sort(normal_labels(classes)), sort(normal_labels(labels)))
}

normal_labels <- function(labels) {
  words <- tolower(trimws(labels))
  numbers <- number_in(words)
  numbers[words %in% TRUE_WORDS] <- 1
  numbers[words %in% FALSE_WORDS] <- 0
  ifelse(is.na(numbers), words, spelled(numbers))
}

#' Whether the model's classes are the places of the labels, from 0 on.
is_encoded <- function(classes, labels, target_type) {
  target_type == "multiclass" && !same_labels(classes, labels) &&
    setequal(classes, as.character(seq_along(labels) - 1)) && !anyDuplicated(classes)
}
