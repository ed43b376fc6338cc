# Messages of wrapper classes: what a method gets of one, and what it returned as a member of one, as Seldon's
# wrapper has it.

#' Raises an error of the message, or of what a method returned, with its HTTP status and Seldon's reason.
refuse_message <- function(words, status_code = 400, reason = "MICROSERVICE_BAD_DATA") {
  fields <- list(message = words, call = NULL, status_code = status_code, reason = reason)
  stop(structure(fields, class = c("refusal", "error", "condition")))
}

#' The message in a text. Raises a refusal for what is no JSON, or null.
read_message <- function(text) {
  message <- tryCatch(read_json(text), error = function(error) NULL)
  if (is.null(message)) refuse_message("Can't find JSON in data")
  message
}

#' What a message carries: `value` and `names` for a method; `form` is that of an array, else NULL; `meta`.
payload_of <- function(message) {
  has <- function(name) name %in% names(message)
  carried <- Filter(has, c("data", "jsonData", "strData", "binData"))
  if (!is_map(message) || length(carried) == 0) {
    refuse_message(paste("Invalid request data type:", json_printed(message)))
  }
  given <- message[[carried[1]]]
  payload <- list(value = given, names = character(), form = NULL, meta = meta_of(message))
  if (carried[1] == "data") {
    if (!is.list(given)) stop("the member data must be an object with tensor or ndarray")
    payload[c("value", "form")] <- array_in(given)
    payload["names"] <- list(names_in_data(given))
  } else if (carried[1] == "binData") {
    if (!is.character(given)) stop("binData must be a text in base64")
    payload$value <- from_base64(given)
  }
  payload
}

#' NULL where there is none. Raises an error for null, as Seldon's wrapper does.
meta_of <- function(message) {
  if (!"meta" %in% names(message)) return(NULL)
  if (!is_map(message[["meta"]])) stop("the member meta must be an object; leave it out where there is none")
  message[["meta"]]
}

names_in_data <- function(data) {
  names <- data[["names"]]
  if (is.null(names) || length(names) == 0) return(character())
  if (all(vapply(names, is.character, NA))) as.character(names) else names
}

#' list(array, form) of the member `data`. `read` is what is done to the items first.
array_in <- function(data, read = identity) {
  if ("tensor" %in% names(data)) {
    values <- array_of_items(read(as.list(data[["tensor"]][["values"]])))
    shape <- unlist(data[["tensor"]][["shape"]])
    if (!is.null(shape) && !is.numeric(shape)) stop("the shape of a tensor must hold whole numbers")
    return(list(reshaped(values, as.numeric(shape)), "tensor"))
  }
  if ("ndarray" %in% names(data)) return(list(array_of_items(read(data[["ndarray"]])), "ndarray"))
  if ("tftensor" %in% names(data)) stop("tftensor needs TensorFlow, which R lacks; send tensor or ndarray")
  list(numeric(), "ndarray")
}

reshaped <- function(values, shape) {
  size <- length(values)
  is_open <- shape == -1
  if (sum(is_open) == 1) shape[is_open] <- size / prod(shape[!is_open])
  if (!identical(as.numeric(prod(shape)), as.numeric(size))) {
    stop(sprintf("cannot reshape %d values into shape (%s)", size, toString(shape)))
  }
  filled(row_major(values), shape)
}

# -- arrays --------------------------------------------------------------------------------------------------

#' Nested lists, and vectors in them, as one array: a vector for one dimension, a matrix for two. Numbers are
#' of one type, beside texts they are texts, null is NA; with objects it is an array of lists. Raises an error
#' where the lists are not of one length.
array_of_items <- function(value) {
  shape <- integer()
  level <- list(value)
  while (length(level) > 0 && any(is_nested <- are_arrays(level))) {
    level <- lapply(level, function(item) if (is.null(dim(item))) as.list(item) else slices_of(item))
    width <- unique(lengths(level))
    if (!all(is_nested) || length(width) != 1) {
      stop("the lists in an array must be of one length and depth; give every row as many items")
    }
    shape <- c(shape, width)
    level <- unlist(level, recursive = FALSE, use.names = FALSE)
  }
  filled(vector_of(level), shape)
}

#' Which items are lists without names, or vectors that do not stand for their only item.
are_arrays <- function(items) {
  are <- lengths(items) != 1 & !vapply(items, is.null, NA)
  # Asked one by one, which takes long, only where it is not plain.
  is_open <- vapply(items, is.list, NA) | !vapply(lapply(items, attributes), is.null, NA)
  are[is_open] <- vapply(items[is_open], function(item) {
    if (is.list(item)) is.null(names(item)) else !is_single(item)
  }, NA)
  are
}

#' What lies behind each index of the first dimension, a list.
slices_of <- function(array) {
  shape <- dim(array)
  lapply(seq_len(shape[1]), function(at) array(array[slice.index(array, 1) == at], shape[-1]))
}

