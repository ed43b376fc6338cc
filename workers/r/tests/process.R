# A real worker process, started the way the supervisor starts it, over pipes and with a deadline.

#' The start of hook files that score without an artifact.
LOAD <- "load_model <- function(code_dir) 1\n"

LAUNCHER <- 'mkfifo "$1/in" "$1/out"
(place=$1; shift
timeout 60 "$@" 3<"$place/in" 4>"$place/out" </dev/null >"$place/log" 2>&1; echo $? >"$place/status") &'

#' An environment that the functions below take; `progress` is what the worker told of it. `script` stands for
#' the worker's main.R.
start_worker <- function(..., most = 2^20, script = file.path(WORKER, "main.R")) {
  place <- tempfile("worker")
  dir.create(place)
  set <- c(
    sprintf("DRUM_MAX_FRAME=%.0f", most), "DRUM_PROTOCOL_IN=3", "DRUM_PROTOCOL_OUT=4",
    sprintf("DRUM_R_PURE=%d", !IS_NATIVE), ...
  )
  rscript <- file.path(R.home("bin"), "Rscript")
  system2(
    "sh", c("-c", shQuote(LAUNCHER), "sh", place, "env", set, rscript, "--default-packages=NULL", script)
  )
  process <- new.env()
  process$place <- place
  process$input <- file(file.path(place, "in"), "wb", raw = TRUE)
  process$output <- file(file.path(place, "out"), "rb", raw = TRUE)
  process$id <- 0
  process$progress <- list()
  process
}

send_bytes <- function(process, bytes) {
  writeBin(bytes, process$input)
  flush(process$input)
}

frame_of <- function(value) {
  body <- worker$encode(value)
  c(writeBin(length(body), raw(), endian = "little"), body)
}

send <- function(process, ...) send_bytes(process, unlist(lapply(list(...), frame_of)))

#' The next message; NULL at the end.
receive <- function(process) {
  head <- readBin(process$output, "raw", 4)
  if (length(head) == 0) return(NULL)
  size <- readBin(head, "integer", endian = "little")
  body <- readBin(process$output, "raw", size)
  if (length(body) < size) {
    stop("a frame of ", size, " bytes broke off after ", length(body), ": ", log_of(process))
  }
  worker$decode(body)
}

#' list(error, result) of one request; of what else comes before it, the progress is kept.
call_worker <- function(process, method, params = worker$as_map(list())) {
  process$id <- process$id + 1
  send(process, list(0, process$id, method, params))
  repeat {
    message <- receive(process)
    if (is.null(message)) stop("no answer to ", method, ": ", log_of(process))
    if (message[[1]] == 1) break
    if (message[[2]] == "progress") process$progress <- c(process$progress, message[3])
  }
  if (message[[2]] != process$id) {
    stop("expected the response to ", process$id, ", got that to ", message[[2]])
  }
  list(error = message[[3]], result = message[[4]])
}

log_of <- function(process) {
  paste(readLines(file.path(process$place, "log"), warn = FALSE, skipNul = TRUE), collapse = "\n")
}

#' Ends the input; the exit status.
finish <- function(process) {
  close(process$input)
  on.exit(close(process$output))
  wait(process)
}

wait <- function(process) {
  file <- file.path(process$place, "status")
  until <- Sys.time() + 60
  while (Sys.time() < until && (!file.exists(file) || file.size(file) == 0)) Sys.sleep(0.01)
  as.integer(readLines(file))
}

#' A load request's params for a folder of the user's files: list(custom.R = "text") or objects to save as
#' artifacts.
code_folder <- function(files) {
  folder <- normalizePath(tempfile("model"), mustWork = FALSE)
  dir.create(folder)
  for (name in names(files)) {
    path <- file.path(folder, name)
    if (is.character(files[[name]])) writeLines(files[[name]], path) else saveRDS(files[[name]], path)
  }
  folder
}

load_params <- function(files, target_type = "regression", ...) {
  folder <- code_folder(files)
  hook_file <- list.files(folder, "^custom[.][Rr]$", full.names = TRUE)
  params <- list(
    code_directory = folder,
    hook_file = if (length(hook_file) > 0) hook_file,
    artifacts = as.list(list.files(folder, "[.]rds$", full.names = TRUE, ignore.case = TRUE)),
    target_type = target_type, positive_class_label = NULL, negative_class_label = NULL, class_labels = NULL
  )
  more <- list(...)
  params[names(more)] <- more
  params
}

csv_payload <- function(text, ...) {
  list(payload = list(kind = "bytes", data = charToRaw(enc2utf8(text)), mimetype = NULL, charset = NULL, ...))
}

#' Runs `check` with a worker that has loaded these files, and the answer to the load.
with_model <- function(files, check, ..., variables = character()) {
  process <- do.call(start_worker, as.list(variables))
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  loaded <- call_worker(process, "load", load_params(files, ...))
  if (!is.null(loaded$error)) stop(loaded$error$code, ": ", loaded$error$message)
  check(process, loaded)
}

#' The columns of predictions as R vectors by name.
columns_of <- function(table) {
  frame <- worker$table_to_frame(table)
  structure(as.list(frame), names = names(frame))
}

predict_csv <- function(process, text) {
  answer <- call_worker(process, "predict", csv_payload(text))
  if (!is.null(answer$error)) stop(answer$error$code, ": ", answer$error$message)
  columns_of(answer$result$predictions)
}

# -- unstructured models -------------------------------------------------------------------------------------

#' A hook file whose score_unstructured is `hook`, after a load_model.
unstructured <- function(hook) list(custom.R = paste0(LOAD, "score_unstructured <- ", hook))

with_hook <- function(hook, check, ...) {
  with_model(unstructured(hook), function(process, loaded) check(process), target_type = "unstructured", ...)
}

#' The params of a request; what is named in `...` replaces what is here.
unstructured_request <- function(data = "", ...) {
  modifyList(
    list(
      data = data, mimetype = "text/plain", charset = "utf8", query = worker$as_map(list()),
      headers = worker$as_map(list())
    ),
    list(...)
  )
}

ask_unstructured <- function(process, ...) {
  call_worker(process, "score_unstructured", unstructured_request(...))
}

#' The data of a result; the test fails where there is an error.
said_unstructured <- function(process, ...) {
  answer <- ask_unstructured(process, ...)
  if (!is.null(answer$error)) stop(answer$error$code, ": ", answer$error$message)
  answer$result$data
}
