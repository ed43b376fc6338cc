# The vectors of tables as data frames and back, and the columns that R has beside them.

vectors <- read_vectors("tables")
expect(length(accepted(vectors)) > 40 && length(refused(vectors)) > 50, "vectors of tables are gone")

#' Seconds since 1970 of what the vectors write as 2020-01-02T03:04:05.678901.
seconds_in <- function(text) {
  clock <- as.numeric(unlist(strsplit(substring(text, 12), ":")))
  as.double(as.Date(substr(text, 1, 10))) * 86400 + sum(clock * c(3600, 60, 1))
}

check_cells <- function(values, column) {
  if (is.factor(values)) values <- as.character(values)
  wanted <- column$values
  is_missing <- vapply(wanted, is.null, NA)
  # NaN counts as NA in is.na(), but is a value here.
  expect_same(is.na(values) & !(is.double(values) & is.nan(values)), is_missing, "missing")
  if (column$type == "date") return(expect_same(values[!is_missing], as.Date(as.character(unlist(wanted)))))
  if (column$type == "timestamp") {
    seconds <- vapply(wanted[!is_missing], seconds_in, 0)
    return(expect(
      all(abs(as.double(values[!is_missing]) - seconds) <= 1e-6 + abs(seconds) * 2^-51), "other times"
    ))
  }
  for (at in which(!is_missing)) {
    text <- if (inherits(wanted[[at]], "text")) rawToChar(wanted[[at]][wanted[[at]] != 0]) else wanted[[at]]
    got <- if (is.character(values)) gsub("\ufffd", "", values[at]) else values[at]
    if (column$type == "int64") text <- as.numeric(text)
    if (is.numeric(got)) got <- as.double(got)
    expect(is_same(got, text), "cell ", at, " is ", got, ", expected ", text)
  }
}

for (vector in accepted(vectors)) {
  test(paste("table", vector$name), {
    frame <- worker$table_to_frame(worker$wire$decode(vector$data))
    table <- vector$value[[1]]
    expect_same(as.double(nrow(frame)), table$rows)
    expect_same(names(frame), vapply(table$columns, `[[`, "", "name"))
    for (at in seq_along(frame)) check_cells(frame[[at]], table$columns[[at]])
  })
}

for (vector in refused(vectors)) {
  test(
    paste("table", vector$name),
    expect_code(vector$verdict, worker$table_to_frame(worker$wire$decode(vector$data)))
  )
}

#' R has no float32 and no type for JSON, no NUL in strings, less digits of times, and no bitmap where nothing
#' is missing.
is_lossy <- function(vector) {
  types <- vapply(vector$value[[1]]$columns, `[[`, "", "type")
  any(types %in% c("float32", "json", "timestamp")) || vector$name %in% c("int64", "utf8-odd") ||
    any(vapply(vector$value[[1]]$columns, function(column) length(column) > 3, NA))
}

for (vector in Filter(Negate(is_lossy), accepted(vectors))) {
  test(paste("table back from a frame", vector$name), {
    sent <- worker$wire$decode(vector$data)
    table <- worker$frame_to_wire(worker$table_to_frame(sent), "a test")$predictions
    forms <- lapply(vector$canonical, worker$wire$decode)
    # Fields that no version knows are not handed on, nor is a bitmap that says nothing.
    is_alike <- vapply(forms, function(form) is_same(worker$wire$decode(worker$wire$encode(table)), form), NA)
    expect(any(is_alike), "another table: ", deparse1(table), " instead of ", deparse1(forms[[1]]))
  })
}

#' A column as the frame has it that the table with its further fields gives.
read_column <- function(values, ...) {
  frame <- structure(
    list(values), names = "x", class = "data.frame", row.names = .set_row_names(length(values))
  )
  table <- worker$frame_to_wire(frame, "a test")$predictions
  table$columns[[1]] <- c(table$columns[[1]], list(...))
  worker$table_to_frame(worker$wire$decode(worker$wire$encode(table)))$x
}

test("categories are a factor of all levels in their order", {
  levels <- list("b", "z", "a")
  expect_same(read_column(c("b", NA, "a"), levels = levels), factor(c("b", NA, "a"), c("b", "z", "a")))
  expect_same(
    read_column(c("b", NA, "a"), levels = levels, ordered = TRUE),
    factor(c("b", NA, "a"), c("b", "z", "a"), ordered = TRUE)
  )
  expect_same(levels(read_column(character(), levels = levels)), unlist(levels))
  expect_code("PARAMS_INVALID", read_column(c("b", "c"), levels = levels))
})

test("decimals are doubles, times of day strings, durations seconds", {
  expect_same(read_column(c("-12.50", NA, "0.007"), logical = "decimal"), c(-12.5, NA, 0.007))
  expect_same(read_column("12:30:00", logical = "time"), "12:30:00")
  spans <- read_column(c(2000000000L, NA, -1000000000L), logical = "duration")
  expect_same(spans, as.difftime(c(2, NA, -1), units = "secs"))
})

round_trip <- function(values) {
  frame <- structure(
    list(values), names = "x", class = "data.frame", row.names = .set_row_names(length(values))
  )
  wire <- worker$wire$decode(worker$wire$encode(worker$frame_to_wire(frame, "a test")$predictions))
  list(type = wire$columns[[1]]$type, values = worker$table_to_frame(wire)[[1]], column = wire$columns[[1]])
}

test("columns of R keep their values", {
  columns <- list(
    c(1.5, NA, NaN, -Inf, 0), c(-5L, NA, .Machine$integer.max, -.Machine$integer.max), c(TRUE, NA, FALSE),
    c("\u00e9", NA, ""), as.Date(c("2020-02-29", NA, "1969-12-31")),
    .POSIXct(c(0, NA, -1.5, 1e9 + 0.25), "UTC"), 3e9, numeric(), character()
  )
  for (values in columns) {
    back <- round_trip(values)$values
    expect_same(back, values)
  }
})

