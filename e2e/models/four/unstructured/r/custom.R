# Returns what the query asks for; e2e/unstructured.test.ts compares the answers of the languages.

load_model <- function(code_dir) "model"

or_none <- function(value) if (is.null(value)) "none" else value

score_unstructured <- function(model, data, query, mimetype, charset, headers) {
  what <- or_none(query$do)
  if (what == "raise") stop("no luck with 42")
  if (what == "refuse") {
    stop(structure(
      list(message = "no tea", call = NULL, status_code = 418L),
      class = c("CustomHTTPError", "error", "condition")
    ))
  }
  some_bytes <- as.raw(c(0x00, 0xff, 0x0a))
  returned <- list(
    echo = list(data),
    bytes = list(some_bytes),
    nothing = list(NULL),
    "named text" = list(list("gr\u00fc\u00dfe", list(mimetype = "text/html", charset = "latin1"))),
    "named bytes" = list(list(some_bytes, list(mimetype = "image/png"))),
    "charset alone" = list(list("gr\u00fc\u00dfe", list(charset = "utf-16le"))),
    "nothing beside" = list(list("text", NULL)),
    number = list(42),
    "number beside" = list(list("text", list(mimetype = 42))),
    "beyond charset" = list(list("\u65e5\u672c", list(charset = "latin1")))
  )
  if (what %in% names(returned)) return(returned[[what]][[1]])
  kind <- if (is.character(data)) "text" else "bytes"
  size <- if (is.character(data)) nchar(data) else length(data)
  asked <- or_none(headers[["x-asked"]])
  sprintf(
    "%s %s of %d, %s %s, a %s, asked %s", model, kind, size, mimetype, charset, or_none(query$a),
    asked
  )
}

transform <- function(data, model) stop("no hook of unstructured models")
