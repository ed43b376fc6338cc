# Keeps the level of messages and warnings of user code, as marks on printed lines (protocol/SPEC.md section
# 1).

#' Prints a message in place of R, which then does not.
print_message <- function(condition) {
  print_marked(condition, "i", conditionMessage(condition), "muffleMessage")
}

#' Prints a warning as R does with the option warn = 1; other values of that option are the user's.
print_warning <- function(condition) {
  if (!identical(as.numeric(getOption("warn")), 1)) return(invisible())
  call <- conditionCall(condition)
  where <- if (is.null(call)) ": " else paste0(" in ", deparse(call, nlines = 1L)[1], " : ")
  print_marked(condition, "w", paste0("Warning", where, conditionMessage(condition)), "muffleWarning")
}

#' A condition that was only signalled has no such restart, and R prints nothing of it.
print_marked <- function(condition, letter, text, restart) {
  muffle <- findRestart(restart, condition)
  if (is.null(muffle) || sink.number("message") != 2) return(invisible())
  lines <- strsplit(sub("\n$", "", text), "\n", fixed = TRUE)[[1]]
  cat(paste0("\001", letter, if (length(lines) == 0) "" else lines, "\n"), file = stderr(), sep = "")
  invokeRestart(muffle)
}
