# The answers of a wrapper class: which method gets what of a message, and what goes around the result.

#' list(status, body). Leaves the metrics of this node in `call$metrics`.
answer_message <- function(component, name, message, call) {
  raw <- raw_answer(component, name, message)
  if (!is_absence(raw)) {
    if (is_map(raw)) call$metrics <- lapply(raw[["meta"]][["metrics"]], metric_to_wire)
    return(list(status = if (name == "predict") status_in(raw) else 200L, body = raw))
  }
  body <- switch(name,
    route = answer_route(component, message, call),
    aggregate = answer_aggregate(component, message, call),
    send_feedback = answer_feedback(component, message, call),
    health_status = answer_health(component, call),
    answer_data(component, name, message, call)
  )
  list(status = 200L, body = body)
}

#' What the method for whole messages returns, or an absence.
raw_answer <- function(component, name, message) {
  positional <- if (name == "health_status") list() else list(message = message)
  for (ending in c("_rest", "_raw")) {
    returned <- ask_method(component, paste0(name, ending), positional)
    if (!is_absence(returned)) break
  }
  returned
}

#' The HTTP status that a whole answer asks for.
status_in <- function(answer) {
  status <- if (is_map(answer) && is_map(answer[["status"]])) answer[["status"]][["code"]]
  if (is_number(status)) as.integer(status) else 200L
}

answer_data <- function(component, name, message, call) {
  payload <- payload_of(message)
  returned <- ask_with(component, name, payload)
  if (is_absence(returned)) returned <- if (name == "predict") list() else payload$value
  told_answer(component, name, result_in(returned), payload$form, payload$meta, call)
}

ask_with <- function(component, name, payload) {
  ask_method(component, name, list(X = payload$value, names = payload$names), list(meta = payload$meta))
}

answer_route <- function(component, message, call) {
  payload <- payload_of(message)
  returned <- required_answer(ask_with(component, "route", payload), "Route not defined")
  result <- result_in(returned)
  child <- if (is_number(result$data)) narrowed(result$data)
  if (!is.integer(child)) {
    refuse_message(paste("Routing response must be int but got", in_words(result$data)))
  }
  result$data <- matrix(child)
  told_answer(component, "route", result, payload$form, payload$meta[names(payload$meta) == "puid"], call)
}

in_words <- function(value) {
  if (is.atomic(value) && length(value) == 1) as.character(value) else kind_of(value)
}

#' Raises a refusal for an absence.
required_answer <- function(returned, words) {
  if (is_absence(returned)) refuse_message(if (is.null(returned$words)) words else returned$words)
  returned
}

answer_aggregate <- function(component, messages, call) {
  items <- if (is_map(messages)) messages[["seldonMessages"]] else messages
  if (!is_array(items)) {
    refuse_message(paste("Invalid request data type:", json_printed(messages)))
  }
  payloads <- lapply(items, payload_of)
  metas <- Filter(Negate(is.null), lapply(payloads, `[[`, "meta"))
  positional <- list(Xs = lapply(payloads, `[[`, "value"), names = lapply(payloads, `[[`, "names"))
  returned <- ask_method(component, "aggregate", positional, list(meta = metas))
  result <- result_in(required_answer(returned, "Aggregate not defined"))
  told_answer(component, "aggregate", result, payloads[[1]]$form, merged_metas(metas), call)
}

answer_feedback <- function(component, message, call) {
  feedback <- feedback_of(message)
  returned <- ask_method(
    component, "send_feedback", feedback[c("features", "names", "reward", "truth")],
    list(routing = if (!is.null(component$unit)) feedback$routing[[component$unit]])
  )
  result <- if (is_absence(returned)) result_in(list()) else result_in(returned)
  if (is.null(result$data)) result$data <- list()
  as_proto(told_answer(component, "send_feedback", result, feedback$form, feedback$meta, call))
}

