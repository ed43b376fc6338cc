# The hook score_unstructured, through a worker process: what it gets and what it may return.

#' Runs `check` with a function of an expression: the result of a hook that returns its value, or its error.
with_returns <- function(check) {
  with_hook("function(model, data) eval(parse(text = data))", function(process) {
    check(function(expression) {
      answer <- ask_unstructured(process, expression)
      if (is.null(answer$error)) answer$result else answer$error
    })
  })
}

# -- in ------------------------------------------------------------------------------------------------------

test("text comes as one string in UTF-8, bytes as raw, and the model before them", {
  hook <- paste0(
    "function(model, data) paste(model, class(data), length(data), Encoding(data[is.character(data)]), ",
    "paste(data, collapse = ' '))"
  )
  with_hook(hook, function(process) {
    expect_same(said_unstructured(process, "caf\u00e9\r\n"), "1 character 1 UTF-8 caf\u00e9\r\n")
    expect_same(said_unstructured(process, ""), "1 character 1 unknown ")
    expect_same(
      said_unstructured(process, structure(charToRaw("axb"), class = "text")), "1 character 1 unknown axb"
    )
  })
  hook <- "function(model, data) paste(class(data), length(data), paste(data, collapse = ' '))"
  with_hook(hook, function(process) {
    expect_same(said_unstructured(process, as.raw(c(0, 255, 10))), "raw 3 00 ff 0a")
    expect_same(said_unstructured(process, raw(0)), "raw 0 ")
  })
})

test("U+FFFD stands for NUL, which R's strings cannot hold", {
  nul <- function(text) structure(c(charToRaw(text), as.raw(0)), class = "text")
  hook <- "function(model, data, query, headers) paste(data, names(query), query$a, headers$h)"
  with_hook(hook, function(process) {
    expect_same(
      said_unstructured(
        process, nul("\u00e9"), query = list(a = list(nul("q"))), headers = list(h = nul("v"))
      ),
      "\u00e9\ufffd a q\ufffd v\ufffd"
    )
  })
  # {"a\0": ["1"]}
  query <- worker$query_of(worker$wire$decode(as.raw(c(0x81, 0xA2, 0x61, 0x00, 0x91, 0xA1, 0x31))))
  expect_same(query, list("\ufffd" = "1"))
})

#' The data that a hook returns to a request with all arguments, without a process.
said_here <- function(hook, data) {
  folder <- code_folder(unstructured(hook))
  worker$state$hooks <- worker$load_hooks(file.path(folder, "custom.R"))
  worker$state$model <- 1
  on.exit(worker$state$hooks <- worker$state$model <- NULL)
  params <- unstructured_request(
    data, charset = "latin1", query = list(a = list("x")), headers = list(host = "h")
  )
  worker$methods$score_unstructured(params)$data
}

test("the hook gets the arguments that it takes, by name", {
  hooks <- c(
    "function(model, data) as.character(nargs())" = "2",
    "function(model, data, query, ...) paste(query$a, toString(names(list(...))))" = paste0(
      "x mimetype, charset, headers"
    ),
    "function(model, data, ...) toString(names(list(...)))" = "mimetype, charset, query, headers",
    "function(m, d, ...) paste(m, d, list(...)$mimetype)" = "1 d text/plain",
    "function(model, data, mimetype) paste(mimetype, nargs())" = "text/plain 3",
    "function(model, data, charset) paste(charset, nargs())" = "latin1 3",
    "function(model, data, headers, query = 5) paste(headers$host, query$a, nargs())" = "h x 4",
    "function(model, data, headers) paste(headers$host, nargs())" = "h 3",
    "function(model, data, other = 'own') paste(other, nargs())" = "own 2"
  )
  for (hook in names(hooks)) expect_same(said_here(hook, "d"), hooks[[hook]], hook)
})

