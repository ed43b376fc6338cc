# Wrapper classes through a worker process, beyond what e2e/wrappers/messages.json has for all languages.

load_class <- function(files, process, name = "Own", parameters = list()) {
  about <- list(
    name = name, parameters = worker$as_map(parameters), unit = NULL, image = NULL, tells_metrics = TRUE
  )
  call_worker(process, "load", load_params(files, component = about))
}

#' Runs `check` with a worker and the answer to the load of a class: the text is in Own.R.
with_class <- function(text, check, ..., file = "Own.R") {
  process <- start_worker()
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  loaded <- load_class(structure(list(text), names = file), process, ...)
  check(process, loaded)
}

ask_class <- function(process, message, method = "predict") {
  answer <- call_worker(process, "call", list(method = method, message = message))
  if (!is.null(answer$error)) stop(answer$error$code, ": ", answer$error$message)
  answer$result
}

#' The answer to a message, without its meta, of a class whose predict has this body.
predicted <- function(body, message = '{"data":{"ndarray":[[1,2]]}}') {
  said <- NULL
  text <- sprintf("Own <- function() list(predict = function(X, names) %s)", body)
  with_class(text, function(process, loaded) {
    said <<- ask_class(process, message)$message
  })
  sub(',?"meta":[{][}],?', "", sub("\n$", "", said))
}

load_error <- function(text, ...) {
  error <- NULL
  with_class(text, function(process, loaded) error <<- loaded$error, ...)
  error
}

# -- loading -------------------------------------------------------------------------------------------------

test("the methods of a class are told, and its metadata", {
  text <- paste(
    "Own <- function(...) { predict <- function(X, names) X; route_raw <- function(message) 1; own <- 1;",
    "metadata <- function() list(name = 'm', versions = I('1')); environment() }"
  )
  with_class(text, function(process, loaded) {
    expect_same(loaded$result$hooks, list("predict", "route"))
    expect_same(loaded$result$metadata, list(name = "m", versions = list("1")))
    expect_same(call_worker(process, "predict", csv_payload("a\n1\n"))$error$code, "NOT_LOADED")
  })
})

test("parameters are arguments of the constructor, whole ones integers", {
  text <- "Own <- function(a, b = 2, c) list(predict = function(X, names) list(a = a, b = b, c = c))"
  with_class(text, function(process, loaded) {
    expect_same(
      ask_class(process, '{"strData":""}')$message,
      "{\"jsonData\":{\"a\":3,\"b\":2.0,\"c\":\"x\"},\"meta\":{}}\n"
    )
  }, parameters = list(a = 3, c = "x"))
})

test("a class may be in a folder", {
  process <- start_worker()
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  params <- load_params(list())
  dir.create(file.path(params$code_directory, "pkg"))
  file <- file.path(params$code_directory, "pkg", "mod.R")
  writeLines("Cls <- function() list(predict = function(X, names) 'yes')", file)
  params$component <- list(name = "pkg.mod.Cls", parameters = worker$as_map(list()))
  expect_same(call_worker(process, "load", params)$error, NULL)
  expect_in('"strData":"yes"', ask_class(process, '{"strData":""}')$message)
})

test("what cannot be loaded is told", {
  cases <- list(
    c("x <- 1", "HOOK_FILE_BROKEN", "Own.R defines no function Own; name the function after its file"),
    c("Own <- function() 3", "HOOK_FILE_BROKEN", "Own returned a value of class numeric, expected an"),
    c("Own <- function() {", "HOOK_FILE_BROKEN", "Own.R does not parse"),
    c("Own <- function() stop('broken')", "HOOK_FAILED", "Own raised simpleError: broken"),
    c("Own <- function() library(nosuch)", "PACKAGE_MISSING", "Own needs the package nosuch"),
    c(
      "Own <- function() list(load = function() stop('no'))", "HOOK_FAILED",
      "Own.load raised simpleError: no"
    ),
    c(
      "Own <- function() list(init_metadata = function() stop('no'))", "HOOK_FAILED",
      "Own.init_metadata raised simpleError: no"
    )
  )
  for (case in cases) {
    error <- load_error(case[1])
    expect_same(error$code, case[2], case[1])
    expect_in(case[3], error$message)
  }
  expect_in("there is no file", load_error("x", name = "Other")$message)
  expect_in("Other.R for the class Other; check the name", load_error("x", name = "Other")$message)
  expect_in("raised simpleError: unused argument", load_error(
    "Own <- function() list()", parameters = list(z = 1)
  )$message)
})

