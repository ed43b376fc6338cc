# The hooks chat and get_supported_llm_models, through a worker process: what they get, what they may return,
# and how a stream is stopped.

CHUNKS <- '
chunk_of <- function(number) list(object = "chat.completion.chunk", number = number)
chunks <- function(count) {
  number <- 0
  function() if (number < count) chunk_of((number <<- number + 1) - 1)
}
'

with_chat <- function(text, check, ...) {
  with_model(
    list(custom.R = text), function(process, loaded) check(process), target_type = "textgeneration", ...
  )
}

#' A hook file whose chat says the value of an expression in a completion.
completion <- function(expression) {
  sprintf("chat <- function(request, model, ...) list(object = 'chat.completion', said = %s)\n", expression)
}

ask_chat <- function(process, request = worker$as_map(list()), headers = worker$as_map(list())) {
  process$id <- process$id + 1
  send(process, list(0, process$id, "chat", list(request = request, headers = headers)))
  rest_of(process, process$id)
}

#' list(error, result, chunks) of a request that was sent.
rest_of <- function(process, id) {
  chunks <- list()
  repeat {
    message <- receive(process)
    if (message[[1]] == 1) {
      expect_same(message[[2]], id)
      return(list(error = message[[3]], result = message[[4]], chunks = chunks))
    }
    if (message[[2]] != "chunk") next
    expect_same(message[[3]]$id, id)
    chunks <- c(chunks, list(message[[3]]$data))
  }
}

answered <- function(text, ...) {
  answer <- NULL
  with_chat(text, function(process) answer <<- ask_chat(process, ...))
  answer
}

said <- function(text, ...) {
  answer <- answered(text, ...)
  if (!is.null(answer$error)) stop(answer$error$code, ": ", answer$error$message)
  answer$result$completion$said
}

chunk <- function(...) list(object = "chat.completion.chunk", ...)

# -- loading -------------------------------------------------------------------------------------------------

test("a model that chats needs no artifact and no other hook, and does not score", {
  with_model(list(custom.R = completion("is.null(model)")), function(process, loaded) {
    expect_same(loaded$result[c("hooks", "predictor")], list(hooks = list("chat"), predictor = NULL))
    expect_same(ask_chat(process)$result$completion$said, TRUE)
    expect_same(call_worker(process, "predict", csv_payload("a\n1\n"))$error$code, "ARTIFACT_MISSING")
  }, target_type = "textgeneration")
})

test("what load_model returns need not be a model that predicts", {
  text <- paste0("load_model <- function(code_dir) list(name = 'own')\n", completion("model$name"))
  expect_same(said(text), "own")
})

test("without the hooks the requests are refused, and unstructured models have none", {
  for (target_type in c("regression", "unstructured")) {
    text <- paste0(
      LOAD, if (target_type == "regression") "score <- function(data, model) data\n" else completion("1")
    )
    with_model(list(custom.R = text), function(process, loaded) {
      for (method in c("chat", "models")) {
        expect_same(call_worker(process, method)$error$code, "METHOD_UNKNOWN")
      }
    }, target_type = target_type)
  }
})

test("params of the wrong kind are refused with the name of the field", {
  with_chat(completion("1"), function(process) {
    empty <- worker$as_map(list())
    for (params in list(list(request = list("a"), headers = empty), list(request = NULL, headers = empty))) {
      expect_in("the field request must be a map", call_worker(process, "chat", params)$error$message)
    }
    expect_in(
      "the field headers must be",
      call_worker(process, "chat", list(request = empty, headers = NULL))$error$message
    )
  })
})

# -- what the hook gets --------------------------------------------------------------------------------------

test("the request arrives as it was sent", {
  request <- list(
    messages = list(list(role = "user", content = "\u00e9")), temperature = 0.5, n = 1, stop = NULL,
    stream = TRUE,
    none = list(), empty = worker$as_map(list()), " " = list(NULL, "x")
  )
  expect_same(said(completion("request"), request), request)
  expect_same(said(completion("names(request)"), request), as.list(names(request)))
})

test("U+FFFD stands for NUL, which R's strings cannot hold", {
  nul <- structure(as.raw(c(0x61, 0)), class = "text")
  expect_same(
    said(completion("paste(request$a, request$b[[1]])"), list(a = nul, b = list(nul))), "a\ufffd a\ufffd"
  )
})

