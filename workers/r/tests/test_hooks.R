# The hook file: what it may hold, how hooks are called, and what is told of their failures.

#' The hooks of a file with this text.
hooks_of <- function(text, ...) {
  worker$load_hooks(file.path(code_folder(list(custom.R = text)), "custom.R"), ...)
}

refusal <- function(expression) {
  tryCatch(stop("nothing was refused: ", force(expression)), worker_error = identity)
}

test("the hooks are the functions with their names", {
  text <- paste0(
    "score <- function(data, model) 1\ntransform <- 5\nhelper <- function() 2\ninit = function(...) 3\nfit ",
    "<- max"
  )
  expect_same(names(hooks_of(text)), c("init", "score", "fit"))
  expect_same(names(hooks_of(text, "score")), "score")
  expect_same(worker$load_hooks(NULL), list())
})

test("a file with carriage returns, a byte order mark and other scripts is read", {
  folder <- code_folder(list())
  file <- file.path(folder, "custom.r")
  writeBin(charToRaw("\ufeffscore <- function(data, model) '\u6a21'\r\ninit <- function() 1\r\n"), file)
  hooks <- worker$load_hooks(file)
  expect_same(hooks$score(), "\u6a21")
  expect_same(names(hooks), c("init", "score"))
})

test("a file that does not parse is told with its line", {
  error <- refusal(hooks_of("x <- 1\nscore <- function(data, model) {\n  1 +* 2\n}\n"))
  expect_same(error$code, "HOOK_FILE_BROKEN")
  expect_in("custom.R does not parse: unexpected '*'; correct line 3 of ", error$message)
  expect_in("1 +*", error$traceback)
  expect_in("unexpected end of input", refusal(hooks_of("f <- function() {\n\n"))$message)
})

test("a file that raises is told with its line and its calls", {
  error <- refusal(hooks_of("a <- 1\n\nf <- function(x) {\n  stop('no ', x)\n}\nf('way')\n"))
  expect_same(error$code, "HOOK_FILE_BROKEN")
  expect_in("custom.R raised simpleError: no way at line 6 while it was loaded; correct ", error$message)
  expect_same(error$traceback, "1: f(\"way\")\n2: stop(\"no \", x) at custom.R#4\nsimpleError: no way")
})

test("a package that is missing is told with the command that adds it", {
  for (text in c("x <- 1\nlibrary(no.such.package)", "x <- 1\nno.such.package::f()",
      "x <- 1\nloadNamespace('no.such.package')")) {
    error <- refusal(hooks_of(text))
    expect_same(error$code, "PACKAGE_MISSING")
    expect_in("custom.R needs the package no.such.package (line 2)", error$message)
    expect_in("install.packages(\"no.such.package\")", error$message)
  }
  error <- refusal(worker$call_hook(hooks_of("init <- function() library(no.such.package)"), "init"))
  expect_same(error$code, "PACKAGE_MISSING")
  expect_in("the hook init needs", error$message)
})

test("what the file defines sees itself, attached packages and the global environment, not the worker", {
  hooks <- hooks_of("
    helper <- function() median(c(1, 3))
    score <- function(data, model) {
      list(helper(), exists('take_bytes'), environmentName(parent.env(environment(helper))))
    }")
  expect_same(hooks$score(), list(2, FALSE, "R_GlobalEnv"))
})

test("hooks get their arguments by place and by name", {
  call <- function(text, ...) worker$call_hook(hooks_of(text), "score", ...)
  data <- list(data = 1, model = 2)
  expect_same(
    call("score <- function(d, m) list(d, m, sys.call())", data), list(1, 2, quote(score(data, model)))
  )
  expect_same(
    call("score <- function(d, m, ...) list(...)", data, list(code_dir = NULL)), list(code_dir = NULL)
  )
  expect_same(call("score <- sum", data), 3)
  expect(is.null(call("score <- function(d, m) invisible(NULL)", data)), "NULL is a value")
})

test("a hook that raises is told by name, with the user's calls and lines alone", {
  hooks <- hooks_of(
    paste0(
      "inner <- function(d) {\n  d <- d + 1\n  stop('boom ', d)\n}\nscore <- function(data, model) {\n  ",
      "inner(data)\n}"
    )
  )
  error <- refusal(worker$call_hook(hooks, "score", list(data = 1, model = NULL)))
  expect_same(error$code, "HOOK_FAILED")
  expect_same(error$message, "the hook score raised simpleError: boom 2")
  expect_same(
    error$traceback,
    paste0(
      "1: score(data, model)\n2: inner(data) at custom.R#6\n3: stop(\"boom \", d) at custom.R#3\n",
      "simpleError: boom 2"
    )
  )
  expect_same(error$http_status, NULL)
})

test("an error that comes from R itself has its line, too", {
  hooks <- hooks_of("score <- function(data, model) {\n  x <- 1\n  log(-1)\n  x + 'a'\n}")
  error <- refusal(suppressWarnings(worker$call_hook(hooks, "score", list(data = 1, model = NULL))))
  expect_same(error$message, "the hook score raised simpleError: non-numeric argument to binary operator")
  expect_same(
    error$traceback,
    paste0(
      "1: score(data, model)\n2: (the error) at custom.R#4\nsimpleError: non-numeric argument to binary ",
      "operator"
    )
  )
})

test("a long list of calls is told without its middle", {
  hooks <- hooks_of(
    paste0(
      "down <- function(n) if (n == 0) stop('at the bottom') else down(n - 1)\nscore <- function(data, ",
      "model) down(100)"
    )
  )
  lines <- strsplit(refusal(worker$call_hook(hooks, "score", list(data = 1, model = 1)))$traceback, "\n")[[1]]
  expect_same(length(lines), 18L)
  expect_in("more calls", lines[9])
  expect_in("stop(\"at the bottom\") at custom.R#1", lines[17])
})

test("errors that user code catches are no failure, and other conditions pass", {
  hooks <- hooks_of("score <- function(data, model) {
    x <- tryCatch(stop('a'), error = function(e) 1)
    signalCondition(simpleCondition('b'))
    try(stop('c'), silent = TRUE)
    x + 1
  }")
  expect_same(worker$call_hook(hooks, "score", list(data = 1, model = 1)), 2)
})

HTTP <- 'condition <- function(...) {
  fields <- list(message = "no such customer", call = NULL, ...)
  structure(class = c("CustomHTTPError", %s "condition"), fields)
}'

