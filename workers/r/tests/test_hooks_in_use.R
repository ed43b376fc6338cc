# Structured models of hooks, through a worker process: load, predict, transform, post_process.

ALL <- r"[
init <- function(code_dir) started <<- file.exists(file.path(code_dir, "custom.R"))
load_model <- function(input_dir) list(factor = 2, started = started)
read_input_data <- function(input) read.csv(text = rawToChar(input), sep = ";")
transform <- function(data, model) { data$a <- data$a * model$factor; data }
score <- function(data, model, ...) data.frame(Predictions = data$a, more = model$started)
post_process <- function(predictions, model) {
  predictions$Predictions <- predictions$Predictions + 0.5
  predictions
}
]"

test("all hooks run, in order, and load tells them", {
  with_model(list(custom.R = ALL), function(process, loaded) {
    expect_same(
      loaded$result$hooks, list("init", "load_model", "read_input_data", "transform", "score", "post_process")
    )
    expect_same(loaded$result$predictor, NULL)
    answer <- call_worker(process, "predict", csv_payload("a;b\n1;2\n3;4\n"))
    expect_same(answer$result[c("rows", "labelled")], list(rows = 2, labelled = TRUE))
    expect_same(columns_of(answer$result$predictions), list(Predictions = c(2, 6), more = c(TRUE, TRUE)))
    sent <- worker$frame_to_wire(data.frame(Predictions = c(1, 2)), "a test")$predictions
    processed <- call_worker(process, "post_process", list(predictions = sent))$result
    expect_same(columns_of(processed$predictions), list(Predictions = c(1.5, 2.5)))
    expect_same(processed$labelled, TRUE)
  })
})

test("transform stops before score, and data that was read already is not read again", {
  with_model(list(custom.R = ALL), function(process, loaded) {
    result <- call_worker(process, "transform", csv_payload("a;b\n1;2\n3;4\n"))$result
    expect_same(result$rows, 2)
    expect_same(columns_of(result$table), list(a = c(2, 6), b = c(2L, 4L)))
    payload <- list(payload = list(
      kind = "table", table = worker$frame_to_wire(data.frame(a = 5L), "a test")$predictions
    ))
    expect_same(columns_of(call_worker(process, "transform", payload)$result$table), list(a = 10))
    expect_same(
      columns_of(call_worker(process, "predict", payload)$result$predictions),
      list(Predictions = 10, more = TRUE)
    )
  })
})

test("only the hooks that load names are used", {
  with_model(list(custom.R = ALL, model.rds = lm(dist ~ speed, cars)), function(process, loaded) {
    expect_same(
      loaded$result[c("hooks", "predictor")], list(hooks = list("transform"), predictor = "predict")
    )
  }, hooks = list("transform"))
})

test("a partial model needs neither score nor artifact, and keeps what no predictor knows", {
  hook <- "transform <- function(data, model) data[data$a > 1, , drop = FALSE]"
  with_model(list(custom.R = hook), function(process, loaded) {
    result <- call_worker(process, "transform", csv_payload("a\n1\n2\n"))$result
    expect_same(result$rows, 2)
    expect_same(columns_of(result$table), list(a = 2L))
    expect_same(call_worker(process, "predict", csv_payload("a\n1\n"))$error$code, "ARTIFACT_MISSING")
  }, partial = TRUE)
  hook <- "transform <- function(data, model) { data$a <- model$own; data }"
  with_model(list(custom.R = hook, model.rds = list(own = 7)), function(process, loaded) {
    expect_same(
      columns_of(call_worker(process, "transform", csv_payload("a\n1\n"))$result$table), list(a = 7)
    )
  }, partial = TRUE)
})

test("load_model that returns NULL leaves it to the artifact", {
  hook <- paste0(
    "load_model <- function(code_dir) NULL\nscore <- function(data, model) data.frame(Predictions = model)"
  )
  with_model(list(custom.R = hook, model.rds = 5), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list(Predictions = 5))
  })
})

