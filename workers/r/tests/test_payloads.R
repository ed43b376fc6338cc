# The kinds of payload and media types, through a worker process that says what it got.

SAYS <- r"[load_model <- function(code_dir) 1
score <- function(data, model) {
  sum <- sum(as.matrix(data[, 1, drop = FALSE]), na.rm = TRUE)
  names <- paste(colnames(data), collapse = "|")
  data.frame(class = class(data)[1], rows = nrow(data), names = names, sum = sum)
}]"
READS <- paste0(LOAD, "read_input_data <- function(x) data.frame(text = rawToChar(x), class = class(x))
score <- function(data, model) data")
MTX <- "%%MatrixMarket matrix coordinate real general\n2 3 2\n1 1 2.5\n2 3 -1\n"

payload <- function(...) list(payload = list(...))
bytes <- function(text, mimetype = NULL, ...) {
  payload(kind = "bytes", data = charToRaw(text), mimetype = mimetype, charset = NULL, ...)
}

test("every kind of payload is read", with_model(list(custom.R = SAYS), function(process, loaded) {
  said <- function(params) {
    answer <- call_worker(process, "predict", params)
    if (!is.null(answer$error)) stop(answer$error$message)
    expect_same(answer$result$rows, as.double(columns_of(answer$result$predictions)$rows))
    columns_of(answer$result$predictions)
  }
  expect_same(loaded$result$payload_formats, list(csv = NULL, mtx = packageDescription("Matrix")$Version))
  path <- file.path(code_folder(list(rows.csv = "a,b\n1,2\n3,4")), "rows.csv")
  csv <- "a,b\n1,2\n3,4\n"
  every <- list(
    bytes(csv), bytes(csv, "text/csv"), bytes(csv, "text/plain"), payload(kind = "file", path = path)
  )
  for (params in every) {
    expect_same(said(params), list(class = "data.frame", rows = 2L, names = "a|b", sum = 4L))
  }
  expect_same(said(bytes(MTX, "text/mtx")), list(class = "dgTMatrix", rows = 2L, names = "", sum = 2.5))
  expect_same(said(bytes(MTX, "text/mtx", column_names = list("x", "y", "\u00e9")))$names, "x|y|\u00e9")
  writeLines(MTX, path)
  expect_same(said(payload(kind = "file", path = path, mimetype = "text/mtx"))$rows, 2L)
  table <- worker$frame_to_wire(data.frame(a = c(1.5, NA), b = c("x", "y")), "a test")$predictions
  expect_same(
    said(payload(kind = "table", table = table)),
    list(class = "data.frame", rows = 2L, names = "a|b", sum = 1.5)
  )
}))

test("payloads that cannot be read are refused", with_model(list(custom.R = SAYS), function(process, loaded) {
  refuse <- function(code, params, words) {
    error <- call_worker(process, "predict", params)$error
    expect_same(error$code, code)
    expect_in(words, error$message)
  }
  refuse("PARAMS_INVALID", worker$as_map(list()), "the field payload must be a map, got nil")
  refuse("PARAMS_INVALID", payload(kind = 1), "the field kind must be a str")
  refuse("PARAMS_INVALID", payload(kind = "bytes", data = "text"), "the field data must be a bin")
  refuse("PARAMS_INVALID", payload(kind = "table", table = 5), "a table is 5, expected a map")
  refuse("INPUT_UNSUPPORTED", payload(kind = "stream"), "got \"stream\"")
  refuse("INPUT_UNSUPPORTED", bytes("x", "application/json"), "\"application/json\" is not read")
  refuse("INPUT_UNREADABLE", payload(kind = "file", path = "/no/such/file"), "/no/such/file cannot be read")
  refuse(
    "INPUT_UNREADABLE", bytes("%%MatrixMarket matrix coordinate real general\nrubbish\n", "text/mtx"),
    "the Matrix Market text cannot be read"
  )
  refuse(
    "INPUT_UNREADABLE", bytes(MTX, "text/mtx", column_names = list("x")), "1 column names came for 3 columns"
  )
  refuse("INPUT_EMPTY", bytes(""), "holds no columns")
}))

test("read_input_data gets the bytes of every media type, of files too", {
  with_model(list(custom.R = READS), function(process, loaded) {
    path <- file.path(code_folder(list(any.json = "{}")), "any.json")
    answer <- call_worker(process, "predict", bytes("{}\n", "application/json"))
    expect_same(columns_of(answer$result$predictions), list(text = "{}\n", class = "raw"))
    answer <- call_worker(process, "predict", payload(kind = "file", path = path, mimetype = NULL))
    expect_same(columns_of(answer$result$predictions), list(text = "{}\n", class = "raw"))
  })
})

test("a large body and a large result pass", {
  with_model(list(custom.R = paste0(LOAD, "score <- function(data, model) data")), function(process, loaded) {
    text <- paste(c("a,b", paste(1:5000, "x", sep = ","), ""), collapse = "\n")
    expect_same(predict_csv(process, text), list(a = 1:5000, b = rep("x", 5000)))
  })
})