test("a call before the load is refused", {
  process <- start_worker()
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  expect_same(call_worker(process, "call", list(method = "predict", message = "{}"))$error$code, "NOT_LOADED")
})

# -- what a method gets --------------------------------------------------------------------------------------

test("arrays are vectors, matrices and arrays of the type of their items", {
  cases <- c(
    "[1,2]" = "1:2", "[[1,2],[3,4]]" = "matrix(c(1L, 3L, 2L, 4L), 2)", "[[1,2.5]]" = "matrix(c(1, 2.5), 1)",
    "[[\"a\",1.0,true]]" = "matrix(c('a', '1.0', 'True'), 1)", "[[1,null]]" = "matrix(c(1L, NA), 1)",
    "[[[1,2],[3,4]]]" = "array(c(1L, 3L, 2L, 4L), c(1, 2, 2))", "[]" = "numeric()",
    "[[{\"a\":1}]]" = "matrix(list(list(a = 1L)), 1)", "[true]" = "TRUE", "[[]]" = "matrix(numeric(), 1, 0)"
  )
  for (text in names(cases)) {
    message <- sprintf('{"data":{"ndarray":%s}}', text)
    body <- sprintf("paste(isTRUE(all.equal(X, %s)), typeof(X) == typeof(%s))", cases[[text]], cases[[text]])
    expect_in("[\"TRUE TRUE\"]", predicted(body, message))
  }
})

test("large whole numbers are doubles and keep their digits as long as they are the same", {
  message <- '{"data":{"ndarray":[[9223372036854775807,3000000000,1]]}}'
  expect_in("[[9223372036854775807,3000000000,1]]", predicted("X", message))
  expect_in(",3000000001.0,2.0]]", predicted("X + 1", message))
  expect_in('"double"', predicted("typeof(X)", message))
})

# -- what it may return --------------------------------------------------------------------------------------

test("vectors, matrices, frames, factors and lists are data", {
  cases <- c(
    "c(a = 1, b = 2)" = '{"data":{"names":[],"ndarray":[1.0,2.0]}',
    "0.5" = '{"data":{"names":[],"ndarray":[0.5]}',
    "'a'" = '{"data":{"names":[],"ndarray":["a"]}',
    "factor('a')" = '{"data":{"names":[],"ndarray":["a"]}',
    "cbind(no = 0.5, yes = 0.5)" = '{"data":{"names":["no","yes"],"ndarray":[[0.5,0.5]]}',
    "data.frame(n = 1:2, p = 0.5)" = '{"data":{"names":["n","p"],"ndarray":[[1.0,0.5],[2.0,0.5]]}',
    "data.frame(n = 10:9, p = c('a', NA))" = '{"data":{"names":["n","p"],"ndarray":[[10,"a"],[9,null]]}',
    "list(c(1, 2), 3:4)" = '{"data":{"names":["t:0","t:1"],"ndarray":[[1.0,2.0],[3,4]]}',
    "list(factor('a'), 'b')" = '{"data":{"names":[],"ndarray":["a","b"]}',
    "list(list('x', NULL))" = '{"data":{"names":["t:0","t:1"],"ndarray":[["x",null]]}',
    "list(a = I(1L), b = NA, c = matrix(1:4, 2), d = list())" =
      '{"jsonData":{"a":[1],"b":null,"c":[[1,3],[2,4]],"d":[]}',
    "array(1L, c(1, 1, 2))" = '{"data":{"names":["t:0"],"ndarray":[[[1,1]]]}',
    "as.raw(1:3)" = '{"binData":"AQID"'
  )
  for (body in names(cases)) expect_in(cases[[body]], predicted(body))
})