test("score gets the labels by name, in one list, or not at all", {
  answers <- list(
    "function(data, model, positive_class_label, negative_class_label)
       data.frame(l = c(positive_class_label, negative_class_label))" = c("yes", "no"),
    "function(data, model, class_labels = 5, positive_class_label, ...)
       data.frame(l = c(length(class_labels), positive_class_label, length(list(...))))" = c("0", "yes", "0"),
    "function(data, model, ...)
       data.frame(l = c(names(list(...)[[1]]), list(...)[[1]]$negative_class_label))" =
      c("positive_class_label", "negative_class_label", "class_labels", "no"),
    "function(data, model, kwargs) data.frame(l = kwargs$positive_class_label)" = "yes",
    "function(data, model) data.frame(l = nargs())" = 2L
  )
  for (score in names(answers)) {
    with_model(list(custom.R = paste0(LOAD, "score <-", score)), function(process, loaded) {
      expect_same(predict_csv(process, "a\n1\n")[[1]], answers[[score]])
    }, target_type = "binary", positive_class_label = "yes", negative_class_label = "no")
  }
})

test("multiclass labels come as a character vector", {
  score <- paste0(
    LOAD, "score <- function(data, model, class_labels) data.frame(l = paste(class_labels, collapse = '|'))"
  )
  with_model(list(custom.R = score), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list(l = "a|b c|7"))
  }, target_type = "multiclass", class_labels = list("a", "b c", "7"))
})

test("results of the wrong kind are refused with what came", {
  wrong <- c(
    score = "score <- function(data, model) 1:3", score = "score <- function(data, model) NULL",
    score = "score <- function(data, model) list(a = 1)",
    transform = "transform <- function(data, model) 'text'\nscore <- function(data, model) data",
    read_input_data = "read_input_data <- function(data) NULL\nscore <- function(data, model) data"
  )
  for (at in seq_along(wrong)) {
    with_model(list(custom.R = paste0(LOAD, wrong[at])), function(process, loaded) {
      error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
      expect_same(error$code, "HOOK_RESULT_INVALID")
      expect_in(paste(names(wrong)[at], "returned"), error$message)
    })
  }
})

FAILS <- paste0(LOAD, "score <- function(data, model) {\n  if (data$a == 1) stop('no ones')\n  data\n}")

test("a failure in a hook leaves the worker well", {
  with_model(list(custom.R = FAILS), function(process, loaded) {
    error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
    expect_same(
      error[c("code", "message")],
      list(code = "HOOK_FAILED", message = "the hook score raised simpleError: no ones")
    )
    expect_same(
      error$traceback, "1: score(data, model)\n2: stop(\"no ones\") at custom.R#3\nsimpleError: no ones"
    )
    expect_same(predict_csv(process, "a\n2\n"), list(a = 2L))
    expect_same(call_worker(process, "post_process", list(predictions = NULL))$error$code, "METHOD_UNKNOWN")
  })
})

test("what a hook returns may be a tibble-like frame, a matrix from transform, or text with odd bytes", {
  hook <- r"[load_model <- function(code_dir) 1
transform <- function(data, model) as.matrix(data)
score <- function(data, model) {
  result <- data.frame(n = nrow(data), m = is.matrix(data), s = "caf\xe9", e = NA_character_)
  structure(result, class = c("tbl_df", "tbl", "data.frame"))
}]"
  with_model(list(custom.R = hook), function(process, loaded) {
    expect_same(predict_csv(process, "a,b\n1,2\n"), list(n = 1L, m = TRUE, s = "caf<e9>", e = NA_character_))
    expect_same(
      columns_of(call_worker(process, "transform", csv_payload("a,b\n1,2\n"))$result$table),
      list(a = 1L, b = 2L)
    )
  })
})

test("too large a result is told, and the worker goes on", {
  hook <- paste0(LOAD, "score <- function(data, model) data.frame(Predictions = seq_len(data$a[1]))")
  with_model(list(custom.R = hook), function(process, loaded) {
    expect_same(call_worker(process, "predict", csv_payload("a\n200000\n"))$error$code, "FRAME_TOO_LARGE")
    expect_same(predict_csv(process, "a\n2\n"), list(Predictions = 1:2))
  })
})