#' Items without arrays as a vector; a list where one is an object.
vector_of <- function(items) {
  types <- vapply(items, typeof, "")
  if (length(items) == 0) return(numeric())
  if (any(types == "list")) return(items)
  digits <- digits_of(items, types)
  if ("character" %in% types) {
    is_number <- types %in% c("integer", "double")
    items[is_number] <- texts_of_items(items[is_number])
    items[types == "logical"] <- ifelse(unlist(items[types == "logical"]), "True", "False")
  }
  items[types == "NULL"] <- list(NA)
  values <- unlist(items, use.names = FALSE)
  if (!is.null(digits)) attr(values, "digits") <- digits
  values
}

#' What was written of whole numbers of which one is too large for an integer; NULL for anything else.
digits_of <- function(items, types) {
  is_large <- types == "double"
  if (!any(is_large) || !all(types %in% c("integer", "double"))) return(NULL)
  digits <- lapply(items[is_large], attr, "digits")
  if (!all(lengths(digits) == 1)) return(NULL)
  texts <- rep("", length(items))
  texts[is_large] <- unlist(digits)
  texts[!is_large] <- json_texts(as.integer(items[!is_large]))
  texts
}

#' The array of this shape, filled as C fills one: the last index runs first.
filled <- function(values, shape) {
  if (length(shape) < 2) return(values)
  turned <- function(items) aperm(array(items, rev(shape)), rev(seq_along(shape)))
  digits <- attr(values, "digits")
  result <- turned(as.vector(values))
  if (!is.null(digits)) attr(result, "digits") <- as.vector(turned(digits))
  result
}

#' The items of an array in the order of C, a vector.
row_major <- function(values) {
  if (length(dim(values)) < 2) return(values)
  turned <- function(items) as.vector(aperm(array(items, dim(values)), rev(seq_along(dim(values)))))
  digits <- attr(values, "digits")
  result <- turned(as.vector(values))
  if (!is.null(digits) && length(digits) == length(result)) attr(result, "digits") <- turned(digits)
  result
}

# -- what methods return -------------------------------------------------------------------------------------

#' The member of a message for what a method returned.
#'
#' `form` is that of the array in the request, NULL if it had none: then one text is a text and not an array.
#' Raises a refusal for a type that no message has.
packed <- function(value, form, class_names) {
  if (is.data.frame(value)) value <- matrix_of_frame(value)
  value <- plain_factor(value)
  if (is_plain_list(value) && !is.null(names(value))) return(list(jsonData = value))
  if (is.raw(value)) return(list(binData = to_base64(value)))
  is_alone <- is_single(value) && is.null(form)
  if (is_alone && is.character(value) && !is.na(value)) return(list(strData = value))
  if (is.null(value) || is_alone || !is_plain_list(value) && !is_json_vector(value)) refuse_payload(value)
  array <- value
  if (is.list(value) && is.null(dim(value))) {
    array <- array_of_items(rapply(value, as.character, classes = "factor", how = "replace"))
  }
  is_numeric <- is.numeric(array) && !any(is.na(array) & !is.nan(array))
  form <- if (!is_numeric) "ndarray" else if (is.null(form)) "tensor" else form
  content <-
    if (form == "tensor") list(shape = as.list(shape_of_vector(array)), values = as_array(row_major(array)))
    else if (is.list(value)) value
    else as_array(value)
  list(data = structure(list(names_of_columns(array, class_names), content), names = c("names", form)))
}

#' A matrix of numbers where all columns are, else one of lists, whose items keep their types.
matrix_of_frame <- function(frame) {
  is_plain <- function(column) is.numeric(column) || is.logical(column)
  if (all(vapply(frame, is_plain, NA))) return(as.matrix(frame))
  items <- unlist(lapply(frame, as.list), recursive = FALSE, use.names = FALSE)
  matrix(items, nrow(frame), dimnames = list(NULL, names(frame)))
}

refuse_payload <- function(value) {
  form <- paste0(
    "Unknown data type returned as payload (must be list or array): %s; ",
    "return an array, a list, a text or raw, array(x) for one number"
  )
  is_number_alone <- is.numeric(value) && is_single(value)
  refuse_message(sprintf(form, if (is_number_alone) json_printed(value) else kind_of(value)))
}

#' A vector that is printed as an array, also if it has one item.
as_array <- function(values) {
  if (is.null(dim(values))) structure(unname(unclass(values)), dim = length(values)) else values
}

#' The names that the class has, else those of the array itself.
names_of_columns <- function(array, class_names) {
  if (length(dim(array)) < 2) return(list())
  names <- class_names()
  if (is.null(names)) names <- dimnames(array)[[2]]
  if (is.null(names)) names <- sprintf("t:%d", seq_len(dim(array)[2]) - 1L)
  as.list(names)
}

#' The body of an error.
error_body <- function(words, reason) {
  list(status = list(status = 1L, info = words, code = -1L, reason = reason))
}
