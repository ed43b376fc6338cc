# The method fit: reads the training data, and gives it to the fit hook.

#' Runs init, transform and fit. What fit has written is in the output directory then.
methods$fit <- function(params, notify) {
  progress <- notify$progress
  check_model(params)
  for (name in c("y", "row_weights")) take(params, name, "map", optional = TRUE)
  payload <- take(params, "X", "map")
  output <- take(params, "output_directory", "str")
  parameters <- with_integers(take(params, "parameters", "map"), take(params, "float_parameters", "texts"))
  offer_parameters(params[["runtime_parameters"]], params[["user_secrets"]])
  hook_file <- params[["hook_file"]]
  if (!is.null(hook_file)) progress(paste("loading", basename(hook_file)))
  hooks <- load_hooks(hook_file, used = usable_hooks(params))
  fit <- hook_for(hooks, "fit")
  if (is.null(fit)) {
    where <- if (is.null(hook_file)) "the code directory has no hook file, so it" else hook_file
    fail("METHOD_UNKNOWN", "%s defines no fit, which trains the model; define it", where)
  }
  progress("reading the data")
  # Without hooks: read_input_data is for predictions.
  features <- read_payload(list(), payload)
  target <- column_alone(params[["y"]], nrow(features))
  weights <- column_alone(params[["row_weights"]], nrow(features))
  if (!is.null(hook_for(hooks, "init"))) call_init(hooks, params[["code_directory"]])
  if (!is.null(hook_for(hooks, "transform")) && params[["target_type"]] != "transform") {
    features <- check_transformed(call_hook(hooks, "transform", list(data = features, model = NULL)))
  }
  progress("running fit")
  # DRUM's fits find the generator so, and a path that a file's name can be pasted to.
  set.seed(1)
  arguments <- list(
    X = features, y = target, output_dir = paste0(sub("/+$", "", output), "/"),
    class_order = class_order(params), row_weights = weights, parameters = parameters
  )
  arguments <- arguments[vapply(names(arguments), function(name) takes(fit, name), NA)]
  call_hook(hooks, "fit", named = arguments)
  as_map(list())
}

#' The one column of a payload; NULL where there is no payload.
column_alone <- function(payload, rows) {
  if (is.null(payload)) return(NULL)
  frame <- read_payload(list(), payload)
  if (ncol(frame) != 1 || nrow(frame) != rows) {
    form <- paste0(
      "X has %d rows, and beside it came %d rows of %d columns; ",
      "expected one column with a value for each row"
    )
    fail("INPUT_UNREADABLE", form, rows, nrow(frame), ncol(frame))
  }
  frame[[1]]
}

#' Whole numbers as integers, but for those that are floats all the same.
with_integers <- function(parameters, floats) {
  for (name in setdiff(names(parameters), floats)) {
    value <- parameters[[name]]
    is_whole <- is.numeric(value) && length(value) == 1 && value == trunc(value) &&
      abs(value) <= .Machine$integer.max
    if (is_whole) parameters[[name]] <- as.integer(value)
  }
  if (length(parameters) == 0) list() else unclass(parameters)
}

#' c(positive, negative) of two labels, else all of them; NULL for other target types.
class_order <- function(params) {
  if (params[["target_type"]] != "binary") return(unlist(params[["class_labels"]]))
  c(params[["positive_class_label"]], params[["negative_class_label"]])
}
