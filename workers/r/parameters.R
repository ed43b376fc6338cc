# RuntimeParameters and UserSecrets: what the model was given from outside, for user code to ask for.

#' Puts both where the hook file and everything it sources see them, behind what user code defines itself.
offer_parameters <- function(parameters, secrets) {
  place <- offered()
  place$RuntimeParameters <- list(
    has = function(key) key %in% names(parameters),
    get = function(key) parameter_value(parameters, key)
  )
  place$UserSecrets <- list(
    has = function(key) key %in% names(secrets),
    get = function(key) secret_value(secrets, key)
  )
}

#' The environment of what the worker offers to user code.
offered <- function() {
  if (!"drumline" %in% search()) attach(NULL, name = "drumline", warn.conflicts = FALSE)
  as.environment("drumline")
}

#' Character, logical, numeric (integer where it is whole and R has one), a list with names, or NULL.
parameter_value <- function(parameters, key) {
  if (!key %in% names(parameters)) {
    stop(
      sprintf(
        'the runtime parameter "%s" is not set; define it in model-metadata.yaml, or ask has() first', key
      ),
      call. = FALSE
    )
  }
  given <- parameters[[key]]
  if ("error" %in% names(given)) stop(given[["error"]], call. = FALSE)
  narrowed(given[["value"]])
}

#' A whole number as an integer, where R has one.
narrowed <- function(value) {
  if (is.numeric(value) && value == trunc(value) && abs(value) <= .Machine$integer.max) as.integer(value)
  else value
}

#' A list with names, credential_type among them.
secret_value <- function(secrets, key) {
  if (!key %in% names(secrets)) {
    stop(sprintf('the user secret "%s" is not set; mount it, or ask has() first', key), call. = FALSE)
  }
  secrets[[key]]
}
