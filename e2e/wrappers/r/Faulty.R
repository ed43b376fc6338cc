# Fails in the way that the text of the message names.

Faulty <- function() { # nolint: object_name_linter.
  has_bad <- FALSE

  predict <- function(X, names, meta = NULL) {
    switch(X,
      own = stop(SeldonMicroserviceException("mine", status_code = 418, reason = "TEAPOT")),
      plain = stop(SeldonMicroserviceException("plain")),
      other = stop("no luck"),
      nothing = NULL,
      number = 3,
      X
    )
  }

  route <- function(X, names) switch(X, decimal = 1.5, text = "1", 0L)

  metrics <- function() if (has_bad) list(list(type = "NOPE", key = "k", value = 1L))

  aggregate <- function(X, names) {
    has_bad <<- TRUE
    X[[1]]
  }

  environment()
}