test("columns of R have their types", {
  types <- list(
    float64 = 1, int64 = 1L, bool = NA, utf8 = "a", date = Sys.Date(), timestamp = Sys.time(), json = list(1),
    utf8 = factor("a")
  )
  for (at in seq_along(types)) expect_same(round_trip(types[[at]])$type, names(types)[at])
  expect_same(round_trip(factor(c("b", NA, "a")))$values, c("b", NA, "a"))
  expect_same(round_trip(as.POSIXlt("2020-01-02 03:04:05", tz = "UTC"))$type, "timestamp")
  expect_same(round_trip(structure(c(4.9e-324, -0), class = "integer64"))$values, c(1L, NA))
  expect_same(round_trip(structure(1.5, class = "own"))$type, "float64")
})

test("integer64 keeps every digit and sign, and 1-d arrays and matrices of one column are columns", {
  of_bytes <- function(bytes) structure(readBin(as.raw(bytes), "double", 1), class = "integer64")
  sent <- function(values) {
    frame <- structure(list(x = values), class = "data.frame", row.names = .set_row_names(NROW(values)))
    worker$frame_to_wire(frame, "a test")$predictions$columns[[1]]
  }
  numbers <- list(
    c(0xFB, rep(0xFF, 7)), c(rep(0xFF, 7), 0x7F), c(1, rep(0, 6), 0x80), c(rep(0xFF, 6), 0xEF, 0xFF),
    c(1, rep(0, 7))
  ) # -5, 2^63 - 1, -(2^63 - 1), -2^52 - 1, 1
  for (number in numbers) {
    column <- sent(of_bytes(number))
    expect_same(column$type, "int64")
    expect_same(column$data, as.raw(number))
    expect_same(column$validity, NULL)
  }
  expect_same(sent(of_bytes(c(rep(0, 7), 0x80)))$validity, as.raw(0))
  for (values in list(array(c(1.5, 2)), matrix(c(1.5, 2)), I(matrix(c(1.5, 2))))) {
    expect_same(round_trip(values)$values, c(1.5, 2))
  }
  expect_same(round_trip(table(c("a", "b", "b")))$values, 1:2)
  expect_same(round_trip(tapply(c(1.5, 2, 3), c(1, 2, 2), sum))$values, c(1.5, 5))
  expect_same(round_trip(array(c("a", NA)))$values, c("a", NA))
  expect_same(round_trip(list(of_bytes(numbers[[1]])))$values, "\"-5\"")
})

test("times without a zone are told by the wall clock, with one in UTC", {
  before <- Sys.getenv("TZ", NA)
  Sys.setenv(TZ = "America/New_York")
  on.exit(if (is.na(before)) Sys.unsetenv("TZ") else Sys.setenv(TZ = before))
  local <- round_trip(as.POSIXct("2020-07-01 12:00:00"))
  expect_same(local$column$timezone, NULL)
  expect_same(format(local$values), "2020-07-01 12:00:00")
  expect_same(local$column$data, round_trip(as.POSIXct("2020-07-01 12:00:00", tz = "UTC"))$column$data)
  zoned <- round_trip(as.POSIXct("2020-07-01 12:00:00", tz = "Europe/Berlin"))
  expect_same(zoned$column$timezone, "Europe/Berlin")
  expect_same(format(zoned$values), "2020-07-01 12:00:00")
})

test("cells of list columns are JSON", {
  cells <- list(
    1, 0.1, "a\"\\\n\u00e9\u0001", TRUE, NULL, c(1, NA), list(), list(a = 1, b = list(NULL, "x")), 1:2,
    c(x = 1), NaN, 1e300, factor("f")
  )
  wanted <- c(
    "1", "0.1", "\"a\\\"\\\\\\u000a\u00e9\\u0001\"", "true", NA, "[1,null]", "[]",
    "{\"a\":1,\"b\":[null,\"x\"]}", "[1,2]", "{\"x\":1}", "null", "1e+300", "\"f\""
  )
  expect_same(round_trip(cells)$values, wanted)
})

test("columns that no type fits are refused by name and class", {
  for (column in list(1i, as.raw(1), matrix(1:4, 2), as.difftime(1, units = "secs"), expression(a))) {
    frame <- structure(
      list(column), names = "odd", class = "data.frame", row.names = .set_row_names(NROW(column))
    )
    error <- tryCatch(worker$frame_to_wire(frame, "score"), error = identity)
    expect_same(error$code, "HOOK_RESULT_INVALID")
    expect_in(class(column)[1], error$message)
    expect_in("\"odd\" of score", error$message)
  }
})

test("row names are the index, unless they count from 1", {
  index <- function(frame) worker$frame_to_wire(frame, "a test")$index
  expect_same(index(data.frame(x = 1:3)), NULL)
  expect_same(index(data.frame(x = 1:3, row.names = c("1", "2", "3"))), NULL)
  expect_same(rawToChar(index(data.frame(x = 1:2, row.names = c("b", "c")))$data), "bc")
  expect_same(index(data.frame(x = 1:3)[c(1, 3), , drop = FALSE])$type, "int64")
})

test("cells of a list column come out of a worker as JSON", {
  hook <- paste0(
    "score <- function(data, model, ...) data.frame(Predictions = I(list('a', 1.5, NULL, list(b = TRUE))))\n"
  )
  with_model(list(custom.R = paste0(LOAD, hook)), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n2\n3\n4\n")$Predictions, c("\"a\"", "1.5", NA, "{\"b\":true}"))
  })
})
