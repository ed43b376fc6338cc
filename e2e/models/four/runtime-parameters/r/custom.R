# Tells what it was given from outside; e2e/parameters.test.ts compares the answers of the languages.

at_first <- RuntimeParameters$get("USUAL")

load_model <- function(code_dir) RuntimeParameters$get("USUAL")

described <- function(value) {
  if (is.null(value)) return("nothing")
  if (is.list(value)) {
    names <- sort(names(value), method = "radix")
    return(paste(
      "map", paste0(names, ": ", vapply(names, function(name) described(value[[name]]), ""), collapse = ", ")
    ))
  }
  if (is.logical(value)) return(paste("boolean", tolower(value)))
  kind <- if (is.character(value)) "text" else if (value == trunc(value)) "integer" else "number"
  paste(kind, if (is.numeric(value)) format(value, digits = 17, scientific = FALSE) else value)
}

score_unstructured <- function(model, data, query, ...) {
  source <- if (identical(query$of, "secrets")) UserSecrets else RuntimeParameters
  if (query$do == "first") return(paste0(at_first, ", ", model))
  if (query$do == "has") return(described(source$has(data)))
  told <- described(source$get(data))
  if (query$do == "print") {
    cat("printed: ", told, "\n", sep = "")
    return("done")
  }
  if (query$do == "raise") stop("cannot log in with ", told)
  told
}
