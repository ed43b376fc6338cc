# Runs all tests with the C object and again in base R: one line a failing test, and `N passed, M failed` as
# the last line. Arguments, if any, are parts of names of test files to run.

HERE <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])))
WORKER <- dirname(HERE)
VECTORS <- file.path(WORKER, "..", "..", "protocol", "vectors")
options(warn = 1, digits = 17)

#' The worker's sources in the order in which main.R names them: of two functions of one name the later one
#' counts there, too.
sources <- function() {
  main <- readLines(file.path(WORKER, "main.R"))
  named <- regmatches(main, gregexpr('(?<=")[a-z_]+[.]R(?=")', main, perl = TRUE))
  unlist(named)
}

read_worker <- function(is_native) {
  worker <- new.env(parent = baseenv())
  worker$HERE <- WORKER
  for (file in sources()) sys.source(file.path(WORKER, file), worker)
  worker$wire <- worker$choose_wire(WORKER, is_native)
  if (is_native != worker$wire$is_native) {
    stop("the C object could not be built: is there a C compiler, and R's headers?")
  }
  worker
}

passed <- 0
failed <- 0

test <- function(name, code) {
  error <- tryCatch({
    force(code)
    NULL
  }, error = identity)
  if (is.null(error)) {
    passed <<- passed + 1
    return(invisible())
  }
  failed <<- failed + 1
  build <- if (IS_NATIVE) "with the C object" else "in base R"
  cat(sprintf("FAILED %s (%s): %s\n", name, build, paste(conditionMessage(error), collapse = " ")))
}

expect <- function(is_so, ...) if (!isTRUE(is_so)) stop(..., call. = FALSE)

expect_same <- function(got, wanted, what = deparse1(substitute(got))) {
  if (!identical(got, wanted)) {
    stop(
      what, ": expected ", substr(deparse1(wanted), 1, 600), ", got ", substr(deparse1(got), 1, 600),
      call. = FALSE
    )
  }
}

expect_in <- function(part, text) {
  expect(grepl(part, text, fixed = TRUE, useBytes = TRUE), "expected ", dQuote(part), " in ", dQuote(text))
}

expect_code <- function(code, expression) {
  got <- tryCatch({
    force(expression)
    "ok"
  }, worker_error = function(error) error$code)
  expect(got == code, "expected ", code, ", got ", got)
}

files <- list.files(HERE, "^test_.*[.]R$", full.names = TRUE)
wanted <- commandArgs(trailingOnly = TRUE)
if (length(wanted) > 0) files <- files[grepl(paste(wanted, collapse = "|"), basename(files))]
for (IS_NATIVE in c(TRUE, FALSE)) {
  worker <- read_worker(IS_NATIVE)
  for (file in c(file.path(HERE, c("process.R", "vectors.R")), files)) source(file, keep.source = FALSE)
}
cat(sprintf("%d passed, %d failed\n", passed, failed))
quit("no", if (failed > 0) 1 else 0)
