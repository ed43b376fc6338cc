# Fails in the way that the text of the message names.

Faulty <- function() { # nolint: object_name_linter.
  has_bad <- FALSE
  told <- ""

  predict <- function(X, names, meta = NULL) {
    told <<- X
    switch(X,
      own = stop(SeldonMicroserviceException("mine", status_code = 418, reason = "TEAPOT")),
      plain = stop(SeldonMicroserviceException("plain")),
      other = stop("no luck"),
      nothing = NULL,
      number = 3,
      unwritable = list(x = sum),
      ragged = list(list(1L), list(1L, 2L)),
      X
    )
  }

  route <- function(X, names) switch(X, decimal = 1.5, text = "1", 0L)

  metrics <- function() {
    switch(told,
      "number of metrics" = 3,
      "metric without a list" = list(type = "COUNTER", key = "k", value = 1L),
      if (has_bad) list(list(type = "NOPE", key = "k", value = 1L))
    )
  }

  aggregate <- function(X, names) {
    has_bad <<- TRUE
    X[[1]]
  }

  environment()
}
