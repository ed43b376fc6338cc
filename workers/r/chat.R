# The methods chat and models: what the hooks chat and get_supported_llm_models get and may return.
# A completion leaves whole or chunk by chunk.

CHAT_DEPTH <- 60 # a message around it nests too, and 64 is the most
COMPLETION <- "chat.completion"
CHUNK <- "chat.completion.chunk"
CHAT_REMEDY <- paste0(
  "return a completion (its field object is '", COMPLETION, "') or chunks ('", CHUNK, "'): ",
  "named lists, in a list or from a function that gives the next one and NULL at the end"
)

#' Answers with a completion, or sends chunks and then none. Raises METHOD_UNKNOWN, HOOK_FAILED,
#' HOOK_RESULT_INVALID, CANCELLED.
methods$chat <- function(params, notify) {
  hooks <- loaded_hooks()
  hook <- required_hook(hooks, "chat")
  positional <- list(
    completion_create_params = request_of(take(params, "request", "map")), model = state$model
  )
  headers <- headers_of(take(params, "headers", "map_of_str"))
  returned <- call_hook(hooks, "chat", positional, if (takes(hook, "headers")) list(headers = headers))
  answer_chat(returned, notify$chunk)
}

#' list(models), as get_supported_llm_models gives them. Raises METHOD_UNKNOWN, HOOK_FAILED,
#' HOOK_RESULT_INVALID.
methods$models <- function(params, notify) {
  hooks <- loaded_hooks()
  required_hook(hooks, "get_supported_llm_models")
  list(models = supported_models(call_hook(hooks, "get_supported_llm_models", list(model = state$model))))
}

#' The request as the hook gets it: maps are named lists, arrays lists, null is a NULL kept in its list.
request_of <- function(value) {
  if (!is.list(value)) return(if (is_str(value)) string_of(value) else value)
  items <- lapply(value, request_of)
  if (is.null(names(value))) items else with_names(items, names(value))
}

#' The response to `chat`, after `send` has had every chunk. Raises HOOK_RESULT_INVALID, HOOK_FAILED,
#' CANCELLED.
answer_chat <- function(returned, send) {
  if (identical(object_of(returned), COMPLETION)) return(list(completion = as_plain("chat", returned)))
  is_list_of_chunks <- is_plain_list(returned) && is.null(names(returned))
  if (!is.function(returned) && !is_list_of_chunks) fail_chat("chat returned %s", returned)
  on.exit(close_chunks(returned))
  count <- 0
  repeat {
    if (!is.function(returned) && count == length(returned)) break
    item <- if (is.function(returned)) next_chunk(returned) else returned[[count + 1]]
    if (is.null(item) && is.function(returned)) break
    count <- count + 1
    if (!identical(object_of(item), CHUNK)) {
      fail_chat(sprintf("item %d of what chat returned is %%s", count), item)
    }
    send(as_plain("chat", item))
  }
  list(completion = NULL)
}

next_chunk <- function(next_chunk) {
  outcome <- try_user_code(quote(next_chunk()), list2env(list(next_chunk = next_chunk), parent = globalenv()))
  if (is.null(outcome$error)) outcome$value else stop(hook_error("chat", outcome$error, outcome$trace))
}

#' Calls the function in the attribute `close`: nothing more is wanted of these chunks. What it does then is
#' its own affair.
close_chunks <- function(chunks) {
  close <- attr(chunks, "close", exact = TRUE)
  if (is.function(close)) try_user_code(quote(close()), list2env(list(close = close), parent = globalenv()))
}

#' Those of the items that say they are models.
supported_models <- function(returned) {
  if (!is_plain_list(returned)) {
    form <- "get_supported_llm_models returned %s; return a list of models, each a named list"
    fail("HOOK_RESULT_INVALID", form, kind_of(returned))
  }
  models <- Filter(function(item) identical(object_of(item), "model"), unname(returned))
  lapply(models, function(model) as_plain("get_supported_llm_models", model))
}

#' The field `object` of a named list, where it is one string; NULL else.
object_of <- function(value) {
  if (!is_map(value) || is.data.frame(value)) return(NULL)
  utf8_of(unclass(value)[["object"]])
}

#' The value with nothing in it but what JSON has: a vector of one item is that item, other vectors and
#' I(item) are arrays; NA is null.
as_plain <- function(hook, value, depth = 0) {
  if (is.null(value)) return(NULL)
  if (is.list(value) && !is.data.frame(value) && depth < CHAT_DEPTH && !anyNA(names(value))) {
    items <- lapply(unclass(value), function(item) as_plain(hook, item, depth + 1))
    return(structure(items, names = if (!is.null(names(value))) sendable(names(value))))
  }
  if (!is_json_vector(value)) fail_plain(hook, value)
  is_array <- length(value) != 1 || inherits(value, "AsIs")
  value <- as.vector(unclass(value))
  if (is.character(value)) value <- sendable(value)
  if (is_array) lapply(value, scalar_or_null) else scalar_or_null(value)
}

#' Numbers with a class mean something else, as those of a Date; strings with a class are strings, as those of
#' toJSON().
is_json_vector <- function(value) {
  if (!typeof(value) %in% c("logical", "integer", "double", "character")) return(FALSE)
  is.character(value) || !is.object(value) || identical(class(value), "AsIs")
}

#' NULL for NA; NaN is a value.
scalar_or_null <- function(value) if (!is.na(value) || is.nan(value)) value

fail_plain <- function(hook, value) {
  form <- paste(
    "%s returned something that JSON does not have, or nested more than %d deep: %s;",
    "return strings, numbers, logicals, NULL, lists and named lists"
  )
  fail("HOOK_RESULT_INVALID", form, hook, CHAT_DEPTH, kind_of(value))
}

#' `form` has a place for what came.
fail_chat <- function(form, value) {
  object <- object_of(value)
  what <- if (is.null(object)) kind_of(value) else sprintf("a list with object %s", described(object))
  fail("HOOK_RESULT_INVALID", "%s; %s", sprintf(form, what), CHAT_REMEDY)
}