test("charset, headers and query are always given, the last two as empty lists", {
  hook <- paste(
    "function(model, data, mimetype, charset, query, headers)",
    "paste(charset, is.list(headers), length(headers))"
  )
  with_hook(hook, function(process) {
    expect_same(said_unstructured(process), "utf8 TRUE 0")
    expect_same(said_unstructured(process, as.raw(1)), "utf8 TRUE 0")
  })
  hook <- "function(model, data, ...) toString(names(list(...)))"
  with_hook(hook, function(process) {
    expect_same(said_unstructured(process), "mimetype, charset, query, headers")
  })
  hook <- "function(model, data, query) paste(is.list(query), length(query), is.null(query$a))"
  with_hook(hook, function(process) expect_same(said_unstructured(process), "TRUE 0 TRUE"))
})

test("a name of the query is repeated when it came with several values", {
  hook <- "function(model, data, query) paste(query$a, paste(names(query), query, sep = '=', collapse = '&'))"
  with_hook(hook, function(process) {
    query <- list(b = list("\u00e9"), a = list("1", "", "3"), "c d" = list("NA"), none = list())
    expect_same(said_unstructured(process, query = query), "1 b=\u00e9&a=1&a=&a=3&c d=NA")
  })
})

test("headers are a named list of strings, asked in any case of letters", {
  hook <- paste0(
    "function(model, data, headers) paste(is.list(headers), headers[['X-Own']], paste(names(headers), ",
    "collapse = '|'))"
  )
  with_hook(hook, function(process) {
    expect_same(
      said_unstructured(process, headers = list("content-type" = "text/csv", "x-own" = "v\u00e9")),
      "TRUE v\u00e9 content-type|x-own"
    )
  })
})

test("params of the wrong kind are refused with the name of the field", {
  with_hook("function(model, data, ...) 'x'", function(process) {
    wrong <- list(
      list(data = 5), list(data = list("a")), list(mimetype = 5), list(charset = TRUE), list(query = 5),
      list(query = list(a = "1")),
      list(query = list(a = list(1))), list(query = list("a")), list(headers = list(a = 5)),
      list(headers = "a")
    )
    for (field in wrong) {
      params <- unstructured_request()
      params[names(field)] <- field
      error <- call_worker(process, "score_unstructured", params)$error
      expect_same(error$code, "PARAMS_INVALID")
      expect_in(paste("the field", names(field), "must be"), error$message)
    }
    expect_same(call_worker(process, "score_unstructured")$error$code, "PARAMS_INVALID")
    expect_same(said_unstructured(process), "x")
  })
})

# -- out -----------------------------------------------------------------------------------------------------

test("text, bytes and NULL are returned as they are", {
  result <- function(data, mimetype = NULL, charset = NULL) {
    list(data = data, mimetype = mimetype, charset = charset)
  }
  forms <- list(
    "'caf\\u00e9'" = result("caf\u00e9"),
    "''" = result(""),
    "as.raw(c(0, 255))" = result(as.raw(c(0, 255))),
    "raw(0)" = result(raw(0)),
    "NULL" = result(NULL),
    "invisible('x')" = result("x"),
    "c(name = 'x')" = result("x"),
    "iconv('caf\\u00e9', 'UTF-8', 'latin1')" = result("caf\u00e9"),
    "structure('{}', class = 'json')" = result("{}"),
    "structure('{}', class = 'text')" = result("{}"),
    "structure(as.raw(255), class = 'text')" = result(as.raw(255)),
    "list('x', NULL)" = result("x"),
    "list('x', list())" = result("x"),
    "list('x', list(mimetype = 'a/b', charset = 'utf-16'))" = result("x", "a/b", "utf-16"),
    "list(data = as.raw(7), more = list(charset = 'latin1', other = 5))" = result(as.raw(7), NULL, "latin1"),
    "list(NULL, list(mimetype = 'a/b', charset = NULL))" = result(NULL, "a/b")
  )
  with_returns(function(returned) for (form in names(forms)) expect_same(returned(form), forms[[form]], form))
})

