# The object `mlops` of unstructured hooks: who gets it, what is sent to the supervisor, and what cannot be
# reported.

#' The reports that an expression sends, which uses `mlops`; an error of it is raised.
reported <- function(expression) {
  sent <- list()
  mlops <- worker$mlops_of(function(kind, data) sent[[length(sent) + 1]] <<- list(kind = kind, data = data))
  eval(substitute(expression), list(mlops = mlops), parent.frame())
  sent
}

data_of <- function(sent) {
  expect_same(lapply(sent, `[[`, "kind"), list("predictions_data"))
  sent[[1]]$data
}

test("a hook that takes mlops gets it when reports are wanted, and its reports come before its answer", {
  hook <- "function(model, data, mlops = NULL) {
    if (is.null(mlops)) return('none')
    mlops$report_deployment_stats(2, 12.5)
    mlops$report_predictions_data(data.frame(n = c(1, NA)), c(0.5, 1))
    'reported'
  }"
  for (reports in list(TRUE, FALSE, NULL)) with_hook(hook, function(process) {
    process$id <- process$id + 1
    send(process, list(0, process$id, "score_unstructured", unstructured_request("x")))
    messages <- list(receive(process))
    while (messages[[length(messages)]][[1]] != 1) messages <- c(messages, list(receive(process)))
    expect_same(messages[[length(messages)]][[4]]$data, if (isTRUE(reports)) "reported" else "none")
    expect_same(length(messages), if (isTRUE(reports)) 3L else 1L)
    if (!isTRUE(reports)) return()
    expect_same(
      messages[[1]],
      list(
        2, "report", list(kind = "deployment_stats", data = list(num_predictions = 2, execution_time = 12.5))
      )
    )
    expect_same(messages[[2]][[3]]$data$predictions, list(0.5, 1))
    expect_same(columns_of(messages[[2]][[3]]$data$features), list(n = c(1, NA)))
  }, reports = reports)
})

test("a hook with ... gets mlops, one without either does not", {
  hook <- "function(model, data, ...) paste('mlops' %in% names(list(...)))"
  for (reports in c(TRUE, FALSE)) {
    with_hook(hook, function(process) {
      expect_same(said_unstructured(process), paste(reports))
    }, reports = reports)
  }
  with_hook(
    "function(model, data) paste(nargs())",
    function(process) expect_same(said_unstructured(process), "2"),
    reports = TRUE
  )
})

test("stats are a count and milliseconds", {
  sent <- reported({
    mlops$report_deployment_stats(3L, 1.5)
    mlops$report_deployment_stats(num_predictions = 1)
  })
  expect_same(
    lapply(sent, `[[`, "data"),
    list(list(num_predictions = 3, execution_time = 1.5), list(num_predictions = 1, execution_time = NULL))
  )
})

test("features are a table whose NA is missing; ids and names are texts", {
  frame <- data.frame(n = c(1.5, NA), t = c("x", NA), f = factor(c(NA, "y")))
  data <- data_of(reported(mlops$report_predictions_data(frame, c(1, 2), c("a", "b"), list("no", 1L))))
  expect_same(
    columns_of(worker$decode(worker$encode(data$features))),
    list(n = c(1.5, NA), t = c("x", NA), f = c(NA, "y"))
  )
  expect_same(
    data[-1], list(predictions = list(1, 2), association_ids = list("a", "b"), class_names = list("no", "1"))
  )
  data <- data_of(reported(mlops$report_predictions_data(frame, association_ids = c(7, 100000))))
  expect_same(data[-1], list(predictions = NULL, association_ids = list("7", "100000"), class_names = NULL))
})

