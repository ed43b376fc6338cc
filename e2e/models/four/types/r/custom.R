# Makes a table of every type, and tells every cell of one: the same words in every language;
# e2e/mixed.test.ts compares them.

load_model <- function(code_dir) "types"

transform <- function(data, model) {
  data.frame(
    i = c(1, NA, -2^40),
    f = c(0.5, NA, -2),
    b = c(TRUE, NA, FALSE),
    s = c("Z\u00fcrich", NA, ""),
    d = as.Date(c("2020-02-29", NA, "1969-12-31")),
    t = as.POSIXct(c("2020-01-02 03:04:05.25", NA, "1999-12-31 00:00:00"), tz = "UTC")
  )
}

score <- function(data, model, ...) {
  cells <- lapply(names(data), function(name) {
    value <- data[[name]]
    text <- switch(name,
      i = sprintf("%.0f", as.numeric(value)),
      f = sprintf("%.2f", value),
      b = tolower(as.character(value)),
      d = format(value, "%Y-%m-%d"),
      t = format(value, "%Y-%m-%dT%H:%M:%OS3", tz = "UTC"),
      as.character(value)
    )
    paste0(name, "=", ifelse(is.na(value), "missing", text))
  })
  data.frame(answer = do.call(paste, cells))
}