answer_health <- function(component, call) {
  returned <- ask_method(component, "health_status")
  if (is_absence(returned)) {
    returned <- if (is.null(returned$words)) "healthy" else "not implemented - assuming healthy"
  }
  told_answer(component, "health_status", result_in(returned), NULL, NULL, call)
}

# -- around the result ---------------------------------------------------------------------------------------

#' What a method returned, with the tags and metrics of a SeldonResponse.
result_in <- function(returned) {
  if (!inherits(returned, "SeldonResponse")) returned <- list(data = returned, tags = NULL, metrics = NULL)
  list(data = returned$data, tags = tags_in(returned$tags), metrics = checked_metrics(returned$metrics))
}

#' The whole answer: the result packed, with tags and metrics of the request, the class and the result.
told_answer <- function(component, name, result, form, meta, call) {
  tags <- updated(updated(meta[["tags"]], tags_in(own_of(component, "tags"))), result$tags)
  own <- c(checked_metrics(own_of(component, "metrics")), result$metrics)
  own <- lapply(own, with_method, MESSAGE_METHODS[[name]])
  call$metrics <- lapply(own, metric_to_wire)
  listed <- c(meta[["metrics"]], if (component$tells_metrics) own)
  path <- if (!is.null(component$unit)) {
    unit <- structure(list(component$image), names = component$unit)
    updated(unit, meta[["requestPath"]])
  }
  told <- list(
    puid = meta[["puid"]], tags = if (length(tags) > 0) tags,
    metrics = if (length(listed) > 0) listed, requestPath = path
  )
  told <- as_map(Filter(Negate(is.null), told))
  c(list(meta = told), packed(result$data, form, function() class_names_of(component)))
}

#' The list with those of another in it, by name.
updated <- function(items, more) {
  items <- as.list(items)
  items[names(more)] <- more
  items
}

#' Raises an error for what has no names.
tags_in <- function(tags) {
  if (length(tags) > 0 && is.null(names(tags))) {
    stop(sprintf("tags must be a named list, got %s; return list(name = value)", kind_of(tags)))
  }
  as.list(tags)
}

#' The meta of several messages: later tags and paths win, metrics add up, the first one's puid counts.
merged_metas <- function(metas) {
  merged <- list(
    tags = Reduce(updated, lapply(metas, `[[`, "tags"), list()),
    requestPath = Reduce(updated, lapply(metas, `[[`, "requestPath"), list()),
    metrics = unlist(lapply(metas, `[[`, "metrics"), recursive = FALSE)
  )
  if (length(metas) > 0) merged$puid <- metas[[1]][["puid"]]
  merged
}

# -- metrics -------------------------------------------------------------------------------------------------

#' Raises a refusal for what is no list of metrics.
checked_metrics <- function(metrics) {
  is_list <- is.null(metrics) || is_plain_list(metrics)
  if (is_list && all(vapply(metrics, is_metric, NA))) return(unname(metrics))
  told <- tryCatch(json_printed(metrics), error = function(error) kind_of(metrics))
  refuse_message(paste("Bad metric created during request:", told), 500L, "MICROSERVICE_BAD_METRIC")
}

is_metric <- function(metric) {
  is_plain_list(metric) && !is.null(metric[["key"]]) && is_number(metric[["value"]]) &&
    is.character(metric[["type"]]) && metric[["type"]] %in% METRIC_TYPES
}

#' Seldon's wrapper writes the method into the tags of a metric that has some.
with_method <- function(metric, method) {
  if ("tags" %in% names(metric)) metric$tags <- updated(metric$tags, list(method = method))
  metric
}

metric_to_wire <- function(metric) {
  text <- function(value) if (is.character(value)) sendable(value[[1]]) else json_printed(value)
  list(
    type = if (is.null(metric[["type"]])) "COUNTER" else text(metric[["type"]]),
    key = text(metric[["key"]]),
    value = if (is.null(metric[["value"]])) 0 else as.double(metric[["value"]]),
    tags = as_map(lapply(as.list(metric[["tags"]]), text))
  )
}
