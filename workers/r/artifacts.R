# Chooses the artifact and the type that loads it, and the type that predicts with a model.
# The types are the files of artifacts/; workers/README.md says what each defines, and may define.

NUMBERS <- c("regression", "anomaly")
CLASSES <- c("binary", "multiclass")

#' The types, the smallest rank first.
artifact_types <- function() {
  if (is.null(state$artifact_types)) {
    files <- list.files(file.path(HERE, "artifacts"), "[.]R$", full.names = TRUE)
    types <- lapply(files, function(file) {
      type <- new.env(parent = environment(artifact_types))
      sys.source(file, type)
      type
    })
    state$artifact_types <- types[order(vapply(types, function(type) type$rank, 0))]
  }
  state$artifact_types
}

#' The only one of the paths. Raises ARTIFACT_MISSING or ARTIFACT_AMBIGUOUS.
choose_artifact <- function(artifacts, code_directory) {
  if (length(artifacts) == 1) return(artifacts)
  if (length(artifacts) == 0) {
    endings <- unique(unlist(lapply(artifact_types(), function(type) type$extensions)))
    form <- paste0(
      "%s holds no artifact; expected one of %s at its top level, ",
      "or a load_model hook that returns the model; add one"
    )
    fail("ARTIFACT_MISSING", form, code_directory, paste0("*", endings, collapse = ", "))
  }
  form <- "%s holds %d artifacts, expected one: %s; remove the others, or define load_model"
  fail(
    "ARTIFACT_AMBIGUOUS", form, code_directory, length(artifacts), paste(basename(artifacts), collapse = ", ")
  )
}

#' The object in the file. Raises ARTIFACT_UNREADABLE or ARTIFACT_UNSUPPORTED.
load_artifact <- function(path, progress) {
  ending <- tolower(sub("^.*([.][^.]*)$", "\\1", path))
  type <- Find(function(type) ending %in% type$extensions, artifact_types())
  if (is.null(type)) {
    fail("ARTIFACT_UNSUPPORTED", "no predictor reads %s; define load_model for %s", ending, basename(path))
  }
  progress(paste("reading", basename(path)))
  names <- list(load = type$load, path = path)
  outcome <- try_user_code(quote(load(path)), list2env(names, parent = globalenv()))
  if (is.null(outcome$error)) return(outcome$value)
  words <- sprintf("%s cannot be read: %s; expected %s", basename(path), words_of(outcome$error), type$holds)
  stop(worker_error("ARTIFACT_UNREADABLE", words, outcome$trace))
}

#' Packages that predict with the model. Of a class whose package is not loaded yet, no type knows a predict
#' method.
packages_of <- function(model) {
  type <- Find(function(type) type$fits(model), artifact_types())
  if (is.null(type)) package_of_class(model) else type$packages(model)
}

#' The artifact type that scores this model; `labels` are those of the load. Raises ARTIFACT_UNSUPPORTED.
choose_predictor <- function(model, target_type, labels) {
  type <- Find(function(type) type$fits(model), artifact_types())
  what <- kind_of(model)
  hook <- scoring_hook(target_type)
  if (is.null(type)) {
    form <- paste0(
      "the model is %s, which has no predict method here; install the package it is of, ",
      "or define a %s hook for it"
    )
    fail("ARTIFACT_UNSUPPORTED", form, what, hook)
  }
  fault <- type$find_fault(model, target_type)
  if (!is.null(fault)) {
    fail("ARTIFACT_UNSUPPORTED", "the model is %s, which %s; define a %s hook for it", what, fault, hook)
  }
  check_classes(type, model, target_type, labels)
  type
}

#' Raises ARTIFACT_UNSUPPORTED where the model has other class labels than those of the load.
check_classes <- function(type, model, target_type, labels) {
  classes <- if (target_type %in% CLASSES) classes_of(type, model)
  if (is.null(classes) || length(labels) == 0) return()
  if (same_labels(classes, labels) || is_encoded(classes, labels, target_type)) return()
  form <- "the class labels of the model differ from those requested; expected %s, the model has %s; %s"
  remedy <- "request the labels that the model has, or define a score hook"
  fail("ARTIFACT_UNSUPPORTED", form, named(labels), named(classes), remedy)
}

classes_of <- function(type, model) if (!is.null(type$classes)) type$classes(model)

#' list(frame, labelled) of `data` and what load() left behind: a column a class for class targets, labelled
#' where the model names them; else the one column of numbers. Raises PREDICTOR_FAILED.
apply_predictor <- function(loaded, data) {
  result <- loaded$predictor$predict(loaded$model, data, loaded$target_type, loaded$labels)
  is_labelled <- loaded$target_type %in% CLASSES && !is.null(colnames(result))
  frame <- as_predictions(result)
  if (is_labelled && is_encoded(names(frame), loaded$labels, loaded$target_type)) {
    names(frame) <- loaded$labels[as.numeric(names(frame)) + 1]
  }
  list(frame = frame, labelled = is_labelled)
}

#' Row names of predictions are those of the input, or numbers: they are dropped.
as_predictions <- function(result) {
  if (is.numeric(result) && length(dim(result)) < 2) result <- data.frame(Predictions = as.vector(result))
  if (!is.data.frame(result) && !is.matrix(result)) {
    form <- "the model predicted %s, expected numbers; define a score hook for it"
    fail("PREDICTOR_FAILED", form, kind_of(result))
  }
  if (is.matrix(result)) result <- as.data.frame(unclass(result), stringsAsFactors = FALSE)
  other <- Find(Negate(is.numeric), result)
  if (!is.null(other)) {
    form <- "the model predicted columns that are %s, expected numbers; define a score hook for it"
    fail("PREDICTOR_FAILED", form, kind_of(other))
  }
  rownames(result) <- NULL
  result
}

# -- for the types -------------------------------------------------------------------------------------------

#' The value of `call`, in which `model` and `data` are these and `predict` is the model's own. It runs as
#' user code does. Raises PREDICTOR_FAILED.
ask_model <- function(call, model, data, doing = "predict") {
  names <- list(model = model, data = data, predict = predict_function(model))
  outcome <- try_user_code(call, list2env(names, parent = globalenv()))
  if (is.null(outcome$error)) return(outcome$value)
  words <- sprintf("the model could not %s: %s", doing, words_of(outcome$error))
  stop(worker_error("PREDICTOR_FAILED", words, outcome$trace))
}

#' For find_fault().
not_numbers <- function(target_type) {
  sprintf("predicts classes, not the numbers of the target type %s", target_type)
}

unknown_target <- function(target_type) {
  expected <- paste(c(NUMBERS, CLASSES), collapse = ", ")
  sprintf("is no predictor for the target type %s, expected one of %s", target_type, expected)
}

#' Models of S4 have a predict of their own in their package.
predict_function <- function(model) {
  package <- attr(class(model), "package")
  found <- if (isS4(model) && !is.null(package)) get0("predict", asNamespace(package), mode = "function")
  if (is.null(found)) stats::predict else found
}