test("anything else is refused with what came and what to do", {
  forms <- c(
    "5" = "a value of class numeric", "TRUE" = "a value of class logical", "c('a', 'b')" = "2 strings",
    "character()" = "0 strings",
    "NA_character_" = "NA", "factor('a')" = "a value of class factor",
    "'caf\\xe9'" = "a string that is not UTF-8",
    "{ x <- 'caf\\xe9'; Encoding(x) <- 'bytes'; x }" = "a string that is not UTF-8",
    "list('a')" = "a list of 1 items",
    "list('a', 'b')" = "a list of 2 items", "list('a', list('b'))" = "a list of 2 items",
    "list('a', NULL, NULL)" = "a list of 3 items",
    "data.frame(a = 'x', b = 'y')" = "a value of class data.frame",
    "function() 1" = "a value of class function",
    "list(5, NULL)" = "a pair whose data is a value of class numeric",
    "list(list('a', NULL), NULL)" = "a pair whose data is a list of 2 items"
  )
  with_returns(function(returned) {
    for (form in names(forms)) {
      error <- returned(form)
      expect_same(error$code, "HOOK_RESULT_INVALID", form)
      expect_in(
        paste0(
          "score_unstructured returned ", forms[[form]], ", expected a string, a raw vector or NULL, or list("
        ),
        error$message
      )
      expect_in("; return text or bytes, or a pair of it and mimetype and charset", error$message)
    }
  })
})

test("a mimetype or charset that is no string is refused by name", {
  with_returns(function(returned) {
    for (name in c("mimetype", "charset")) {
      for (value in c("5", "c('a', 'b')", "NA_character_", "charToRaw('a')", "'\\xe9'")) {
        error <- returned(sprintf("list('x', list(%s = %s))", name, value))
        expect_same(error$code, "HOOK_RESULT_INVALID")
        expect_in(paste("as", name), error$message)
      }
    }
  })
})

test("too large a result is told, and the worker goes on", {
  with_hook("function(model, data) strrep('x', as.integer(data))", function(process) {
    expect_same(ask_unstructured(process, "2000000")$error$code, "FRAME_TOO_LARGE")
    expect_same(said_unstructured(process, "3"), "xxx")
  })
})

test("a failure in the hook is told with its calls and lines", {
  hook <- "function(model, data, query, ...) {\n  if (data == 'bad') stop('no bad')\n  data\n}"
  with_hook(hook, function(process) {
    error <- ask_unstructured(process, "bad")$error
    expect_same(
      error[c("code", "message")],
      list(code = "HOOK_FAILED", message = "the hook score_unstructured raised simpleError: no bad")
    )
    call <- paste0(
      "score_unstructured(model, data, mimetype = mimetype, charset = charset, query = query, ",
      "headers = headers)"
    )
    expect_same(
      error$traceback, sprintf("1: %s\n2: stop(\"no bad\") at custom.R#3\nsimpleError: no bad", call)
    )
    expect_same(said_unstructured(process, "good"), "good")
  })
})

test("a CustomHTTPError chooses the status", {
  hook <- "function(model, data) stop(structure(class = c('CustomHTTPError', 'error', 'condition'),
    list(message = 'no such customer', call = NULL, status_code = 404)))"
  with_hook(hook, function(process) {
    expect_same(
      ask_unstructured(process)$error[c("code", "message", "http_status")],
      list(code = "HOOK_FAILED", message = "no such customer", http_status = 404)
    )
  })
})

test("a package that the hook lacks is told", {
  with_hook("function(model, data) library(no.such.package)", function(process) {
    error <- ask_unstructured(process)$error
    expect_same(error$code, "PACKAGE_MISSING")
    expect_in("the hook score_unstructured needs the package no.such.package", error$message)
  })
})

test("prints go to the log and disturb nothing", {
  hook <- paste0(
    "function(model, data) { print('from print'); cat('from cat\\n'); message('from message'); system('echo ",
    "from a child'); data }"
  )
  with_hook(hook, function(process) {
    for (time in 1:2) expect_same(said_unstructured(process, "x"), "x")
    for (words in c("from print", "from cat", "from message", "from a child")) {
      expect_in(words, log_of(process))
    }
  })
})