test("without an array in the request one text is a text, one number nothing, array() an array", {
  text <- '{"strData":"x"}'
  expect_same(predicted("'a'", text), '{"strData":"a"}')
  expect_in("must be list or array): 3.0; return an array", predicted("3", text))
  expect_same(predicted("array(3)", text), '{"data":{"names":[],"tensor":{"shape":[1],"values":[3.0]}}}')
})

test("what JSON lacks is an error of the answer", {
  expect_in("JSON has nothing for a value of class Date", predicted("list(day = Sys.Date())"))
  expect_in("Unknown data type returned as payload", predicted("mean"))
  expect_in("must be of one length", predicted("list(list(1, 2), list(3))"))
})

test("texts, numbers and names are written as Python writes them", {
  expect_same(
    predicted(paste0(
      "list(b = '\\u00e9\\U1F600\"\\\\\\n\\u007f', ",
      "a = c(1e15, 1e16, 1e-5, 0.1 + 0.2, -0, NaN, -Inf))"
    )),
    paste0(
      '{"jsonData":{"a":[1000000000000000.0,1e+16,1e-05,0.30000000000000004,-0.0,NaN,-Infinity],',
      '"b":"\\u00e9\\ud83d\\ude00\\"\\\\\\n\\u007f"}}'
    )
  )
})

test("metrics that are none are refused, and tags without names", {
  values <- c(
    "3", "list(type = 'GAUGE', key = 'k', value = 1)", "list(list(type = 'GAUGE', key = 'k', value = 'x'))",
    "list(list(type = 'OTHER', key = 'k', value = 1))"
  )
  text <- "Own <- function() list(predict = function(X, names) X, metrics = function() %s)"
  for (value in values) {
    with_class(sprintf(text, value), function(process, loaded) {
      answer <- ask_class(process, '{"strData":"x"}')
      expect_same(answer$status, 500, value)
      expect_in("MICROSERVICE_BAD_METRIC", answer$message)
    })
  }
  with_class("Own <- function() list(tags = function() 'x')", function(process, loaded) {
    expect_in("tags must be a named list", ask_class(process, NULL, "health_status")$message)
  })
})

test("an error of a method has the user's traceback, and its metrics are empty", {
  with_class("Own <- function() list(predict = function(X, names) stop('lost'))", function(process, loaded) {
    answer <- ask_class(process, '{"strData":"x"}')
    expect_same(answer$metrics, list())
    expect_in("Own.R#1", answer$traceback)
    expect_in("simpleError: lost", answer$traceback)
  })
})

test("reference classes and functions that return a list have methods", {
  text <- paste(
    "Own <- setRefClass('Own', fields = list(n = 'numeric'), methods = list(",
    "predict = function(X, names) { n <<- n + 1; n + 0 * X }))"
  )
  with_class(text, function(process, loaded) {
    ask_class(process, '{"data":{"ndarray":[1]}}')
    expect_in("[12.0]", ask_class(process, '{"data":{"ndarray":[1]}}')$message)
  }, parameters = list(n = 10))
})

test("JSON is read as it is defined", {
  bad <- c(
    "", "{", "[1,]", "[,1]", "[1 2]", "01", "[1:2]", '{"a" 1}', '{"a":1,}', "tru", '"\n"', "1 2", "]", "{1:2}"
  )
  for (text in bad) {
    is_refused <- tryCatch({
      worker$read_json(text)
      FALSE
    }, error = function(error) TRUE)
    expect(is_refused, text)
  }
  expect_same(worker$read_json('{"a":1,"a":2}'), list(a = 2L))
  text <- '["\\u0000\\ud83d\\ude00\\ud800\\\\u0041"]'
  expect_same(worker$read_json(text), list("\ufffd\U1F600\ufffd\\u0041"))
  expect_same(worker$read_json(" [ null , {} , [] ] "), list(NULL, worker$as_map(list()), list()))
})

test("base64 goes there and back", {
  for (size in 0:4) {
    bytes <- as.raw(seq_len(size) + 250)
    expect_same(worker$from_base64(worker$to_base64(bytes)), bytes)
  }
  expect_same(worker$from_base64("Y W\nJj*"), charToRaw("abc"))
})
