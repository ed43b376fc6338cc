# The loaded model, and the methods load, predict, transform and post_process, straight down.

#' What load() leaves behind; `hooks` is NULL as long as nothing is loaded.
state <- new.env(parent = emptyenv())
state$hooks <- NULL
state$reports <- FALSE # whether unstructured hooks get `mlops`

#' Loads the hooks, the model and its predictor; list(hooks, predictor, payload_formats, packages,
#' signature). Raises
#' HOOK_FILE_BROKEN, HOOK_FAILED, PACKAGE_MISSING and the ARTIFACT_ errors.
methods$load <- function(params, notify) {
  check_load(params)
  offer_parameters(params[["runtime_parameters"]], params[["user_secrets"]])
  progress <- notify$progress
  if (!is.null(take(params, "component", "map", optional = TRUE))) return(load_component(params, progress))
  if (!is.null(params[["hook_file"]])) progress(paste("loading", basename(params[["hook_file"]])))
  hooks <- load_hooks(params[["hook_file"]], used = usable_hooks(params))
  if (!is.null(hook_for(hooks, "init"))) call_init(hooks, params[["code_directory"]])
  model <- load_model(hooks, params, progress)
  is_left_to_hooks <- is_unstructured(params) ||
    !is.null(hook_for(hooks, scoring_hook(params[["target_type"]])))
  needed <- if (is_left_to_hooks) packages_there(model) else packages_of(model)
  load_packages(needed, "the model", progress)
  if (!is_left_to_hooks) attach_for_formula(model)
  labels <- label_arguments_of(params)
  predictor <- if (!is_left_to_hooks) find_predictor(model, hooks, params, unlist(labels, use.names = FALSE))
  signature <- if (!is.null(predictor)) signature_of(predictor, model, hooks, isTRUE(params[["partial"]]))
  state$hooks <- hooks
  state$model <- model
  state$predictor <- predictor
  state$signature <- signature
  state$text_columns <- if (!is_given_a_table(hooks)) text_columns(signature)
  state$target_type <- params[["target_type"]]
  state$reports <- isTRUE(params[["reports"]])
  state$labels <- unlist(labels, use.names = FALSE)
  score <- hook_for(hooks, "score")
  state$score_labels <- if (!is.null(score)) score_labels(score, labels)
  list(
    hooks = as.list(names(hooks)),
    predictor = predictor$name,
    payload_formats = payload_formats(),
    packages = package_versions(needed),
    signature = signature_to_wire(signature)
  )
}

#' list(rows, labelled, predictions, index). Raises the INPUT_ errors, HOOK_FAILED, HOOK_RESULT_INVALID,
#' PREDICTOR_FAILED.
methods$predict <- function(params, notify) {
  hooks <- loaded_hooks()
  data <- read_payload(hooks, take(params, "payload", "map"), state$text_columns)
  rows <- rows_of(data)
  data <- transformed(hooks, data)
  if (!is.null(hook_for(hooks, "score"))) {
    arguments <- c(list(data = data, model = state$model), state$score_labels$positional)
    result <- check_frame("score", call_hook(hooks, "score", arguments, state$score_labels$named))
    return(c(list(rows = rows, labelled = TRUE), frame_to_wire(with_labels(result, state$labels), "score")))
  }
  if (is.null(state$predictor)) {
    fail("ARTIFACT_MISSING", "there is nothing to score with here; ask the worker that scores")
  }
  if (identical(rows, 0L)) {
    fail(
      "INPUT_EMPTY",
      "the data has columns but no rows, and a built-in predictor needs one at least; send rows"
    )
  }
  result <- apply_predictor(state, typed(data, state$signature))
  frame <- with_labels(result$frame, state$labels)
  c(list(rows = rows, labelled = result$labelled), frame_to_wire(frame, "the predictor"))
}

#' list(rows, target, table, matrix, index). Raises the INPUT_ errors, HOOK_FAILED, HOOK_RESULT_INVALID,
#' PREDICTOR_FAILED.
methods$transform <- function(params, notify) {
  hooks <- loaded_hooks()
  data <- read_payload(hooks, take(params, "payload", "map"), state$text_columns)
  rows <- rows_of(data)
  target <- read_target(params, rows)
  data <- transformed(hooks, data, target)
  who <- if (is.null(hook_for(hooks, "transform"))) "read_input_data" else "transform"
  result <- data_to_wire(who, data, params[["sparse"]])
  if (!is.null(target)) target <- frame_to_wire(target, "the target")$predictions
  c(list(rows = if (is.null(rows)) rows_of(data) else rows, target = target), result)
}

