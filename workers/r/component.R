# A wrapper class as Seldon's users write it: loads one, and asks its methods (protocol/SPEC.md, call).

# The methods that answer messages, with the label that their metrics get.
MESSAGE_METHODS <- c(
  predict = "predict", transform_input = "inputtransform", transform_output = "outputtransform",
  route = "router", aggregate = "aggregate", send_feedback = "feedback", health_status = "health"
)
METRIC_TYPES <- c("COUNTER", "GAUGE", "TIMER")

state$component <- NULL # list(name, unit, image, tells_metrics, user)

#' Makes the instance and runs its `load`; what `load` answers. Raises HOOK_FILE_BROKEN, PACKAGE_MISSING,
#' HOOK_FAILED.
load_component <- function(params, progress) {
  component <- make_component(params, progress)
  progress("running load")
  attempt(component, "load")
  has <- function(name) !is.null(method_of(component$user, name))
  if (!has("metrics")) {
    cat(sprintf("\001d%s has no method metrics, so it measures nothing\n", component$name), file = stderr())
  }
  state$component <- component
  list(
    hooks = as.list(c(message_methods_of(component$user), if (has("custom_service")) "custom_service")),
    predictor = NULL,
    payload_formats = as_map(list()),
    packages = package_versions(NULL),
    metadata = metadata_of(component)
  )
}

#' Runs the service of the class, which may never end. Raises HOOK_FAILED and what load_component() raises.
methods$serve <- function(params, notify) {
  check_load(params)
  offer_parameters(params[["runtime_parameters"]], params[["user_secrets"]])
  attempt(make_component(params, notify$progress), "custom_service")
  as_map(list())
}

make_component <- function(params, progress) {
  about <- take(params, "component", "map")
  component <- list(
    name = take(about, "name", "str"),
    unit = take(about, "unit", "str", optional = TRUE),
    image = take(about, "image", "str", optional = TRUE),
    tells_metrics = !isFALSE(take(about, "tells_metrics", "bool", optional = TRUE))
  )
  offer_seldon()
  progress(paste("making", component$name))
  parameters <- lapply(take(about, "parameters", "map"), narrowed)
  component$user <- instance_of(component$name, params[["code_directory"]], parameters)
  component
}

#' list(status, type, message, metrics, traceback): the answer to a message. What the method raises is an
#' answer, too. Raises NOT_LOADED.
methods$call <- function(params, notify) {
  component <- state$component
  if (is.null(component)) {
    fail("NOT_LOADED", "the request came before a wrapper class was loaded; load first")
  }
  name <- take(params, "method", "str")
  text <- take(params, "message", "str_or_bin", optional = TRUE)
  call <- new.env(parent = emptyenv())
  call$metrics <- list() # of this node, also those of a call that fails after it
  tryCatch(
    {
      message <- if (name != "health_status") read_message(text)
      answer <- answer_message(component, name, message, call)
      call_result(answer$status, answer$body, call)
    },
    error = function(error) refused(error, call)
  )
}

call_result <- function(status, body, call, traceback = NULL) {
  list(
    status = status, type = "application/json", message = paste0(json_printed(body), "\n"),
    metrics = call$metrics, traceback = traceback
  )
}

#' The answer for an error of the message, of a method or of what a method returned.
refused <- function(error, call) {
  trace <- error$trace
  if (inherits(error, "method_failure")) error <- error$error
  status <- error[["status_code"]]
  if (inherits(error, c("refusal", "SeldonMicroserviceException")) && is_number(status)) {
    return(call_result(as.integer(status), error_body(text_of(error), error[["reason"]]), call))
  }
  body <- error_body(text_of(error), "MICROSERVICE_INTERNAL_ERROR")
  call_result(500L, body, call, sendable(if (is.null(trace)) words_of(error) else trace))
}

# -- the instance --------------------------------------------------------------------------------------------

#' What the constructor of the class returns: an environment or a list with its methods.
instance_of <- function(name, code_directory, parameters) {
  constructor <- constructor_named(name, code_directory)
  outcome <- outcome_of(constructor, named = parameters)
  if (!is.null(outcome$error)) stop(component_error(name, outcome))
  user <- outcome$value
  if (is.environment(user) || is_plain_list(user) && !is.null(names(user))) return(user)
  form <- "%s returned %s, expected an environment or a list with its methods; let it end with environment()"
  fail("HOOK_FILE_BROKEN", form, name, kind_of(user))
}