test("predictions may be vectors, factors, matrices, data.frames and lists of probabilities", {
  forms <- list(
    list(c(0.5, NA), list(0.5, NULL)), list(1:2, list(1L, 2L)),
    list(c(a = "text", b = "\u00e9"), list("text", "\u00e9")), list(factor("yes"), list("yes")),
    list(rbind(c(0.25, 0.75)), list(list(0.25, 0.75))), list(cbind(c(0.5, 1)), list(list(0.5), list(1))),
    list(data.frame(no = c(0.25, 1), yes = c(0.75, 0)), list(list(0.25, 0.75), list(1, 0))),
    list(
      list(c(no = 0.25, yes = 0.75), 0.5, "text", NULL), list(list(0.25, 0.75), 0.5, "text", NULL)
    ), list(list(list(0.5)), list(list(0.5)))
  )
  for (form in forms) {
    data <- data_of(reported(mlops$report_predictions_data(predictions = form[[1]])))
    expect_same(
      data, list(features = NULL, predictions = form[[2]], association_ids = NULL, class_names = NULL)
    )
  }
})

test("what cannot be reported is refused as an error of the hook", {
  frame <- data.frame(n = 1:2)
  forms <- list(
    "report_predictions_data needs features_df or predictions" =
      quote(mlops$report_predictions_data()),
    "features_df must be a data.frame, got a value of class character" =
      quote(mlops$report_predictions_data("text")),
    "predictions must be a vector, a matrix or a list, got a value of class function" =
      quote(mlops$report_predictions_data(predictions = function() 1)),
    "a prediction must be a number, a text or a list of numbers, got a value of class environment" =
      quote(mlops$report_predictions_data(predictions = list(globalenv()))),
    "association_ids must be a vector or a list, got a value of class function" =
      quote(mlops$report_predictions_data(frame, association_ids = sum)),
    "features_df, predictions and association_ids have [1, 2] rows; give as many of each" =
      quote(mlops$report_predictions_data(frame, 1)),
    "features_df, predictions and association_ids have [2, 3] rows; give as many of each" =
      quote(mlops$report_predictions_data(frame, 1:2, 1:3)),
    "association_ids must be unique, got \"a\" twice; give each row an id of its own" =
      quote(mlops$report_predictions_data(frame, 1:2, c("a", "a"))),
    "association_ids must be unique, got \"7\" twice; give each row an id of its own" =
      quote(mlops$report_predictions_data(frame, association_ids = list("7", 7))),
    "num_predictions must be a whole number, got \"many\"" =
      quote(mlops$report_deployment_stats("many")),
    "num_predictions must be a whole number, got 1.5" =
      quote(mlops$report_deployment_stats(1.5)),
    "execution_time must be a number of milliseconds, got \"long\"" =
      quote(mlops$report_deployment_stats(1, "long"))
  )
  for (words in names(forms)) {
    expect_same(tryCatch(eval(bquote(reported(.(forms[[words]])))), error = conditionMessage), words)
  }
  times <- data.frame(t = as.difftime(1, units = "hours"))
  words <- tryCatch(reported(mlops$report_predictions_data(times)), error = conditionMessage)
  expect_in("the column \"t\" of features_df is of class difftime, which no table can hold", words)
  with_hook("function(model, data, mlops) mlops$report_predictions_data('text')", function(process) {
    error <- ask_unstructured(process)$error
    expect_same(
      error[c("code", "message")],
      list(
        code = "HOOK_FAILED",
        message = paste0(
          "the hook score_unstructured raised simpleError: features_df must be a data.frame, got a value of ",
          "class character"
        )
      )
    )
  }, reports = TRUE)
})

test("too large a report fails the hook, and the worker goes on", {
  hook <- paste0(
    "function(model, data, mlops) { mlops$report_predictions_data(predictions = strrep('x', ",
    "as.integer(data))); 'reported' }"
  )
  with_hook(hook, function(process) {
    expect_in("a report has 2000", ask_unstructured(process, "2000000")$error$message)
    process$id <- process$id + 1
    send(process, list(0, process$id, "score_unstructured", unstructured_request("3")))
    expect_same(receive(process)[[3]]$data$predictions, list("xxx"))
    expect_same(receive(process)[[4]]$data, "reported")
  }, reports = TRUE)
})
