# RuntimeParameters and UserSecrets, as user code finds them.

GIVEN <- list(
  TEXT = list(value = "text"), NOTHING = list(value = NULL), COUNT = list(value = 5),
  LARGE = list(value = 2^40), SHARE = list(value = 0.25),
  KEY = list(value = list(credentialType = "basic", password = NULL)), BROKEN = list(error = "what is wrong")
)
message_of <- function(expression) {
  tryCatch(stop("nothing was refused: ", force(expression)), error = conditionMessage)
}

test("runtime parameters come as they were given, whole numbers as integers where R has them", {
  worker$offer_parameters(GIVEN, list())
  expect_same(RuntimeParameters$get("TEXT"), "text")
  expect_same(RuntimeParameters$get("NOTHING"), NULL)
  expect_same(RuntimeParameters$get("COUNT"), 5L)
  expect_same(RuntimeParameters$get("LARGE"), 2^40)
  expect_same(RuntimeParameters$get("SHARE"), 0.25)
  expect_same(RuntimeParameters$get("KEY"), list(credentialType = "basic", password = NULL))
})

test("what is wrong with one is told when it is asked for, what is not set by its name", {
  worker$offer_parameters(GIVEN, list(db = list(credential_type = "basic")))
  for (name in c("NOTHING", "BROKEN")) expect_same(RuntimeParameters$has(name), TRUE)
  expect_same(RuntimeParameters$has("TEX"), FALSE)
  expect_same(message_of(RuntimeParameters$get("BROKEN")), "what is wrong")
  expect_in('the runtime parameter "TEX" is not set; define it', message_of(RuntimeParameters$get("TEX")))
  expect_same(c(UserSecrets$has("db"), UserSecrets$has("d")), c(TRUE, FALSE))
  expect_same(UserSecrets$get("db"), list(credential_type = "basic"))
  expect_in('the user secret "d" is not set; mount it', message_of(UserSecrets$get("d")))
})

#' What `expression` in the hook file's score gives, in a worker that was given `...`.
told <- function(start, expression, ...) {
  text <- sprintf(
    "%s%s\nscore <- function(data, model) data.frame(Predictions = paste(%s))", LOAD, start, expression
  )
  with_model(list(custom.R = text), function(process, loaded) predict_csv(process, "a\n1\n")$Predictions, ...)
}

test("a hook file has them from its first line on, what it sources too, and its own of that name wins", {
  inner <- file.path(
    code_folder(list(inner.R = "inner <- function() RuntimeParameters$get('TEXT')")), "inner.R"
  )
  start <- sprintf("first <- RuntimeParameters$get('TEXT')\nsource(%s)", deparse(inner))
  expect_same(told(start, "first, inner()", runtime_parameters = GIVEN), "text text")
  expect_same(told("RuntimeParameters <- 'own'", "RuntimeParameters", runtime_parameters = GIVEN), "own")
})

test("a worker that is given none has none, and refuses what is no map", {
  expect_same(told("", "RuntimeParameters$has('TEXT'), UserSecrets$has('db')"), "FALSE FALSE")
  process <- start_worker()
  on.exit(finish(process))
  expect_same(
    call_worker(process, "load", load_params(list(custom.R = LOAD), user_secrets = "x"))$error$code,
    "PARAMS_INVALID"
  )
})
