# The request fit, through a worker process: what the hook is given, and what is refused.

csv_bytes <- function(text, ...) csv_payload(text, ...)$payload

#' The answer to a fit of `hooks`, the text of custom.R; what is named in `...` replaces what is here.
ask_fit <- function(hooks, ...) {
  params <- load_params(list(custom.R = hooks))
  params$artifacts <- NULL
  fields <- list(
    X = csv_bytes("a,b\n1,x\n2,y\n"), y = csv_bytes("y\n1.5\n2.5\n"), row_weights = NULL,
    parameters = worker$as_map(list()), float_parameters = list(), output_directory = params$code_directory
  )
  params[names(fields)] <- fields
  more <- list(...)
  params[names(more)] <- more
  process <- start_worker()
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  answer <- call_worker(process, "fit", params)
  answer$folder <- params$code_directory
  answer$progress <- vapply(process$progress, function(one) one[["text"]], "")
  answer
}

#' The arguments that a fit hook of all parameters was given.
seen_by_fit <- function(..., before = "") {
  hook <- "fit <- function(X, y, output_dir, class_order, row_weights, parameters, ...)
    saveRDS(list(X = X, y = y, output_dir = output_dir, class_order = class_order, row_weights = row_weights,
      parameters = parameters, random = runif(1)), paste0(output_dir, 'seen.rds'))"
  answer <- ask_fit(paste(before, hook, sep = "\n"), ...)
  if (!is.null(answer$error)) stop(answer$error$code, ": ", answer$error$message)
  expect_same(length(answer$result), 0L)
  c(readRDS(file.path(answer$folder, "seen.rds")), list(folder = answer$folder, progress = answer$progress))
}

test("fit is given data as read.csv reads it, and a directory that a file's name can be pasted to", {
  parameters <- list(n = 3, rate = 1, name = "x")
  seen <- seen_by_fit(
    row_weights = csv_bytes("w\n1\n0.5\n"), parameters = parameters, float_parameters = list("rate")
  )
  expect_same(seen$X, data.frame(a = 1:2, b = c("x", "y")))
  expect_same(seen$y, c(1.5, 2.5))
  expect_same(seen$row_weights, c(1, 0.5))
  expect_same(seen$output_dir, paste0(seen$folder, "/"))
  expect_same(is.null(seen$class_order), TRUE)
  expect_same(seen$parameters, list(n = 3L, rate = 1, name = "x"))
  expect_same(seen$progress, c("loading custom.R", "reading the data", "running fit"))
  set.seed(1)
  expect_same(seen$random, runif(1))
})

test("class_order is the positive label before the negative one, or all labels", {
  binary <- seen_by_fit(target_type = "binary", positive_class_label = "yes", negative_class_label = "no")
  expect_same(binary$class_order, c("yes", "no"))
  expect_same(
    seen_by_fit(target_type = "multiclass", class_labels = list("c", "a", "b"))$class_order, c("c", "a", "b")
  )
})

test("without a target y is NULL, and what the signature lacks is left out", {
  expect_same(is.null(seen_by_fit(target_type = "anomaly", y = NULL)$y), TRUE)
  expect_same(ask_fit("fit <- function(X, y) stopifnot(nrow(X) == length(y))")$error, NULL)
})

test("init and transform come before fit, read_input_data never", {
  before <- "init <- function(code_dir) factor <<- 2
factor <- 1
read_input_data <- function(data) stop('this is for predictions')
transform <- function(data, model) { stopifnot(is.null(model)); data.frame(a = data$a * factor) }"
  expect_same(seen_by_fit(before = before)$X, data.frame(a = c(2, 4)))
  expect_same(seen_by_fit(before = before, target_type = "transform")$X$a, 1:2)
})

test("what is missing or does not fit is refused by name", {
  plain <- "fit <- function(X, y, ...) 1"
  refuse <- function(code, words, ..., hooks = plain) {
    error <- ask_fit(hooks, ...)$error
    expect_same(error$code, code)
    expect_in(words, error$message)
    error
  }
  refuse("METHOD_UNKNOWN", "defines no fit", hooks = "score <- function(data, model) 1")
  refuse(
    "INPUT_UNREADABLE", "X has 2 rows, and beside it came 3 rows of 1 columns", y = csv_bytes("y\n1\n2\n3\n")
  )
  refuse("INPUT_UNREADABLE", "2 rows of 2 columns", row_weights = csv_bytes("v,w\n1,2\n1,2\n"))
  refuse("PARAMS_INVALID", "X", X = NULL)
  refuse("PARAMS_INVALID", "output_directory", output_directory = 5)
  refuse("PARAMS_INVALID", "parameters", parameters = list(1))
  refuse("PARAMS_INVALID", "target_type", target_type = 5)
  refuse("HOOK_RESULT_INVALID", "transform", hooks = paste0(plain, "\ntransform <- function(data, model) 1"))
  error <- refuse(
    "HOOK_FAILED", "the hook fit raised simpleError: spam", hooks = "fit <- function(X, y, ...) stop('spam')"
  )
  expect(!grepl("call_hook|method[(]", error$traceback), error$traceback)
})