test("headers come to a hook that takes them, whatever the case", {
  text <- paste0(
    "chat <- function(request, model, headers) list(object = 'chat.completion', said = ",
    "paste(headers[['X-Me']], headers$`x-ME`, is.null(headers$y)))"
  )
  expect_same(said(text, headers = list("x-me" = "I")), "I I TRUE")
  text <- "chat <- function(request, model) list(object = 'chat.completion', said = nargs())"
  expect_same(said(text, headers = list("x-me" = "I")), 2)
})

# -- what it may return --------------------------------------------------------------------------------------

test("a function is asked for one chunk after the other", {
  answer <- answered(paste0(CHUNKS, "chat <- function(request, model) chunks(3)"))
  expect_same(
    answer,
    list(
      error = NULL,
      result = list(completion = NULL),
      chunks = list(chunk(number = 0), chunk(number = 1), chunk(number = 2))
    )
  )
})

test("a list of named lists is chunks, and an empty one a stream too", {
  answer <- answered(
    "chat <- function(request, model) list(list(object = 'chat.completion.chunk', '\u00e9' = list(1, NULL)))"
  )
  expect_same(answer$chunks, list(chunk("\u00e9" = list(1, NULL))))
  expect_same(
    answered("chat <- function(request, model) list()"),
    list(error = NULL, result = list(completion = NULL), chunks = list())
  )
})

test("a vector of one item is that item, others and I() are arrays, NA is null", {
  expect_same(said(completion("list(1L, TRUE, 'a', NA, NaN, NULL)")), list(1, TRUE, "a", NULL, NaN, NULL))
  expect_same(
    said(completion("list(1:2, c(a = 'b', c = NA), character(), I('x'))")),
    list(list(1, 2), list("b", NULL), list(), list("x"))
  )
  expect_same(
    said(completion("list(list(), setNames(list(), character()))")), list(list(), worker$as_map(list()))
  )
  expect_same(
    said(completion("list(structure('x', class = 'json'), iconv('\u00e9', 'UTF-8', 'latin1'), 'a\\xe9')")),
    list("x", "\u00e9", "a<e9>")
  )
})

test("what is neither is refused", {
  kinds <- c(
    "'text'" = "chat returned a value of class character", "NULL" = "chat returned NULL",
    "1" = "chat returned a value of class numeric",
    "setNames(list(), character())" = "chat returned a value of class list",
    "list(object = 'list')" = "a list with object \"list\"",
    "list(1)" = "item 1 of what chat returned is a value of class numeric",
    "list(NULL)" = "item 1 of what chat returned is NULL",
    "list(list(object = 'chat.completion'))" = paste0(
      "item 1 of what chat returned is a list with object \"chat.completion\""
    ),
    "function() 5" = "item 1 of what chat returned is a value of class numeric"
  )
  with_chat("chat <- function(request, model) eval(parse(text = request$said))", function(process) {
    for (kind in names(kinds)) {
      answer <- ask_chat(process, list(said = kind))
      expect_same(answer$error$code, "HOOK_RESULT_INVALID", kind)
      expect_in(kinds[[kind]], answer$error$message)
      expect_in(
        "; return a completion (its field object is 'chat.completion') or chunks ('chat.completion.chunk')",
        answer$error$message
      )
      expect_same(answer$chunks, list())
    }
  })
})

test("what JSON does not have is refused", {
  values <- c(
    "Sys.Date()", "factor('a')", "as.raw(1)", "2i", "mean", "quote(x)", "globalenv()", "data.frame(a = 1)",
    "setNames(list(1), NA)", "deep"
  )
  deep <- "deep <- 1\nfor (level in 1:70) deep <- list(deep)\n"
  with_chat(paste0(deep, completion("eval(parse(text = request$said))")), function(process) {
    for (value in values) {
      error <- ask_chat(process, list(said = value))$error
      expect_same(error$code, "HOOK_RESULT_INVALID", value)
      expect_in("chat returned something that JSON does not have, or nested more than 60 deep", error$message)
    }
  })
})

test("too large a chunk is told, and the worker goes on", {
  text <- paste0(
    "chat <- function(request, model) list(list(object = 'chat.completion.chunk', text = strrep('x', ",
    "request$size)))"
  )
  with_chat(text, function(process) {
    expect_same(ask_chat(process, list(size = 2e6))$error$code, "FRAME_TOO_LARGE")
    expect_same(ask_chat(process, list(size = 1))$chunks, list(chunk(text = "x")))
  })
})

