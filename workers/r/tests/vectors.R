# Reads protocol/vectors/*.tsv (SPEC.md section 10), and compares values.

#' list(name, verdict, data, canonical, value) a case; the value is NULL where the verdict is not ok.
read_vectors <- function(name) {
  lines <- readLines(file.path(VECTORS, paste0(name, ".tsv")), encoding = "UTF-8")
  lines <- lines[nzchar(lines) & !startsWith(lines, "#")]
  expect(length(lines) > 9, "the vectors of ", name, " are gone")
  lapply(lines, function(line) {
    fields <- regmatches(line, gregexpr("\t", line), invert = TRUE)[[1]]
    expect(length(fields) == 5, "the case ", fields[1], " has ", length(fields), " fields")
    is_ok <- fields[2] == "ok"
    list(
      name = fields[1], verdict = fields[2], data = bytes_of(fields[3]),
      canonical = if (is_ok) lapply(strsplit(paste0(fields[4], "|"), "|", fixed = TRUE)[[1]], bytes_of),
      value = if (is_ok) list(value_of(read_json(fields[5])))
    )
  })
}

accepted <- function(vectors) Filter(function(vector) vector$verdict == "ok", vectors)
refused <- function(vectors) Filter(function(vector) vector$verdict != "ok", vectors)

#' `c0 00*3` is c0000000.
bytes_of <- function(text) {
  parts <- lapply(strsplit(trimws(text), " +")[[1]], function(word) {
    pair <- strsplit(word, "*", fixed = TRUE)[[1]]
    at <- seq_len(nchar(pair[1]) / 2) * 2
    bytes <- as.raw(strtoi(substring(pair[1], at - 1, at), 16))
    if (length(pair) == 2) rep(bytes, as.integer(pair[2])) else bytes
  })
  as.raw(unlist(parts))
}

# -- JSON ----------------------------------------------------------------------------------------------------

TOKEN <- '"(?:[^"\\\\]|\\\\.)*"|[\\[\\]{},:]|[^\\s\\[\\]{},:"]+'

read_json <- function(text) {
  tokens <- regmatches(text, gregexpr(TOKEN, text, perl = TRUE))[[1]]
  at <- 0
  take <- function() tokens[at <<- at + 1]
  value <- function(token) {
    if (token == "[") return(items("]", function(token) value(token)))
    if (token == "{") {
      keys <- character()
      values <- items("}", function(token) {
        keys <<- c(keys, json_str(token))
        take() # the colon
        value(take())
      })
      return(structure(values, names = keys))
    }
    if (startsWith(token, "\"")) return(json_str(token))
    switch(token, null = NULL, true = TRUE, false = FALSE, as.numeric(token))
  }
  items <- function(end, item) {
    found <- list()
    repeat {
      token <- take()
      if (token == end) return(found)
      if (token != ",") found[length(found) + 1] <- list(item(token))
    }
  }
  value(take())
}

#' A str; one with NUL is a raw of class "text", as the decoder gives it.
json_str <- function(token) {
  text <- substr(token, 2, nchar(token) - 1)
  if (!grepl("\\", text, fixed = TRUE)) return(text)
  parts <- regmatches(text, gregexpr("\\\\u[0-9a-fA-F]{4}|\\\\.|[^\\\\]+", text))[[1]]
  plain <- c(
    "\\n" = "\n", "\\t" = "\t", "\\r" = "\r", "\\b" = "\b", "\\f" = "\f", "\\\"" = "\"", "\\\\" = "\\",
    "\\/" = "/"
  )
  codes <- lapply(parts, function(part) {
    if (startsWith(part, "\\u")) strtoi(substring(part, 3), 16L)
    else utf8ToInt(if (part %in% names(plain)) plain[[part]] else part)
  })
  codes <- unlist(codes)
  high <- which(codes >= 0xD800 & codes < 0xDC00)
  codes[high] <- 0x10000 + (codes[high] - 0xD800) * 0x400 + codes[high + 1] - 0xDC00
  if (length(high) > 0) codes <- codes[-(high + 1)]
  if (!0 %in% codes) return(intToUtf8(codes))
  structure(
    unlist(lapply(codes, function(code) if (code == 0) as.raw(0) else charToRaw(intToUtf8(code)))),
    class = "text"
  )
}

#' A vector's JSON with the stand-ins for bin, long values and odd floats replaced.
value_of <- function(item) {
  if (!is.list(item)) return(item)
  if (identical(names(item), "$bin")) return(bytes_of(item[[1]]))
  if (identical(names(item), "$str")) return(rawToChar(bytes_of(item[[1]])))
  if (identical(names(item), "$array")) return(rep(list(value_of(item[[1]][[2]])), item[[1]][[1]]))
  if (identical(names(item), "$float")) return(c(nan = NaN, inf = Inf, "-inf" = -Inf, "-0" = -0)[[item[[1]]]])
  structure(lapply(item, value_of), names = names(item))
}

#' Equal, where NaN equals NaN whatever its payload, which may be that of R's NA, and -0 is not 0.
is_same <- function(one, other) {
  if (is.list(one) || is.list(other)) {
    is_alike <- is.list(one) && is.list(other) && length(one) == length(other) &&
      identical(names(one), names(other))
    return(is_alike && all(vapply(seq_along(one), function(at) is_same(one[[at]], other[[at]]), NA)))
  }
  if (!is.double(one) || !is.double(other) || length(one) != 1 || length(other) != 1) {
    return(identical(one, other))
  }
  if (is.na(one) || is.na(other)) return(is.na(one) && is.na(other))
  one == other && (one != 0 || 1 / one == 1 / other)
}