#' list(labelled, predictions, index). Raises METHOD_UNKNOWN, HOOK_FAILED, HOOK_RESULT_INVALID.
methods$post_process <- function(params, notify) {
  hooks <- loaded_hooks()
  required_hook(hooks, "post_process")
  predictions <- table_to_frame(params[["predictions"]])
  result <- call_hook(hooks, "post_process", list(predictions = predictions, model = state$model))
  result <- with_labels(check_frame("post_process", result), state$labels)
  c(list(labelled = TRUE), frame_to_wire(result, "post_process"))
}

# -- loading -------------------------------------------------------------------------------------------------

#' Raises PARAMS_INVALID.
check_load <- function(params) {
  check_model(params)
  take(params, "artifacts", "texts")
  for (name in c("partial", "reports")) take(params, name, "bool", optional = TRUE)
}

#' The fields that load and fit have in common.
check_model <- function(params) {
  for (name in c("code_directory", "target_type")) take(params, name, "str")
  optional <- c("hook_file", "positive_class_label", "negative_class_label")
  for (name in optional) take(params, name, "str", optional = TRUE)
  for (name in c("class_labels", "hooks")) take(params, name, "texts", optional = TRUE)
  for (name in c("runtime_parameters", "user_secrets")) take(params, name, "map", optional = TRUE)
}

#' The hook that takes the place of a predictor.
scoring_hook <- function(target_type) if (identical(target_type, "transform")) "transform" else "score"

#' By name where init has such a parameter, as DRUM does; else by position where it has one at all.
call_init <- function(hooks, code_directory) {
  argument <- list(code_dir = code_directory)
  init <- hook_for(hooks, "init")
  if (takes(init, "code_dir")) call_hook(hooks, "init", named = argument)
  else call_hook(hooks, "init", if (length(parameters_of(init)) > 0) argument else list())
}

#' What the load_model hook returns; NULL, and no hook, stand for the artifact.
load_model <- function(hooks, params, progress) {
  if (!is.null(hook_for(hooks, "load_model"))) {
    progress("running load_model")
    model <- call_hook(hooks, "load_model", list(code_dir = params[["code_directory"]]))
    if (!is.null(model)) return(model)
  }
  artifacts <- take(params, "artifacts", "texts")
  if (may_have_no_predictor(hooks, params) && length(artifacts) == 0) return(NULL)
  load_artifact(choose_artifact(artifacts, params[["code_directory"]]), progress)
}

#' A hook may well call predict() on the model, too; whether it needs the model's packages, and what else the
#' model is, is its own affair.
packages_there <- function(model) {
  Filter(is_installed, tryCatch(packages_of(model), error = function(error) NULL))
}

#' A worker of another language may be the one that scores, or the model just chats.
may_have_no_predictor <- function(hooks, params) {
  isTRUE(params[["partial"]]) || !is.null(hook_for(hooks, "chat"))
}

#' NULL for a model that no predictor knows, where it may be for the hooks alone.
find_predictor <- function(model, hooks, params, labels) {
  tryCatch(choose_predictor(model, params[["target_type"]], labels), worker_error = function(error) {
    if (!may_have_no_predictor(hooks, params) || error$code != "ARTIFACT_UNSUPPORTED") stop(error)
    NULL
  })
}

# -- predicting ----------------------------------------------------------------------------------------------

#' The hooks of the loaded model. Raises NOT_LOADED.
loaded_hooks <- function() {
  if (is.null(state$hooks)) fail("NOT_LOADED", "the request came before a load had succeeded; load first")
  state$hooks
}

#' For the target type transform the hook may take what belongs to the rows, in third place.
transformed <- function(hooks, data, target = NULL) {
  is_last <- identical(state$target_type, "transform")
  hook <- hook_for(hooks, "transform")
  if (is.null(hook)) {
    if (!is_last || is.null(state$predictor)) return(data)
    data <- typed(data, state$signature)
    result <- state$predictor$predict(state$model, data, state$target_type, state$labels)
    return(as.data.frame(result, stringsAsFactors = FALSE))
  }
  parameters <- parameters_of(hook)
  takes_target <- is_last && (length(parameters) > 2 || "..." %in% parameters)
  arguments <- c(list(data = data, model = state$model), if (takes_target) list(target = target))
  check_transformed(call_hook(hooks, "transform", arguments))
}

#' What belongs to the rows, as a data.frame; NULL where nothing came.
read_target <- function(params, rows) {
  payload <- take(params, "target", "map", optional = TRUE)
  if (is.null(payload)) return(NULL)
  target <- read_payload(list(), payload)
  if (!is.null(rows) && nrow(target) != rows) {
    fail(
      "INPUT_UNREADABLE", "the target has %d rows for %d of input; send one row of it a row", nrow(target),
      rows
    )
  }
  target
}

#' Rows of a frame or a matrix; of anything else that read_input_data may return it is not known what a row
#' is.
rows_of <- function(data) {
  size <- dim(data)
  if (length(size) > 0) size[1]
}
