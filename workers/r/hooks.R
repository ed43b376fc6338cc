# The hook file: loads it, lists the hooks it defines, calls them, and checks what they return.

HOOKS <- c(
  "init", "load_model", "read_input_data", "transform", "score", "post_process", "score_unstructured", "chat",
  "get_supported_llm_models",
  "fit"
)

#' The hooks that the file defines, by name, or those of them that are in `used`; none without a hook file.
load_hooks <- function(hook_file, used = NULL) {
  if (is.null(hook_file)) return(list())
  environment <- run_file(hook_file)
  hooks <- list()
  for (name in if (is.null(used)) HOOKS else used) {
    value <- get0(name, envir = environment, inherits = FALSE)
    if (is.function(value)) hooks[[name]] <- value
  }
  hooks
}

#' The hook of this name; NULL where there is none.
hook_for <- function(hooks, name) hooks[[name]]

#' The hook of this name. Raises METHOD_UNKNOWN where there is none.
required_hook <- function(hooks, name) {
  hook <- hook_for(hooks, name)
  if (is.null(hook)) {
    form <- "the hook file defines no %s; ask only models that list it among their hooks"
    fail("METHOD_UNKNOWN", form, name)
  }
  hook
}

#' Calls a hook: positional arguments, then named ones. Raises HOOK_FAILED, or PACKAGE_MISSING where the hook
#' asks for a package.
call_hook <- function(hooks, name, positional = list(), named = list()) {
  outcome <- outcome_of(hooks[name], positional, named)
  if (is.null(outcome$error)) outcome$value else stop(hook_error(name, outcome$error, outcome$trace))
}

#' What try_user_code() gives for a call of the only function in a list, under its name there.
outcome_of <- function(named_function, positional = list(), named = list()) {
  values <- c(positional, named)
  # What user code sees of its call: score(data, model, class_labels = class_labels).
  call <- as.call(lapply(c(names(named_function), names(values)), as.name))
  if (length(named) > 0) names(call) <- c(rep("", 1 + length(positional)), names(named))
  try_user_code(call, list2env(c(values, named_function), parent = globalenv()))
}

#' The worker_error for an error of the hook `name`.
hook_error <- function(name, error, trace) {
  if (inherits(error, "packageNotFoundError")) {
    return(package_missing(paste("the hook", name), error, trace = trace))
  }
  status <- if (inherits(error, "CustomHTTPError")) error$status_code
  if (is.numeric(status) && length(status) == 1 && is.finite(status) && status == floor(status)) {
    return(worker_error("HOOK_FAILED", text_of(error), trace, http_status = status))
  }
  worker_error("HOOK_FAILED", sprintf("the hook %s raised %s", name, words_of(error)), trace)
}

#' Whether a function can be given an argument of this name; `...` takes every name.
takes <- function(hook, name) any(c(name, "...") %in% parameters_of(hook))

#' Names of the parameters; of primitives, too.
parameters_of <- function(hook) names(formals(args(hook)))

# -- the file ------------------------------------------------------------------------------------------------

#' The environment in which the whole file was run, expression by expression; it sees the packages attached
#' and the global one.
run_file <- function(hook_file) {
  expressions <- parse_file(hook_file)
  attach_for_hooks(expressions)
  places <- attr(expressions, "srcref")
  environment <- new.env(parent = globalenv())
  for (at in seq_along(expressions)) {
    outcome <- try_user_code(expressions[[at]], environment)
    if (!is.null(outcome$error)) stop(file_error(hook_file, outcome$error, outcome$trace, places[[at]][1]))
  }
  environment
}

parse_file <- function(hook_file) {
  lines <- readLines(hook_file, warn = FALSE, encoding = "UTF-8")
  lines <- sub("^\ufeff", "", lines)
  source <- srcfilecopy(hook_file, lines, isFile = TRUE)
  tryCatch(
    parse(text = lines, srcfile = source, keep.source = TRUE, encoding = "UTF-8"),
    error = function(error) stop(syntax_error(hook_file, conditionMessage(error)))
  )
}

#' R writes `FILE:LINE:COLUMN: what is wrong`, then the lines around it.
syntax_error <- function(hook_file, message) {
  pattern <- "^.*:([0-9]+):[0-9]+: ([^\n]*)"
  found <- regmatches(message, regexec(pattern, sub("\n.*", "", message)))[[1]]
  words <- if (length(found) == 3) found[3] else message
  place <- if (length(found) == 3) paste("line", found[2], "of ") else ""
  words <- sprintf("%s does not parse: %s; correct %s%s", basename(hook_file), words, place, hook_file)
  worker_error("HOOK_FILE_BROKEN", words, message)
}

file_error <- function(hook_file, error, trace, line) {
  file <- basename(hook_file)
  if (inherits(error, "packageNotFoundError")) return(package_missing(file, error, line, trace))
  form <- "%s raised %s at line %d while it was loaded; correct %s"
  worker_error("HOOK_FILE_BROKEN", sprintf(form, file, words_of(error), line, hook_file), trace)
}

# -- what hooks return ---------------------------------------------------------------------------------------

#' What a hook returned, when it is a data.frame. Raises HOOK_RESULT_INVALID.
check_frame <- function(hook, result) {
  if (is.data.frame(result)) return(result)
  form <- "%s returned %s, expected a data.frame; return one"
  fail("HOOK_RESULT_INVALID", form, hook, kind_of(result))
}

#' What a hook returned, when it is a data.frame or a matrix, dense or sparse. Raises HOOK_RESULT_INVALID.
check_data <- function(hook, result) {
  if (is.data.frame(result) || is.matrix(result) || is_sparse(result)) return(result)
  form <- "%s returned %s, expected a data.frame or a matrix; return one"
  fail("HOOK_RESULT_INVALID", form, hook, kind_of(result))
}

#' The data that transform returned; list(data, NULL) stands for it, as in DRUM. Raises HOOK_RESULT_INVALID.
check_transformed <- function(result) {
  is_pair <- is_plain_list(result) && length(result) == 2
  if (is_pair && is.null(result[[2]])) return(check_data("transform", result[[1]]))
  if (is_pair && is.data.frame(result[[1]])) {
    form <- "transform returned the data and a target, which is not transformed; return the data"
    fail("HOOK_RESULT_INVALID", form)
  }
  check_data("transform", result)
}

#' Whether this is a matrix of the package Matrix.
is_sparse <- function(value) isS4(value) && length(dim(value)) == 2

#' What a value is, in words.
kind_of <- function(value) {
  if (is.null(value)) "NULL" else paste("a value of class", paste(class(value), collapse = ", "))
}
