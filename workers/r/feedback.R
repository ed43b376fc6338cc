# The message of a feedback, as strict as protobuf's reader of JSON: unknown members are refused, numbers are
# floats.

# The members of a message; NULL for those that are not looked into.
MESSAGE_MEMBERS <- list(
  status = list(code = NULL, info = NULL, reason = NULL, status = NULL),
  meta = list(puid = NULL, tags = NULL, routing = NULL, requestPath = NULL, metrics = NULL),
  data = list(names = NULL, tensor = list(shape = NULL, values = NULL), ndarray = NULL, tftensor = NULL),
  binData = NULL, strData = NULL, jsonData = NULL, customData = NULL
)
FEEDBACK_MEMBERS <- list(
  request = MESSAGE_MEMBERS, response = MESSAGE_MEMBERS, reward = NULL, truth = MESSAGE_MEMBERS
)

#' What a method gets of a feedback: `features`, `names`, `reward`, `truth`; and `form`, `meta` and `routing`
#' for the answer. Raises a refusal.
feedback_of <- function(message) {
  if (is_array(message) && length(message) == 0) message <- as_map(list())
  check_members(message, FEEDBACK_MEMBERS, "Feedback")
  request <- message[["request"]]
  features <- array_in(as.list(request[["data"]]), floats)
  puid <- request[["meta"]][["puid"]]
  list(
    features = features[[1]],
    names = names_in_data(request[["data"]]),
    reward = reward_of(message[["reward"]]),
    truth = array_in(as.list(message[["truth"]][["data"]]), floats)[[1]],
    form = if ("data" %in% names(request)) features[[2]],
    meta = if (is.character(puid) && nzchar(puid)) list(puid = puid),
    routing = message[["response"]][["meta"]][["routing"]]
  )
}

check_members <- function(value, members, where) {
  if (!is_map(value)) refuse_message(sprintf("Invalid JSON: %s must be an object", where))
  for (name in names(value)) {
    if (!name %in% names(members)) {
      refuse_message(sprintf('Invalid JSON: the message %s has no field named "%s"', where, name))
    }
    if (!is.null(members[[name]]) && !is.null(value[[name]])) {
      check_members(value[[name]], members[[name]], paste0(where, ".", name))
    }
  }
}

#' The reward as a float32. Raises a refusal.
reward_of <- function(value) {
  if (is.null(value)) return(0)
  reward <- if (is_single(value)) suppressWarnings(as.numeric(value)) else NA_real_
  narrow <- readBin(writeBin(reward, raw(), size = 4), "double", size = 4)
  if (is.na(reward) && !is.nan(reward) || is.finite(reward) && !is.finite(narrow)) {
    refuse_message(paste("Invalid JSON: the reward must be a number, got", json_printed(value)))
  }
  narrow
}

#' The answer as protobuf writes it: numbers are floats, and lists that are empty are left out.
as_proto <- function(answer) {
  answer <- floats(answer)
  # The first word of an enumeration is left out.
  is_given <- function(metric) metric[names(metric) != "type" | metric[["type"]] != "COUNTER"]
  if (!is.null(answer$meta$metrics)) answer$meta$metrics <- lapply(answer$meta$metrics, is_given)
  data <- answer$data
  if (is.null(data)) return(answer)
  if (!is.null(data$tensor)) {
    data$tensor$shape <- lapply(data$tensor$shape, as.integer)
    data$tensor <- data$tensor[lengths(data$tensor) > 0]
  }
  answer$data <- data[names(data) != "names" | lengths(data) > 0]
  answer
}

#' The value with floats in place of whole numbers.
floats <- function(value) {
  if (is.list(value)) value[] <- lapply(value, floats)
  if (is.numeric(value) && !is.factor(value)) {
    storage.mode(value) <- "double"
    attr(value, "digits") <- NULL
  }
  value
}
