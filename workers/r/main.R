# Owns the descriptors, says hello, and answers requests until the end of input (protocol/SPEC.md sections 1,
# 4 and 5). The worker lives in an environment of its own, which user code neither sees nor changes.

local({
  METHODS <- c(
    "ping", "load", "predict", "transform", "post_process", "score_unstructured", "chat", "models", "fit",
    "call", "serve"
  )
  PACKAGES <- c("methods", "datasets", "utils", "grDevices", "graphics", "stats")
  FIRST_FILES <- c("protocol.R", "frames.R", "native_object.R", "base_frames.R", "msgpack_subset.R")
  OTHER_FILES <- c(
    "tracebacks.R", "logs.R", "packages.R", "hooks.R", "labels.R", "payloads.R", "csv.R", "matrix_market.R",
    "from_wire.R", "to_wire.R", "json_cells.R", "artifacts.R", "signature.R", "model_columns.R",
    "parameters.R", "model.R", "unstructured.R", "chat.R", "mlops.R", "fitting.R", "json_reader.R",
    "json_writer.R", "bin_data.R", "seldon.R", "component_messages.R", "feedback.R", "component.R",
    "component_answers.R"
  )
  USAGE <- "this is the R worker of drum, which drum starts itself: run `drum score` or `drum server`
expected the variables DRUM_PROTOCOL_IN, DRUM_PROTOCOL_OUT (inherited descriptors) and DRUM_MAX_FRAME (bytes)"
  HERE <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])))
  worker <- environment()

  #' The two descriptors and the largest frame, taken out of the environment that user code's children get.
  read_variables <- function() {
    names <- c("DRUM_PROTOCOL_IN", "DRUM_PROTOCOL_OUT", "DRUM_MAX_FRAME")
    values <- suppressWarnings(as.numeric(Sys.getenv(names)))
    if (anyNA(values)) {
      message(USAGE)
      quit("no", 64)
    }
    Sys.unsetenv(c(names, "R_DEFAULT_PACKAGES"))
    values
  }

  #' Strings are UTF-8 whatever the locale was; warnings go to the log as they happen; errors of user code
  #' have their lines.
  set_options <- function() {
    for (locale in c("C.UTF-8", "en_US.UTF-8")) {
      if (!l10n_info()[["UTF-8"]]) suppressWarnings(Sys.setlocale("LC_CTYPE", locale))
    }
    options(warn = 1, keep.source = TRUE, error = function() leave_user_code())
  }

  #' The zone of this machine by its name. Without TZ, R asks timedatectl for it, which fails with a warning
  #' where no systemd runs.
  local_zone <- function() {
    link <- suppressWarnings(Sys.readlink("/etc/localtime"))
    name <- sub("^.*/zoneinfo/", "", link)
    if (name != link) return(name)
    if (file.exists("/etc/timezone")) return(readLines("/etc/timezone", 1))
    if (file.exists("/etc/localtime")) ":/etc/localtime" else "UTC"
  }

  read_sources <- function(files) {
    for (file in files) sys.source(file.path(HERE, file), worker)
  }

  #' What an R session attaches by default; the worker starts without it, so that hello comes sooner.
  attach_packages <- function() {
    for (name in PACKAGES) library(name, character.only = TRUE, warn.conflicts = FALSE)
  }

  main <- function() {
    variables <- read_variables()
    set_options()
    read_sources(FIRST_FILES)
    worker$wire <- open_wire(HERE, variables[1], variables[2])
    wire$write(wire$encode(list(2, "hello", hello(METHODS))))
    if (!nzchar(Sys.getenv("TZ"))) Sys.setenv(TZ = local_zone())
    attach_packages()
    read_sources(OTHER_FILES)
    status <- tryCatch(serve(wire, methods, variables[3]), interrupt = function(signal) 130L)
    wire$close()
    quit("no", status)
  }

  main()
}, new.env(parent = baseenv()))