#' list(Cls = function) of the file pkg/mod.R for `pkg.mod.Cls`, of Cls.R for `Cls`. Raises HOOK_FILE_BROKEN,
#' PACKAGE_MISSING.
constructor_named <- function(name, code_directory) {
  parts <- strsplit(name, ".", fixed = TRUE)[[1]]
  class <- parts[length(parts)]
  module <- if (length(parts) > 1) parts[-length(parts)] else class
  file <- paste0(do.call(file.path, as.list(c(code_directory, module))), ".R")
  if (!file.exists(file)) {
    form <- "there is no file %s for the class %s; check the name and the folder"
    fail("HOOK_FILE_BROKEN", form, file, name)
  }
  found <- get0(class, envir = run_file(file), inherits = FALSE)
  if (is.environment(found)) found <- found[["new"]] # a generator of R6
  if (is.function(found)) return(structure(list(found), names = class))
  form <- "%s defines no function %s; name the function after its file, or give FILE.FUNCTION"
  fail("HOOK_FILE_BROKEN", form, basename(file), class)
}

component_error <- function(what, outcome) {
  error <- outcome$error
  if (inherits(error, "packageNotFoundError")) return(package_missing(what, error, trace = outcome$trace))
  worker_error("HOOK_FAILED", sprintf("%s raised %s", what, words_of(error)), outcome$trace)
}

#' A method or a field of the instance; NULL where there is none. Reference classes make a method when `$`
#' asks for it, which has to be where the package methods is seen.
member_of <- function(user, name) {
  if (isS4(user)) tryCatch(eval(call("$", user, name), globalenv()), error = function(error) NULL)
  else if (is.environment(user)) get0(name, envir = user, inherits = FALSE)
  else user[[name]]
}

method_of <- function(user, name) {
  member <- member_of(user, name)
  if (is.function(member)) member
}

message_methods_of <- function(user) {
  has <- function(name) !is.null(method_of(user, name))
  Filter(function(name) has(name) || has(paste0(name, "_raw")), names(MESSAGE_METHODS))
}

#' What a method without arguments returns while the class is loaded; NULL where it is absent.
attempt <- function(component, name) {
  method <- method_of(component$user, name)
  if (is.null(method)) return(NULL)
  outcome <- outcome_of(structure(list(method), names = name))
  if (is.null(outcome$error)) return(outcome$value)
  if (inherits(outcome$error, "SeldonNotImplementedError")) return(NULL)
  stop(component_error(paste(component$name, name, sep = "."), outcome))
}

#' What the class tells of itself; NULL for what is no named list.
metadata_of <- function(component) {
  name <- if (is.null(method_of(component$user, "init_metadata"))) "metadata" else "init_metadata"
  told <- attempt(component, name)
  if (is_plain_list(told) && !is.null(names(told))) as_plain(name, told)
}

# -- methods -------------------------------------------------------------------------------------------------

#' What the method returns, or an absence. Raises a method_failure.
ask_method <- function(component, name, positional = list(), named = list()) {
  method <- method_of(component$user, name)
  if (is.null(method)) return(absence())
  named <- named[vapply(names(named), takes, NA, hook = method)]
  outcome <- outcome_of(structure(list(method), names = name), positional, named)
  error <- outcome$error
  if (is.null(error)) return(outcome$value)
  if (inherits(error, "SeldonNotImplementedError")) return(absence(text_of(error)))
  fields <- list(message = "a method failed", call = NULL, error = error, trace = outcome$trace)
  stop(structure(fields, class = c("method_failure", "error", "condition")))
}

#' In place of what a method returns that the class lacks; `words` if it said so itself.
absence <- function(words = NULL) structure(list(words = words), class = "absence")

is_absence <- function(value) inherits(value, "absence")

#' What a method without arguments returns, or `absent`.
own_of <- function(component, name, absent = NULL) {
  returned <- ask_method(component, name)
  if (is_absence(returned)) absent else returned
}

#' The names that the class has for columns, or NULL.
class_names_of <- function(component) {
  names <- member_of(component$user, "class_names")
  if (is.function(names)) own_of(component, "class_names") else names
}
