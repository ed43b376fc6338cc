# Loading unstructured models, through a worker process.

#' Path of an artifact: code_folder() would write a string as text.
saved <- function(model) {
  path <- file.path(code_folder(list()), "model.rds")
  saveRDS(model, path)
  path
}

loaded_unstructured <- function(files, check, ...) with_model(files, check, target_type = "unstructured", ...)

load_refusal <- function(files, ...) {
  process <- start_worker()
  on.exit(finish(process))
  call_worker(process, "load", load_params(files, target_type = "unstructured", ...))$error
}

test("hooks of structured models in the file are ignored", {
  others <- paste0(
    "read_input_data <- transform <- score <- post_process <- fit <- function(...) stop('not this one')\n"
  )
  text <- paste0(
    others,
    "init <- function(code_dir) started <<- 3\n",
    LOAD,
    "score_unstructured <- function(model, data) paste(started, data)"
  )
  loaded_unstructured(list(custom.R = text), function(process, loaded) {
    expect_same(
      loaded$result[c("hooks", "predictor")],
      list(hooks = list("init", "load_model", "score_unstructured"), predictor = NULL)
    )
    expect_same(said_unstructured(process, "x"), "3 x")
    expect_same(call_worker(process, "post_process", list(predictions = NULL))$error$code, "METHOD_UNKNOWN")
  })
  loaded_unstructured(list(custom.R = text), function(process, loaded) {
    expect_same(loaded$result$hooks, list("load_model", "score_unstructured"))
  }, hooks = list("score", "score_unstructured", "load_model"))
})

test("without the hook load succeeds, and the request is refused", {
  loaded_unstructured(list(custom.R = LOAD), function(process, loaded) {
    expect_same(loaded$result[c("hooks", "predictor")], list(hooks = list("load_model"), predictor = NULL))
    error <- ask_unstructured(process)$error
    expect_same(error$code, "METHOD_UNKNOWN")
    expect_in("the hook file defines no score_unstructured", error$message)
  })
  loaded_unstructured(list(model.rds = 1), function(process, loaded) {
    expect_same(loaded$result$hooks, list())
    expect_same(ask_unstructured(process)$error$code, "METHOD_UNKNOWN")
  })
})

test("any object in an artifact is the hook's model, known to a predictor or not", {
  hook <- list(custom.R = "score_unstructured <- function(model, data) paste(class(model), collapse = ' ')")
  models <- list(
    lm(dist ~ speed, cars),
    list(own = 1),
    "a string",
    structure(list(), class = "lgb.Booster"),
    structure(list(), class = "glm")
  )
  for (model in models) {
    loaded_unstructured(hook, function(process, loaded) {
      expect_same(loaded$result["predictor"], list(predictor = NULL))
      expect_same(said_unstructured(process), paste(class(model), collapse = " "))
    }, artifacts = list(saved(model)))
  }
})

test("the hook may predict with the artifact without naming its package", {
  model <- rpart::rpart(dist ~ speed, cars)
  hook <- paste0(
    "score_unstructured <- function(model, data) format(predict(model, data.frame(speed = ",
    "as.numeric(data))), digits = 5)"
  )
  loaded_unstructured(list(custom.R = hook, model.rds = model), function(process, loaded) {
    expect_same(
      said_unstructured(process, "10"), format(unname(predict(model, data.frame(speed = 10))), digits = 5)
    )
    expect_same(names(loaded$result$packages), "rpart")
  })
})

test("without artifact and load_model the load is refused, unless it is partial", {
  hook <- list(custom.R = "score_unstructured <- function(model, data) paste('model is', class(model))")
  error <- load_refusal(hook)
  expect_same(error$code, "ARTIFACT_MISSING")
  expect_in("expected one of *.rds", error$message)
  expect_same(load_refusal(c(hook, list(a.rds = 1, b.rds = 2)))$code, "ARTIFACT_AMBIGUOUS")
  expect_same(
    load_refusal(list(custom.R = "load_model <- function(code_dir) stop('no')"))$code, "HOOK_FAILED"
  )
  loaded_unstructured(
    hook, function(process, loaded) expect_same(said_unstructured(process), "model is NULL"), partial = TRUE
  )
})

test("a model of another target type answers where its hook file has the hook", {
  text <- paste0(
    LOAD, "score <- function(data, model) data\nscore_unstructured <- function(model, data) toupper(data)"
  )
  with_model(list(custom.R = text), function(process, loaded) {
    expect_same(loaded$result$hooks, list("load_model", "score", "score_unstructured"))
    expect_same(said_unstructured(process, "x"), "X")
    expect_same(predict_csv(process, "a\n1\n"), list(a = 1L))
  })
})
