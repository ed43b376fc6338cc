# Answers with tags and metrics of the call, which come after those of the class.

Responding <- function() { # nolint: object_name_linter.
  counter <- function(key, value) list(type = "COUNTER", key = key, value = value)

  predict <- function(X, names, meta = NULL) {
    SeldonResponse(X, tags = list(from = "call", call = 1L), metrics = list(counter("asked", 2L)))
  }

  route <- function(X, names, meta = NULL) SeldonResponse(1L, tags = list(routed = TRUE))

  aggregate <- function(X, names, metas = NULL) SeldonResponse(X[[1]], tags = list(joined = length(X)))

  send_feedback <- function(X, names, reward, truth, routing = NULL) {
    SeldonResponse(matrix(1L), tags = list(fed = TRUE), metrics = list(counter("fed", 1L)))
  }

  health_status <- function() stop(SeldonNotImplementedError("health_status is not implemented"))

  tags <- function() list(from = "class", class = 1L)

  metrics <- function() list(counter("asked", 1L))

  environment()
}
