# The object `mlops` of an unstructured hook: what it reports goes to the supervisor, which delivers it.

#' Two functions, which raise an error for what cannot be reported. `report(kind, data)` sends at once.
mlops_of <- function(report) {
  list(
    report_deployment_stats = function(num_predictions, execution_time = NULL) {
      report("deployment_stats", stats_of(num_predictions, execution_time))
    },
    report_predictions_data = function(
      features_df = NULL, predictions = NULL, association_ids = NULL, class_names = NULL
    ) {
      if (is.null(features_df) && is.null(predictions)) {
        refuse("report_predictions_data needs features_df or predictions")
      }
      data <- list(
        features = if (!is.null(features_df)) features_of(features_df),
        predictions = if (!is.null(predictions)) predictions_of(predictions),
        association_ids = if (!is.null(association_ids)) names_of("association_ids", association_ids),
        class_names = if (!is.null(class_names)) names_of("class_names", class_names)
      )
      given <- Filter(Negate(is.null), data[c("predictions", "association_ids")])
      rows <- sort(unique(c(data$features$rows, lengths(given))))
      if (length(rows) > 1) {
        refuse(
          "features_df, predictions and association_ids have [%s] rows; give as many of each", toString(rows)
        )
      }
      repeated <- anyDuplicated(data$association_ids)
      if (repeated > 0) {
        refuse(
          "association_ids must be unique, got \"%s\" twice; give each row an id of its own",
          data$association_ids[[repeated]]
        )
      }
      report("predictions_data", data)
    }
  )
}

#' An error of the hook's own, without the call of the worker's.
refuse <- function(form, ...) stop(if (...length()) sprintf(form, ...) else form, call. = FALSE)

#' How many predictions were made, and in how many milliseconds.
stats_of <- function(num_predictions, execution_time) {
  is_count <- is_number(num_predictions) && is.finite(num_predictions) &&
    num_predictions == floor(num_predictions)
  if (!is_count) refuse("num_predictions must be a whole number, got %s", worded(num_predictions))
  if (!is.null(execution_time) && !is_number(execution_time)) {
    refuse("execution_time must be a number of milliseconds, got %s", worded(execution_time))
  }
  list(
    num_predictions = as.double(num_predictions),
    execution_time = if (!is.null(execution_time)) as.double(execution_time)
  )
}

#' Whether this is one number, not NA.
is_number <- function(value) is.numeric(value) && length(value) == 1 && !is.na(value)

worded <- function(value) {
  if (is_number(value) || is.character(value) && length(value) == 1) deparse(value) else kind_of(value)
}

#' A table of the features to track.
features_of <- function(frame) {
  if (!is.data.frame(frame)) refuse("features_df must be a data.frame, got %s", kind_of(frame))
  tryCatch(
    frame_to_wire(frame, "features_df")$predictions,
    worker_error = function(error) refuse("%s", error$message)
  )
}

#' A number or a text for each item of a vector, the probabilities of the classes for each row of a matrix or
#' data.frame or item of a list.
predictions_of <- function(values) {
  if (is.data.frame(values)) values <- as.matrix(values)
  if (is.factor(values)) values <- as.character(values)
  if (is.matrix(values)) {
    return(lapply(seq_len(nrow(values)), function(row) lapply(unname(values[row, ]), prediction_of)))
  }
  if (!is_vector(values)) refuse("predictions must be a vector, a matrix or a list, got %s", kind_of(values))
  lapply(unname(values), prediction_of)
}

prediction_of <- function(value) {
  if (is.null(value)) return(NULL)
  if (is.factor(value)) value <- as.character(value)
  if (is_plain_list(value) || is_json_vector(value) && length(value) != 1) {
    return(lapply(unname(as.vector(unclass(value))), prediction_of))
  }
  if (!is_json_vector(value)) {
    refuse("a prediction must be a number, a text or a list of numbers, got %s", kind_of(value))
  }
  value <- as.vector(unclass(value))
  scalar_or_null(if (is.character(value)) sendable(value) else value)
}

is_vector <- function(value) is_plain_list(value) || is_json_vector(value)

#' Texts; a number is written out, since R would make 1e+05 of 100000.
names_of <- function(name, values) {
  if (is.factor(values)) values <- as.character(values)
  if (!is.list(values) && !is.atomic(values) || is.data.frame(values)) {
    refuse("%s must be a vector or a list, got %s", name, kind_of(values))
  }
  lapply(unname(as.list(values)), function(value) {
    if (is.numeric(value) && !is.object(value)) {
      value <- format(value, digits = 15, scientific = FALSE, trim = TRUE)
    }
    sendable(paste(value))
  })
}
