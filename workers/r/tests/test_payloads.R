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

test("every form of Matrix Market is read", {
  read <- function(banner, ...) {
    text <- paste(c(paste("%%MatrixMarket matrix", banner), ..., ""), collapse = "\n")
    matrix <- worker$read_matrix(charToRaw(text), NULL)
    expect_same(class(matrix)[1], "dgTMatrix")
    as.vector(as.matrix(matrix))
  }
  expect_same(read("coordinate real general", "% words", "2 2 2", "1 1 2.5", "2 2 -1"), c(2.5, 0, 0, -1))
  expect_same(read("coordinate double general", "2 2 1", "", "2 1 1e3"), c(0, 1000, 0, 0))
  expect_same(read("coordinate integer symmetric", "2 2 2", "1 1 3", "2 1 4"), c(3, 4, 4, 0))
  expect_same(read("coordinate real skew-symmetric", "2 2 1", "2 1 4"), c(0, 4, -4, 0))
  expect_same(read("coordinate pattern general", "2 2 3", "1 1", "1 1", "2 2"), c(2, 0, 0, 1))
  expect_same(read("coordinate real general", "1 1 2", "1 1 2", "1 1 3"), 5)
  expect_same(read("array real general", "2 2", "1", "2", "3", "4"), c(1, 2, 3, 4))
  expect_same(read("ARRAY double General\r", "1 2\r", "1.5\r", "nan\r"), c(1.5, NaN))
  expect_same(read("array integer symmetric", "2 2", "1", "2", "3"), c(1, 2, 2, 3))
  expect_same(read("array real skew-symmetric", "2 2", "2"), c(0, 2, -2, 0))
  expect_same(read("coordinate real general", "2 1 0"), c(0, 0))
  refuse <- function(words, ...) {
    expect_in(words, tryCatch(read(...), worker_error = function(error) paste(error$code, error$message)))
  }
  refuse("of numbers it has complex, expected one of real", "coordinate complex general", "1 1 1", "1 1 2 3")
  refuse("of symmetry it has hermitian", "coordinate real hermitian", "1 1 0")
  refuse("a pattern", "array pattern general", "1 1", "1")
  refuse("the size line is \"1 1\", expected 3 whole numbers", "coordinate real general", "1 1")
  refuse("1 entries came, expected 2", "coordinate real general", "1 1 2", "1 1 1")
  refuse("the entry \"3 1 1\" does not fit into 2 rows", "coordinate real general", "2 2 1", "3 1 1")
  refuse("an entry is not made of 3 numbers", "coordinate real general", "2 2 1", "1 1 x")
  refuse("2 rows and 3 columns, expected as many", "array real symmetric", "2 3", "1")
  expect_in("it begins with", tryCatch(worker$read_matrix(raw(), NULL), worker_error = conditionMessage))
})

test("hooks find the sparse methods of Matrix, as in DRUM", {
  hook <- paste0(LOAD, "score <- function(data, model) data.frame(Predictions = rowSums(data))")
  with_model(list(custom.R = hook), function(process, loaded) {
    answer <- call_worker(process, "predict", bytes(MTX, "text/mtx"))
    expect_same(columns_of(answer$result$predictions), list(Predictions = c(2.5, -1)))
  })
})

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
