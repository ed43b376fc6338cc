# Runs user code, and tells of its errors: the words, and the user's own calls with their lines.

MOST_CALLS <- 16

user_code <- new.env(parent = emptyenv())
user_code$leave <- NULL # while user code runs, the way out of it

#' list(value) of `call` in `environment`, or list(error, trace) when it raised or was interrupted.
try_user_code <- function(call, environment) {
  base <- sys.nframe()
  trace <- NULL
  note <- function(error) trace <<- trace_of(error, sys.calls(), base, sys.nframe())
  failed <- function(error) list(error = error, trace = trace)
  on.exit(user_code$leave <- NULL)
  callCC(function(leave) {
    user_code$leave <- leave
    tryCatch(
      withCallingHandlers(
        list(value = eval(call, environment)),
        error = note, CustomHTTPError = note, message = print_message, warning = print_warning
      ),
      error = failed,
      CustomHTTPError = failed,
      interrupt = failed
    )
  })
}

#' The option `error` that main.R sets: conditions given to stop() that are no errors reach no handler, and R
#' would end the process.
leave_user_code <- function() {
  if (is.null(user_code$leave)) quit("no", 1)
  user_code$leave(list(error = simpleError(sub("^Error[^:]*: ", "", trimws(geterrmessage())))))
}

#' e.g. `simpleError: no such column`.
words_of <- function(error) {
  if (inherits(error, "interrupt")) return("interrupt: the worker was sent a SIGINT")
  paste0(class(error)[1], ": ", text_of(error))
}

#' The message of a condition, also when its conditionMessage() fails or it has none.
text_of <- function(error) {
  text <- tryCatch(conditionMessage(error), error = function(another) NULL)
  if (is.character(text) && length(text) > 0) trimws(paste(text, collapse = "\n")) else "(no message)"
}

#' The calls as R's traceback() writes them, the oldest first, without the worker's own and without the middle
#' of a long list.
#'
#' `base` is the frame of try_user_code, `handler` that of the handler that asks.
trace_of <- function(error, calls, base, handler) {
  # Frame `handler` is reached through .handleSimpleError() where the error comes from C; the location of what
  # comes after the last call of the user's is the line that raised.
  last <- handler - 1
  if (last > 0 && identical(calls[[last]][[1]], quote(.handleSimpleError))) last <- last - 1
  is_eval <- vapply(calls, function(call) identical(call[[1]], quote(eval)), NA)
  first <- which(is_eval & seq_along(calls) > base)[1] + 2
  lines <- if (first <= last) vapply(calls[first:last], line_of, "") else character()
  where <- place_of(calls[[last + 1]])
  if (length(lines) > 0 && nzchar(where) && !endsWith(lines[length(lines)], where)) {
    lines <- c(lines, paste0("(the error)", where))
  }
  if (length(lines) > 0) lines <- paste0(seq_along(lines), ": ", lines)
  if (length(lines) > MOST_CALLS) {
    half <- MOST_CALLS / 2
    gap <- sprintf("... %d more calls ...", length(lines) - MOST_CALLS)
    lines <- c(lines[seq_len(half)], gap, lines[length(lines) - (half - 1):0])
  }
  paste(c(lines, words_of(error)), collapse = "\n")
}

line_of <- function(call) {
  text <- deparse(call, width.cutoff = 100L, nlines = 1L)[1]
  if (nchar(text, "bytes") > 200) text <- paste(substr(text, 1, 200), "...")
  paste0(text, place_of(call))
}

#' ` at custom.R#12`, where a call was made; empty where that is not known.
place_of <- function(call) {
  reference <- attr(call, "srcref")
  if (is.null(reference)) return("")
  sprintf(" at %s#%d", basename(attr(reference, "srcfile")$filename), reference[1])
}
