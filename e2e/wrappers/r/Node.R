# Has every method; `scale` is a parameter. A reference class.

FIELDS <- c("scale", "label", "is_loaded")

Node <- setRefClass("Node", fields = FIELDS, methods = list( # nolint: object_name_linter.
  initialize = function(scale = 1L, label = "none", ...) {
    initFields(scale = scale, label = label, is_loaded = FALSE, ...)
  },
  load = function() is_loaded <<- TRUE,
  predict = function(X, names, meta = NULL) {
    if (is.list(X)) list(got = X, names = names, meta = meta, loaded = is_loaded, label = label)
    else if (is.numeric(X)) X * scale
    else X
  },
  class_names = function() c("low", "high"),
  transform_input = function(X, names, meta = NULL) X + 1L,
  transform_output = function(X, names, meta = NULL) list(list("a", 1L)),
  route = function(X, names, meta = NULL) if (is.character(X)) -1L else X[1],
  aggregate = function(X, names, metas = NULL) (X[[1]] + X[[2]]) / 2,
  send_feedback = function(X, names, reward, truth, routing = NULL) {
    c(reward, if (is.null(routing)) -5 else routing)
  },
  health_status = function() list(state = "well"),
  init_metadata = function() list(name = "node", versions = list("1"), custom = list(author = "a")),
  tags = function() list(from = "node", count = 1L),
  metrics = function() {
    list(
      list(type = "COUNTER", key = "asked", value = 1L),
      list(type = "GAUGE", key = "level", value = 2.5, tags = list(part = "a")),
      list(type = "TIMER", key = "took", value = 20L)
    )
  }
))