# -- errors --------------------------------------------------------------------------------------------------

test("a hook that fails after a chunk is told after it", {
  answer <- answered(paste0(
    CHUNKS,
    paste0(
      "chat <- function(request, model) {\n  more <- chunks(1)\n  function() { one <- more(); if ",
      "(is.null(one)) stop('lost'); one }\n}"
    )
  ))
  expect_same(
    answer$error[c("code", "message")],
    list(code = "HOOK_FAILED", message = "the hook chat raised simpleError: lost")
  )
  expect_in("custom.R#", answer$error$traceback)
  expect_same(answer$chunks, list(chunk(number = 0)))
})

test("a CustomHTTPError chooses the status", {
  text <- "chat <- function(request, model) stop(structure(class = c('CustomHTTPError', 'error', 'condition'),
    list(message = 'later', call = NULL, status_code = 429)))"
  expect_same(answered(text)$error[c("message", "http_status")], list(message = "later", http_status = 429))
})

# -- streams that are stopped --------------------------------------------------------------------------------

ENDLESS <- paste0(
  CHUNKS,
  "chat <- function(request, model) structure(chunks(Inf), close = function() cat('told to stop\n'))\n"
)

start_stream <- function(process, id) {
  send(process, list(0, id, "chat", list(request = worker$as_map(list()), headers = worker$as_map(list()))))
  expect_same(receive(process)[[2]], "chunk")
}

test("a stream that nobody waits for is stopped and closed, and what came meanwhile is answered", {
  with_chat(ENDLESS, function(process) {
    start_stream(process, 7)
    nothing <- worker$as_map(list())
    send(
      process, list(2, "cancel", list(id = 7)), list(0, 8, "ping", nothing), list(0, 9, "ping", nothing),
      list(2, "cancel", list(id = 9))
    )
    expect_same(rest_of(process, 7)$error$code, "CANCELLED")
    expect_same(rest_of(process, 8)$error, NULL)
    rest_of(process, 9) # Its cancel may have come too late.
    expect_in("told to stop", log_of(process))
    start_stream(process, 10)
    send(process, list(2, "cancel", list(id = 10)))
    expect_same(rest_of(process, 10)$error$code, "CANCELLED")
  })
})

test("a stream ends with the input", {
  with_chat(ENDLESS, function(process) {
    start_stream(process, 7)
    close(process$input)
    expect_same(rest_of(process, 7)$error$code, "CANCELLED")
    expect_same(wait(process), 0L)
  })
})

test("a stream that cannot be read on ends the worker with 65", with_chat(ENDLESS, function(process) {
  start_stream(process, 7)
  send_bytes(process, as.raw(c(255, 255, 255, 127)))
  expect_same(rest_of(process, 7)$error$code, "CANCELLED")
  expect_same(receive(process)[[3]]$code, "FRAME_TOO_LARGE")
  expect_same(wait(process), 65L)
}))

test("chunks are closed however they end, once, and a close that fails harms nobody", {
  text <- paste0(CHUNKS, "chat <- function(request, model) structure(
    if (request$fails) function() stop('lost') else chunks(1),
    close = function() { cat('closed once\n'); stop('no') })")
  with_chat(text, function(process) {
    expect_same(ask_chat(process, list(fails = FALSE))$error, NULL)
    expect_same(ask_chat(process, list(fails = TRUE))$error$code, "HOOK_FAILED")
    finish(process)
    expect_same(sum(strsplit(log_of(process), "\n")[[1]] == "closed once"), 2L)
  })
})

# -- models --------------------------------------------------------------------------------------------------

test("supported models are those that say so", {
  text <- paste0(
    completion("1"),
    "get_supported_llm_models <- function(model) list(list(object = 'model', id = 'a'), list(id = 'b'), 3)"
  )
  with_chat(text, function(process) {
    expect_same(
      call_worker(process, "models"),
      list(error = NULL, result = list(models = list(list(object = "model", id = "a"))))
    )
  })
})

test("supported models that are no list are refused", {
  with_chat(paste0(completion("1"), "get_supported_llm_models <- function(model) 3"), function(process) {
    error <- call_worker(process, "models")$error
    expect_same(error$code, "HOOK_RESULT_INVALID")
    expect_in(
      "get_supported_llm_models returned a value of class numeric; return a list of models", error$message
    )
  })
})
