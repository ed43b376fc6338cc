# Says back what it was asked, whole or word by word, as the request's `stream` wishes.

load_model <- function(code_dir) list(name = "echo")

chat <- function(completion_create_params, model, headers) {
  messages <- completion_create_params$messages
  said <- messages[[length(messages)]]$content
  if (said == "teapot") {
    stop(structure(
      list(message = "short and stout", call = NULL, status_code = 418),
      class = c("CustomHTTPError", "error", "condition")
    ))
  }
  if (said == "raise") stop("nothing to say")
  if (said == "nonsense") return("a text")
  common <- list(id = "chat-1", created = 1700000000, model = model$name)
  if (isTRUE(completion_create_params$stream)) return(chunks(said, common))
  asker <- headers[["X-Asker"]]
  message <- list(role = "assistant", content = paste0(said, ", ", if (is.null(asker)) "nobody" else asker))
  c(
    common,
    list(
      object = "chat.completion", choices = list(list(index = 0, message = message, finish_reason = "stop"))
    )
  )
}

chunks <- function(said, common) {
  if (said == "nothing") return(list())
  chunk <- function(delta, reason = NULL) {
    c(
      common,
      list(
        object = "chat.completion.chunk",
        choices = list(list(index = 0, delta = delta, finish_reason = reason))
      )
    )
  }
  words <- strsplit(said, " ")[[1]]
  at <- 0
  next_chunk <- function() {
    if (at > length(words)) return(NULL)
    if (at == 0 || words[at] != "forever") at <<- at + 1 else Sys.sleep(0.01)
    if (at > length(words)) return(chunk(setNames(list(), character()), "stop"))
    if (words[at] == "raise") stop("lost the thread")
    if (words[at] == "wait") Sys.sleep(0.2)
    chunk(list(role = "assistant", content = words[at]))
  }
  structure(next_chunk, close = function() cat("ended after", said, "\n"))
}

get_supported_llm_models <- function(model) {
  list(list(id = model$name, object = "model", created = 1700000000, owned_by = "us"), list(id = "no model"))
}