test("a CustomHTTPError chooses the status, with the user's own words", {
  for (classes in c("\"error\",", "")) {
    text <- paste0(
      sprintf(HTTP, classes), "\nscore <- function(data, model) stop(condition(status_code = data))"
    )
    raise <- function(status) {
      refusal(worker$call_hook(hooks_of(text), "score", list(data = status, model = 1)))
    }
    error <- raise(404)
    expect_same(
      list(error$code, error$message, error$http_status), list("HOOK_FAILED", "no such customer", 404)
    )
    expect_same(raise(404L)$http_status, 404L)
    for (status in list("404", 404.5, NULL, NA)) expect_same(raise(status)$http_status, NULL)
  }
})

test("a condition that is no error, given to stop(), is a failure all the same", {
  hook <- paste0(LOAD, "score <- function(data, model) {
    own <- structure(class = c('own', 'condition'), list(message = 'own words', call = NULL))
    if (data$a[1] == 1) stop(own)
    data
  }")
  with_model(list(custom.R = hook), function(process, loaded) {
    error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
    expect_same(error$code, "HOOK_FAILED")
    expect_in("own words", error$message)
    expect_same(predict_csv(process, "a\n2\n"), list(a = 2L))
  })
})

test("odd conditions are told", {
  texts <- list(
    "stop()", "stop(structure(class = c('odd', 'error', 'condition'), list()))", "stop('caf\\xe9')",
    "stop(strrep('x', 1e5))",
    "on.exit(stop('late')); 1"
  )
  for (text in texts) {
    hooks <- hooks_of(sprintf("score <- function(data, model) { %s }", text))
    error <- refusal(worker$call_hook(hooks, "score", list(data = 1, model = 1)))
    expect_same(error$code, "HOOK_FAILED")
    expect(validUTF8(worker$error_to_wire(error)$message), "the words are no UTF-8")
  }
})

test("init is called with its argument and without", {
  texts <- c(
    "function(code_dir) seen <<- code_dir", "function(...) seen <<- list(...)$code_dir",
    "function(dir) seen <<- dir",
    "function() seen <<- 'none'"
  )
  for (text in texts) {
    seen <<- NULL
    worker$call_init(hooks_of(paste("init <-", text)), "/folder")
    expect(seen %in% c("/folder", "none"), "init got ", seen)
  }
  rm(seen, envir = globalenv())
})

test("packages that DRUM attaches are attached where the hook file uses them", {
  attached <- function(text) {
    score <- "score <- function(data, model) data.frame(Predictions = 1, n = toString(.packages()))"
    hook <- paste0(LOAD, text, "\n", score)
    with_model(list(custom.R = hook), function(process, loaded) predict_csv(process, "a\n1\n")$n)
  }
  expect_in("Matrix", attached("whole <- function(data) as.matrix(Matrix(data, 1, 1))"))
  expect_in("stringi", attached("pad <- function(x) lapply(x, stri_trim)"))
  expect_in("recipes", attached("steps <- function(data) recipe(~a, data)"))
  none <- attached("Matrix <- function(x) x\ntrain <- function(bake) { stri_trim <- Matrix(bake); x[, 1] }")
  expect(!grepl("Matrix|stringi|caret|recipes", none), "attached are ", none)
})

test("transform may return the data and no target, as in DRUM", {
  hooks <- function(result) {
    form <- "%stransform <- function(data, model) %s
      score <- function(data, model) data.frame(Predictions = data$a)"
    list(custom.R = sprintf(form, LOAD, result))
  }
  with_model(hooks("list(data, NULL)"), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n2\n"), list(Predictions = 1:2))
  })
  with_model(hooks("list(data, 1)"), function(process, loaded) {
    error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
    expect_same(error$code, "HOOK_RESULT_INVALID")
    expect_in("transform returned the data and a target", error$message)
  })
})
