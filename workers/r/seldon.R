# What methods of wrapper classes find without a package: SeldonResponse and the errors.

#' Puts them where the class sees them, behind what user code defines itself.
offer_seldon <- function() list2env(SELDON, offered())

SELDON <- list(
  # What a method returns, with tags and metrics of this call.
  SeldonResponse = function(data, tags = list(), metrics = list()) {
    structure(list(data = data, tags = tags, metrics = metrics), class = "SeldonResponse")
  },
  # For stop(): an error with the HTTP status that it is answered with, and a word for programs.
  SeldonMicroserviceException = function(message, status_code = 400, reason = "MICROSERVICE_BAD_DATA") {
    structure(
      list(message = message, call = NULL, status_code = status_code, reason = reason),
      class = c("SeldonMicroserviceException", "error", "condition")
    )
  },
  # For stop(), in a method that counts as absent.
  SeldonNotImplementedError = function(message = "not implemented") {
    structure(
      list(message = message, call = NULL), class = c("SeldonNotImplementedError", "error", "condition")
    )
  }
)
