# Takes and returns whole messages.

Whole <- function() { # nolint: object_name_linter.
  predict_raw <- function(message) {
    if (!is.null(message$strData)) return(list(status = list(code = 202L), strData = message$strData))
    metric <- list(type = "COUNTER", key = "raw", value = 2L)
    list(data = list(ndarray = list(list(1L, "a"))), meta = list(metrics = list(metric)))
  }

  transform_input_raw <- function(message) list(jsonData = message)

  route_raw <- function(message) list(data = list(ndarray = matrix(2L)))

  aggregate_raw <- function(messages) list(jsonData = list(count = length(messages)))

  health_status_raw <- function() list(strData = "fine")

  environment()
}
