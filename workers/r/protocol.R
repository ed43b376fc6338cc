# Errors, messages and the loop that answers them, in the order of protocol/SPEC.md.

VERSION <- 1
WORKER_VERSION <- "0.1.0"
MOST_ID <- 2^32 - 1
UNREADABLE_STREAM <- 65L # exit status (section 9)

#' An error in the codes and words of section 9. `traceback` is the user's own, as text.
worker_error <- function(code, message, traceback = NULL, http_status = NULL, request_id = 0) {
  fields <- list(
    message = message, call = NULL, code = code, traceback = traceback, http_status = http_status,
    request_id = request_id
  )
  structure(fields, class = c("worker_error", "error", "condition"))
}

#' Raises a worker_error; `form` and what follows are those of sprintf.
fail <- function(code, form, ...) stop(worker_error(code, if (...length()) sprintf(form, ...) else form))

#' A worker_error as the map of section 4.
error_to_wire <- function(error) {
  list(
    code = error$code,
    message = sendable(error$message),
    traceback = if (!is.null(error$traceback)) sendable(error$traceback),
    http_status = error$http_status
  )
}

#' `text` in UTF-8. Bytes that are none, in the user's words or columns, are written as <xx>.
sendable <- function(text) {
  if ("bytes" %in% Encoding(text)) Encoding(text)[Encoding(text) == "bytes"] <- "unknown"
  text <- enc2utf8(text)
  is_bad <- !is.na(text) & !validUTF8(text)
  if (any(is_bad)) text[is_bad] <- iconv(text[is_bad], "UTF-8", "UTF-8", sub = "byte")
  text
}

# -- section 4: messages -------------------------------------------------------------------------------------

#' list(id, method, params) of a request or, with the id 0, of a notification.
read_request <- function(message) {
  if (!is_array(message) || length(message) == 0) {
    fail("MESSAGE_INVALID", "a message must be an array of 3 or 4 items, got %s", described(message))
  }
  kind <- message[[1]]
  if (is_int(kind) && kind == 2 && length(message) == 3) {
    check_call(message[[2]], message[[3]], 0)
    return(list(id = 0, method = message[[2]], params = message[[3]]))
  }
  if (!is_int(kind) || kind != 0 || length(message) != 4) {
    form <- paste0(
      "expected a request [0, id, method, params] or a notification [2, method, params], ",
      "got %d items, the first %s"
    )
    fail("MESSAGE_INVALID", form, length(message), described(kind))
  }
  id <- message[[2]]
  if (!is_int(id) || id < 1 || id > MOST_ID) {
    fail("MESSAGE_INVALID", "the id must be an int from 1 to 2^32 - 1, got %s", described(id))
  }
  check_call(message[[3]], message[[4]], id)
  list(id = id, method = message[[3]], params = message[[4]])
}

check_call <- function(method, params, id) {
  if (is_str(method) && is_map(params)) return(invisible())
  words <- sprintf(
    "the method must be a str and params a map, got %s and %s", described(method), described(params)
  )
  stop(worker_error("MESSAGE_INVALID", words, request_id = id))
}

#' What a decoded value is: array, map, str, bin or int.
is_array <- function(value) is.list(value) && is.null(names(value))
is_map <- function(value) is.list(value) && !is.null(names(value))
is_str <- function(value) is.character(value) || inherits(value, "text")
is_bin <- function(value) is.raw(value) && !inherits(value, "text")
is_int <- function(value) is.double(value) && is.finite(value) && value == floor(value)

#' A decoded value in words, for errors.
described <- function(value) {
  if (is.null(value)) "nil"
  else if (is.character(value)) dQuote(substr(value, 1, 80), FALSE)
  else if (is.double(value) || is.logical(value)) format(value, digits = 15)
  else if (is.list(value)) if (is_map(value)) "a map" else "an array"
  else if (is_str(value)) "a str with a NUL in it"
  else "a bin"
}

# -- section 6: fields of params -----------------------------------------------------------------------------

FIELD_CHECKS <- list(
  str = is.character,
  bin = is_bin,
  map = is_map,
  bool = is.logical,
  texts = function(value) is_array(value) && all(vapply(value, is.character, NA)),
  # What users send may hold NUL.
  str_or_bin = function(value) is_str(value) || is_bin(value),
  map_of_str = function(value) is_map(value) && all(vapply(value, is_str, NA)),
  map_of_texts = function(value) {
    is_map(value) && all(vapply(value, function(texts) is_array(texts) && all(vapply(texts, is_str, NA)), NA))
  }
)
FIELD_NAMES <- c(
  str = "a str", bin = "a bin", map = "a map", bool = "a bool", texts = "an array of str",
  str_or_bin = "a str or a bin",
  map_of_str = "a map of str to str", map_of_texts = "a map of str to arrays of str"
)

#' The field `name` of a map, of the kind that FIELD_CHECKS has; NULL when it is absent or nil and `optional`.
#' Raises PARAMS_INVALID.
take <- function(params, name, kind, optional = FALSE) {
  value <- params[[name]]
  if (is.null(value) && optional) return(NULL)
  if (!FIELD_CHECKS[[kind]](value)) {
    expected <- paste0(FIELD_NAMES[[kind]], if (optional) " or nil")
    fail("PARAMS_INVALID", "the field %s must be %s, got %s", name, expected, described(value))
  }
  if (kind == "texts") as.character(unlist(value)) else value
}

# -- section 6: methods --------------------------------------------------------------------------------------

#' The methods by name, which the files that own them put here: params and what notifications_of() gives in,
#' result out.
methods <- new.env(parent = emptyenv())

