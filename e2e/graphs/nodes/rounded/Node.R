# Rounds what the children answered.

Node <- function() { # nolint: object_name_linter.
  list(transform_output = function(X, names, meta = NULL) round(X))
}
