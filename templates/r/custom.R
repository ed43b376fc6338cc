# The hooks of the model. What stands here is an example that works: put your own in its place.
# only: regression anomaly binary multiclass multilabel

# Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
# path.
load_model <- function(code_dir) {
  list(intercept = 1, weights = c(size = 0.05, rooms = 0.5, age = -0.02))
}

# One number a row: each column times its weight; a missing value adds nothing.
rule <- function(data, model) {
  numbers <- numbers_of(data, names(model$weights))
  parts <- Map(function(column, weight) ifelse(is.na(column), 0, column) * weight, numbers, model$weights)
  model$intercept + Reduce(`+`, parts)
}
# end
# only: regression anomaly binary multiclass multilabel geopoint transform

# These columns. Fails where one is absent or no number.
numbers_of <- function(data, names) {
  columns <- data[names]
  is_number <- vapply(columns, function(column) is.numeric(column) || is.logical(column), NA)
  if (!all(is_number)) stop("no numbers are in ", toString(names[!is_number]))
  columns
}
# end
# only: binary multiclass multilabel

# The rule between 0 and 1.
share <- function(data, model) {
  value <- rule(data, model)
  0.5 + value / (1 + abs(value)) / 2
}
# end
# only: regression

# data: a data.frame with a row for each to predict. Returns a data.frame with as many rows and the column
# Predictions.
score <- function(data, model, ...) {
  data.frame(Predictions = rule(data, model))
}
# end
# only: anomaly

# data: a data.frame. Returns a data.frame with as many rows and the column Predictions: the higher, the odder
# the row.
score <- function(data, model, ...) {
  data.frame(Predictions = abs(rule(data, model)))
}
# end
# only: binary

# data: a data.frame. Returns a data.frame with as many rows and a column for each label; a row adds up to 1.
score <- function(data, model, positive_class_label, negative_class_label, ...) {
  positive <- share(data, model)
  setNames(data.frame(positive, 1 - positive), c(positive_class_label, negative_class_label))
}
# end
# only: multiclass

# data: a data.frame. Returns a data.frame with as many rows and a column for each label; a row adds up to 1.
score <- function(data, model, class_labels, ...) {
  part <- share(data, model)
  last <- length(class_labels) - 1
  columns <- lapply(0:last, function(at) part^at * (1 - part)^(last - at))
  total <- Reduce(`+`, columns)
  setNames(as.data.frame(lapply(columns, function(column) column / total)), class_labels)
}
# end
# only: multilabel

# data: a data.frame. Returns a data.frame with as many rows and a column for each label, each between 0 and 1
# by itself.
score <- function(data, model, class_labels, ...) {
  part <- share(data, model)
  setNames(as.data.frame(lapply(seq_along(class_labels), function(at) part^at)), class_labels)
}
# end
# only: textgeneration vectordatabase agenticworkflow

# Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
# path.
load_model <- function(code_dir) {
  c(
    "We open at nine and close at six.",
    "You may return a thing within thirty days.",
    "We deliver from Monday to Friday."
  )
}

words <- function(text) regmatches(tolower(text), gregexpr("[a-z]+", tolower(text)))[[1]]

# The note that has the most words of the question; of several the first.
answer <- function(question, notes) {
  shared <- vapply(notes, function(note) length(intersect(words(note), words(question))), 0)
  notes[[which.max(shared)]]
}

# data: a data.frame, here with the column question. Returns a data.frame with as many rows and one column of
# text.
score <- function(data, model, ...) {
  given <- data[, "question"]
  questions <- ifelse(is.na(given), "", as.character(given))
  data.frame(answer = vapply(questions, answer, "", notes = model, USE.NAMES = FALSE))
}
# end
# only: geopoint

# Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
# path.
load_model <- function(code_dir) list(longitude = 10, latitude = 50)

# Between where the row is and where the model is; a missing value is where the model is.
halfway <- function(data, model, name) {
  given <- numbers_of(data, name)[[1]]
  (ifelse(is.na(given), model[[name]], given) + model[[name]]) / 2
}

# data: a data.frame. Returns a data.frame with as many rows and the column Predictions, a point as text.
score <- function(data, model, ...) {
  data.frame(Predictions = sprintf(
    "POINT (%.4f %.4f)", halfway(data, model, "longitude"), halfway(data, model, "latitude")
  ))
}
# end
# only: transform

# Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
# path.
load_model <- function(code_dir) list(columns = c("size", "rooms", "age"), factor = 2)

# data: a data.frame. Returns a data.frame with as many rows, whose columns should not depend on which rows
# came.
transform <- function(data, model) {
  numbers <- numbers_of(data, model$columns)
  numbers[] <- lapply(numbers, function(column) ifelse(is.na(column), 0, column * model$factor))
  numbers
}
# end
# only: unstructured

# Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
# path.
load_model <- function(code_dir) list(longest = 20)

# data: text where the media type is text or JSON, else raw. Returns text, raw or NULL, alone or in a list
# with its media type.
score_unstructured <- function(
  model, data, query = NULL, mimetype = NULL, charset = NULL, headers = NULL, ...
) {
  text <- if (is.raw(data)) iconv(rawToChar(data[data != 0]), "UTF-8", "UTF-8", sub = "?") else data
  lines <- strsplit(text, "\r?\n")[[1]]
  words <- sum(lengths(regmatches(text, gregexpr("[^[:space:]]+", text))))
  answer <- sprintf(
    '{"lines": %d, "words": %d, "long": %d}', length(lines), words, sum(nchar(lines) > model$longest)
  )
  list(answer, list(mimetype = "application/json", charset = "utf8"))
}
# end

# Further hooks. Take the comment signs away from those that the model needs.
#
# # Called once, before load_model; what it returns is ignored.
# init <- function(code_dir) NULL
# not: unstructured
#
# # data: the body of the request as raw. Returns the data.frame that the other hooks get, in place of
# # reading CSV.
# read_input_data <- function(data) read.csv(text = rawToChar(data), check.names = FALSE)
# end
# not: unstructured transform
#
# # data: the data.frame as it was read. Returns the one that score gets.
# transform <- function(data, model) data
#
# # predictions: what score returned, checked and with its columns named. Returns a data.frame of the same
# # form.
# post_process <- function(predictions, model) predictions
# end