#' An empty map.
methods$ping <- function(params, notify) as_map(list())

# -- the loop ------------------------------------------------------------------------------------------------

# Of requests that were read while another ran: `ahead` has their messages, as receive_message() gives them,
# `cancelled` the ids of those that nobody waits for any more, the one that runs among them.
inbox <- new.env(parent = emptyenv())
inbox$ahead <- list()
inbox$cancelled <- numeric()
inbox$has_ended <- FALSE

#' Answers every request once, in order, until the end of input or until nobody listens. Returns the exit
#' status.
serve <- function(wire, methods, most) {
  repeat {
    message <- next_message(wire, most)
    if (is.null(message)) return(0L)
    is_heard <-
      if (is_fault(message)) respond(wire, most, message$request_id, message, NULL)
      # What a notification could concern was answered before it.
      else message$id == 0 || answer(wire, most, message, methods)
    if (!is_heard) return(0L)
    if (is_end(message)) return(UNREADABLE_STREAM)
  }
}

next_message <- function(wire, most) {
  if (length(inbox$ahead) > 0) {
    message <- inbox$ahead[[1]]
    inbox$ahead <- inbox$ahead[-1]
    return(message)
  }
  inbox$cancelled <- numeric()
  receive_message(wire, most)
}

#' A request or notification as read_request() gives it, a worker_error for what is none, NULL at the end of
#' input.
receive_message <- function(wire, most) {
  message <- wire$receive(most)
  if (is.null(message)) NULL
  else if (inherits(message, "fault")) worker_error(message[[1]], message[[2]])
  else tryCatch(read_request(message[[1]]), worker_error = identity)
}

is_fault <- function(message) inherits(message, "worker_error")

#' Whether nothing can be read after it.
is_end <- function(message) is.null(message) || (is_fault(message) && startsWith(message$code, "FRAME_"))

#' Reads what has come while a request runs: it may be that nobody waits for its result any more.
look_ahead <- function(wire, most) {
  while (!inbox$has_ended && wire$has_come()) {
    message <- receive_message(wire, most)
    inbox$has_ended <- is_end(message)
    if (is.null(message) || is_fault(message) || message$id != 0) inbox$ahead <- c(inbox$ahead, list(message))
    else if (message$method == "cancel") inbox$cancelled <- c(inbox$cancelled, message$params[["id"]])
  }
}

cancelled <- function() worker_error("CANCELLED", "nobody waits for the result any more")

answer <- function(wire, most, request, methods) {
  id <- request$id
  outcome <- tryCatch(
    list(run(request, methods, notifications_of(wire, most, id))),
    worker_error = identity,
    error = function(error) {
      words <- sprintf("a fault of the worker itself: %s; please report it", words_of(error))
      worker_error("INTERNAL", words, paste(deparse(conditionCall(error), nlines = 5L), collapse = "\n"))
    }
  )
  if (is_fault(outcome)) respond(wire, most, id, outcome, NULL)
  else respond(wire, most, id, NULL, outcome[[1]])
}

run <- function(request, methods, notify) {
  name <- request$method
  method <- if (is.character(name) && nzchar(name)) methods[[name]]
  if (is.null(method)) {
    form <- "%s is no method of this worker; it has %s"
    fail("METHOD_UNKNOWN", form, described(name), paste(sort(names(methods)), collapse = ", "))
  }
  if (request$id %in% inbox$cancelled) stop(cancelled())
  on.exit(wire$flush()) # What native code printed belongs to this request.
  method(request$params, notify)
}

#' What a request may send before its response: `progress(text, done, total)` tells how far it is, `done` of
#' `total` steps, and what comes now in words; `chunk(data)` sends a piece of its result, and raises CANCELLED
#' when nobody waits for it any more; `report(kind, data)` sends statistics of the user's.
notifications_of <- function(wire, most, id) {
  send <- function(method, params) {
    body <- wire$encode(list(2, method, params))
    if (length(body) > most) {
      fail(
        "FRAME_TOO_LARGE", "a %s has %.0f bytes, a frame may have %.0f; give smaller ones", method,
        length(body), most
      )
    }
    wire$write(body)
  }
  list(
    progress = function(text, done = 0, total = NULL) {
      send("progress", list(id = id, done = done, total = total, text = sendable(text)))
    },
    chunk = function(data) {
      look_ahead(wire, most)
      if (inbox$has_ended || id %in% inbox$cancelled) stop(cancelled())
      if (!send("chunk", list(id = id, data = data))) stop(cancelled())
    },
    report = function(kind, data) invisible(send("report", list(kind = kind, data = data)))
  )
}

#' FALSE when nobody is left to listen.
respond <- function(wire, most, id, error, result) {
  body <- wire$encode(list(1, id, if (!is.null(error)) error_to_wire(error), result))
  if (length(body) > most) {
    # A result that is too large, or else words that are: shorter ones fit.
    words <- sprintf("the result has %.0f bytes, a frame may have %.0f; return less", length(body), most)
    shorter <-
      if (is.null(error)) worker_error("FRAME_TOO_LARGE", words)
      else worker_error(error$code, substr(error$message, 1, 200))
    body <- wire$encode(list(1, id, error_to_wire(shorter), NULL))
  }
  wire$write(body)
}

#' The params of `hello`.
hello <- function(methods) {
  list(
    protocol = VERSION,
    language = "r",
    language_version = paste(R.version$major, R.version$minor, sep = "."),
    worker_version = WORKER_VERSION,
    executable = file.path(R.home("bin"), "Rscript"),
    capabilities = list(
      methods = as.list(methods), payloads = list("bytes", "file", "table"), concurrency = 1
    )
  )
}
