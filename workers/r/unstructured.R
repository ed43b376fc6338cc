# The method score_unstructured: what its hook gets, and what it may return.

# With the target type unstructured, other hooks count as absent.
UNSTRUCTURED_HOOKS <- c("init", "load_model", "score_unstructured")

RETURNS <- "expected a string, a raw vector or NULL, or list(data, list(mimetype = , charset = ))"
REMEDY <- "return text or bytes, or a pair of it and mimetype and charset"

#' list(data, mimetype, charset). Raises METHOD_UNKNOWN, HOOK_FAILED, HOOK_RESULT_INVALID.
methods$score_unstructured <- function(params, notify) {
  hooks <- loaded_hooks()
  hook <- required_hook(hooks, "score_unstructured")
  arguments <- c(named_arguments(params), if (state$reports) list(mlops = mlops_of(notify$report)))
  taken <- Filter(function(name) takes(hook, name), names(arguments))
  positional <- list(model = state$model, data = read_data(params))
  result_of(call_hook(hooks, "score_unstructured", positional, arguments[taken]))
}

#' Whether a load's params have the target type unstructured.
is_unstructured <- function(params) identical(params[["target_type"]], "unstructured")

#' Hooks that a load with these params may use; NULL is all of them.
usable_hooks <- function(params) {
  named <- take(params, "hooks", "texts", optional = TRUE)
  if (!is_unstructured(params)) named
  else if (is.null(named)) UNSTRUCTURED_HOOKS
  else intersect(UNSTRUCTURED_HOOKS, named)
}

# -- what the hook gets --------------------------------------------------------------------------------------

#' The text or the bytes of the request.
read_data <- function(params) {
  data <- take(params, "data", "str_or_bin")
  if (is_bin(data)) data else string_of(data)
}

#' What may be given beside the data, by name.
named_arguments <- function(params) {
  list(
    mimetype = take(params, "mimetype", "str"),
    charset = take(params, "charset", "str"),
    query = query_of(take(params, "query", "map_of_texts")),
    headers = headers_of(take(params, "headers", "map_of_str"))
  )
}

#' One string an item: a name is repeated when it came with several values, so that query$name is the first of
#' them.
query_of <- function(query) {
  values <- unlist(query, recursive = FALSE, use.names = FALSE)
  with_names(lapply(values, string_of), rep(names(query), lengths(query)))
}

#' HTTP headers: a named list of strings, asked by name in any case of letters.
headers_of <- function(headers) {
  structure(lapply(with_names(headers, names(headers)), string_of), class = "headers")
}

header <- function(headers, name) unclass(headers)[[if (is.character(name)) tolower(name) else name]]
registerS3method("[[", "headers", header, baseenv())
registerS3method("$", "headers", header, baseenv())

#' A name with NUL in it came as NA, on which comparisons fail.
with_names <- function(items, names) {
  names[is.na(names)] <- "\ufffd"
  structure(items, names = names)
}

#' A str as R's string: U+FFFD stands for NUL, as it does in columns.
string_of <- function(str) {
  if (is.character(str)) return(str)
  wire$texts(as.vector(unclass(str)), writeBin(c(0L, length(str)), raw(), endian = "little"))
}

# -- what the hook returned ----------------------------------------------------------------------------------

#' The fields of the result. Raises HOOK_RESULT_INVALID.
result_of <- function(returned) {
  if (!is_pair(returned)) return(list(data = sendable_data(returned), mimetype = NULL, charset = NULL))
  about <- returned[[2]]
  list(
    data = sendable_data(returned[[1]], "a pair whose data is "),
    mimetype = sendable_word(about, "mimetype"),
    charset = sendable_word(about, "charset")
  )
}

#' As in DRUM, the place in the list counts and not the name.
is_pair <- function(returned) is_plain_list(returned) && length(returned) == 2 && is_about(returned[[2]])

is_about <- function(value) {
  is.null(value) || (is_plain_list(value) && (length(value) == 0 || !is.null(names(value))))
}

#' Whether this is a list without a class.
is_plain_list <- function(value) is.list(value) && !is.object(value)

sendable_data <- function(data, before = "") {
  if (is.null(data)) return(NULL)
  if (is.raw(data)) return(as.vector(unclass(data))) # A class of the user's could make it a str.
  text <- utf8_of(data)
  if (is.null(text)) {
    fail(
      "HOOK_RESULT_INVALID", "score_unstructured returned %s%s, %s; %s", before, returned_kind(data), RETURNS,
      REMEDY
    )
  }
  text
}

sendable_word <- function(about, name) {
  value <- about[[name]]
  if (is.null(value)) return(NULL)
  text <- utf8_of(value)
  form <- "score_unstructured returned %s as %s, expected a string or NULL; %s"
  if (is.null(text)) fail("HOOK_RESULT_INVALID", form, returned_kind(value), name, REMEDY)
  text
}

#' The one string in UTF-8, without class and names: toJSON() gives its text a class. NULL where it is none.
utf8_of <- function(value) {
  if (!is.character(value)) return(NULL)
  text <- as.vector(unclass(value))
  if (length(text) != 1 || is.na(text)) return(NULL)
  if (Encoding(text) == "latin1") return(enc2utf8(text))
  if (!validUTF8(text)) return(NULL) # Asked first: enc2utf8() would write <xx> for what is wrong.
  Encoding(text) <- "UTF-8"
  text
}

returned_kind <- function(value) {
  if (is_plain_list(value)) return(sprintf("a list of %d items", length(value)))
  if (!is.character(value)) return(kind_of(value))
  text <- unclass(value)
  if (length(text) != 1) sprintf("%d strings", length(text))
  else if (is.na(text)) "NA"
  else "a string that is not UTF-8"
}
