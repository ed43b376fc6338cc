# CSV: the same data frames as read.csv gives, whichever way they are read, and refusals where it would read
# something else.

read <- function(text, ...) worker$read_csv(charToRaw(enc2utf8(text)), ...)
refusal <- function(text) {
  bytes <- if (is.raw(text)) text else charToRaw(enc2utf8(text))
  error <- tryCatch(worker$read_csv(bytes), worker_error = identity)
  expect_same(error$code, "INPUT_UNREADABLE")
  error$message
}
plain <- function(text) worker$read_plain(charToRaw(enc2utf8(text)))
wanted <- function(text, ...) utils::read.csv(text = text, check.names = FALSE, encoding = "UTF-8", ...)

CELLS <- c(
  "1", "-1", "0", "-0", "007", "2147483647", "2147483648", "-2147483647", "-2147483648", "99999999999",
  "123456789012345678901", "-0000000000000000000007",
  "1.5", "-.5", "5.",
  "1e5", "1E-3", "1e", "1e400", "-1e-400", "0.1", "3.141592653589793238462643", "1.7976931348623157e308",
  "4.9e-324",
  "0x10", "Inf", "-inf", "NaN", "NA",
  "", "TRUE", "FALSE", "T", "F", "true", "True", "x", " 1", "1 ", " ", " x ", "+1", "1L", "1d5", "1i", "--1",
  "1-1", "a b",
  "\u00e9\u6a21", "2020-01-02", "'q'", "#c", "\\n", "N", "NAN"
)

expect_as_usual <- function(text) {
  expect(
    identical(read(text), wanted(text)), deparse1(text), " reads as ", deparse1(read(text)), ", expected ",
    deparse1(wanted(text))
  )
}

test("every pair of cells in a column reads as read.csv reads it", {
  for (one in CELLS) {
    texts <- vapply(CELLS, function(other) sprintf("a,b\n%s,1\n%s,2\n", one, other), "")
    for (text in texts) expect_as_usual(text)
  }
})

test("random tables of random cells read as read.csv reads them", {
  set.seed(7)
  for (time in 1:300) {
    columns <- sample(2:6, 1)
    rows <- sample(1:8, 1)
    kinds <- replicate(columns, sample(CELLS, sample(1:4, 1)), simplify = FALSE)
    cells <- vapply(kinds, function(kind) sample(rep(kind, length.out = 20), rows), character(rows))
    lines <- apply(matrix(cells, rows), 1, paste, collapse = ",")
    text <- paste(
      c(paste(sample(c("a", "b", "a", "", "x y", "1", "\u00fc", "NA"), columns), collapse = ","), lines, ""),
      collapse = "\n"
    )
    if (!grepl("[^,\n]", sub("\n.*", "", text))) next
    expect_as_usual(text)
  }
})

test("random numbers have the same bits as read.csv gives them", {
  set.seed(11)
  digits <- function(most) paste(sample(0:9, sample(most, 1), replace = TRUE), collapse = "")
  numbers <- replicate(
    3000, paste0(sample(c("", "-"), 1), digits(20), sample(c("", ".", "e-"), 1), digits(3))
  )
  text <- paste(c("a,b", paste(numbers, 1:3000, sep = ","), ""), collapse = "\n")
  expect(identical(writeBin(read(text)$a, raw()), writeBin(wanted(text)$a, raw())), "other bits")
})

if (IS_NATIVE) {
  test("plain bodies are split by the C object", {
    for (text in c("a,b\n1,2\n", "a\n1\n2\n", "a,b\n1,x\n,NA\n", "a b,c,c\n1.5,-2,1e5\n", "a,b\r\n1,2\r\n",
        "a\r1\r2\n", "a,b\n1,\"2\"\n", "\"a\",b\n\"x, y\",\"\"\n", "a\n\"x\ny\"\n\"\"\n")) {
      expect(is.data.frame(plain(text)), deparse1(text), " was not read as plain")
    }
  })
  test("bodies that are not plain are left to R", {
    for (text in c("a,b\n1,\"2\"\"\"\n", "a,b\n1,2\"3\"\n", "a,b\n1,\"2\n", "a,b\n1\n", "a,b\n1,2,3\n",
        "a,b\n\n1,2\n", "a,b\n", "\na,b\n1,2\n", "a\n1\n\n2\n", "a\n \n", ",\n1,2\n")) {
      expect(is.null(plain(text)), deparse1(text), " was read as plain")
    }
  })
}

test("cells read alike with and without quotes, whichever way they are read", {
  forms <- c(
    "a,b\n\"%s\",1\n%s,2\n", "\"a\",\"b\"\n\"%s\",\"1\"\n\"%s\",\"2\"\n", "a,b\n\"%s\",1\n\"%s\",\"2\"\n\n"
  )
  for (one in CELLS) for (form in forms) expect_as_usual(sprintf(form, one, one))
  expect_as_usual("\"a b\",\" c \"\n\"x\ny\",\"1\"\n")
})

test("texts that are not plain read as read.csv reads them", {
  for (text in c("a,b\n\"1\",\"x, \"\"y\"\"\"\n",
      "a,b\n1,\"two\nlines\"\n2,z\n", "a,b,c\n1,2\n3,4,5\n", "a,b\n\n1,2\n\n\n",
      "\"a b\",\"c\"\n1,2\n", "a,b\n", "a,b\n1,2", ",b\n1,2\n")) {
    expect_same(read(text), wanted(text), deparse1(text))
  }
})

test("a byte order mark is dropped", {
  expect_same(read("\ufeffa,b\r\n1,x\r\n"), data.frame(a = 1L, b = "x"))
  expect_same(read("\ufeffa,b\r\n1,\"x\"\r\n"), data.frame(a = 1L, b = "x"))
})

test("CR, LF and CR LF end lines, alike and mixed, with quotes and without", {
  table <- data.frame(a = 1:2, b = c("x", "y"))
  for (end in c("\r", "\n", "\r\n")) {
    for (rows in c("a,b\n1,x\n2,y\n", "a,b\n1,x\n2,y", "a,b\n\n1,x\n2,\"y\"\n\n", "\"a\",b\n1,x\n2,y\n")) {
      expect_same(read(gsub("\n", end, rows)), table, deparse1(gsub("\n", end, rows)))
    }
    expect_same(read(gsub("\n", end, "a\n1\n\n3\n")), data.frame(a = c(1L, NA, 3L)))
  }
  expect_same(read("a,b\r1,x\n2,y\r\n"), table)
  expect_same(read("a,b\r\n1,x\r\n2,y\r"), table)
})

test("line ends within quotes stay, carriage returns among them", {
  expect_same(read("a,b\r\n1,\"x\ry\"\r\n")$b, "x\ry")
  expect_same(read("a,b\r1,\"x\r\ny\"\r2,z\r")$b, c("x\r\ny", "z"))
  expect_same(names(read("\"a\rb\",c\n1,2\n")), c("a\rb", "c"))
})

test("one empty cell more than the header has is nothing, row by row", {
  for (text in c("a,b\n1,2,\n3,4,\n", "a,b\n1,2,\r\n3,4\r\n", "a,b\n1,2,\"\"\n3,\"4\",\n")) {
    expect_same(read(text), data.frame(a = c(1L, 3L), b = c(2L, 4L)), deparse1(text))
  }
  expect_same(read("a\n1,\n2,\n"), data.frame(a = 1:2))
  expect_same(dim(read("a,b,\n1,2,\n")), c(1L, 3L))
})

test("one filled cell more is refused with its line, and so are two empty ones", {
  expect_in("line 3: the row has 3 cells, expected 2", refusal("a,b\n1,2\nr,1,2\n"))
  expect_in("line 3: the row has 4 cells, expected 2", refusal("a,b\n1,2\n1,2,,\n"))
  expect_in("line 5: the row has 3 cells", refusal("a,b\r\n\r\n1,\"x\r\ny\"\r\n1,2,3\r\n"))
  expect_in("line 2: the row has 2 cells, expected 1", refusal("a\n1,x\n"))
  expect_in("line 2: the row has 3 cells", refusal("a,b\n1,2, \n"))
})

test("an index column as pandas and R write it is a column without a name", {
  expect_same(names(read(",a\n0,1\n")), c("", "a"))
  expect_same(read("\"\",\"a\"\n\"r1\",1\n")$a, 1L)
})

test("what is not UTF-8 is refused with row, column and byte", {
  refuse <- function(at, byte, place, ...) {
    parts <- lapply(list(...), function(part) if (is.raw(part)) part else charToRaw(part))
    form <- "the CSV is not UTF-8: byte %d (counted from 0) is 0x%s, in %s"
    expect_in(sprintf(form, at, byte, place), refusal(unlist(parts)))
  }
  bad <- as.raw(0xF6)
  mark <- as.raw(c(0xEF, 0xBB, 0xBF))
  refuse(11, "f6", "the column town of row 0", "town,x\nMalm", bad, ",1\nLund,2\n")
  refuse(18, "f6", "the column x of row 1", "town,x\nLund,2\nb,\"a", bad, "\"\n")
  refuse(12, "e9", "the column b of row 1", "a,b\r\n1,2\r\n3,", as.raw(0xE9), "\r\n")
  remedy <- "encode it as UTF-8; a request may name its charset instead"
  refuse(2, "f6", paste0("the header; ", remedy), "a,", bad, "\n1,2\n")
  refuse(9, "ed", "the column b of row 0", mark, "a,b\n1,", as.raw(c(0xED, 0xA0, 0x80)), "\n")
})

test("columns of text stay as written, the others do not", {
  text <- "a,b,n\n007,T,1\nF,,2\n\nNA,1.0,3\n"
  table <- data.frame(a = c("007", "F", "NA"), b = c("T", "", "1.0"), n = 1:3)
  for (one in c(text, sub("T", "\"T\"", text), gsub("\n", "\r\n", text), sub("a,b", " a ,b", text))) {
    got <- read(one, c("a", "b", "gone"))
    expect_same(got, table, deparse1(one))
  }
  expect_same(read("a\n1\n", "a"), data.frame(a = "1"))
  expect_same(read("\u00e9,b\n1,2\n", "\u00e9")[[1]], "1")
})

test("with one column a blank line is a missing value, but not at the end or above the header", {
  expect_same(read("a\n1\n\n3\n"), data.frame(a = c(1L, NA, 3L)))
  expect_same(read("a\n1\n\n3"), data.frame(a = c(1L, NA, 3L)))
  expect_same(read("a\n1\n\n"), data.frame(a = c(1L, NA)))
  expect_same(read("\n \na\n1\n"), data.frame(a = 1L))
  expect_same(read("a\nx\n\n"), data.frame(a = c("x", "")))
  expect_same(read("a\n1\n2\n"), data.frame(a = 1:2))
  expect_same(dim(read("a\n")), c(0L, 1L))
})

test("a header may be of any length, and many may come", {
  names <- paste0("column", 1:3000)
  text <- paste0(paste(names, collapse = ","), "\n", paste(1:3000, collapse = ","), "\n")
  for (time in 1:2) {
    expect_same(read(text), structure(as.list(1:3000), names = names, class = "data.frame", row.names = 1L))
  }
  for (at in c(1:100, 1)) {
    expect_same(
      read(sprintf("x%d\n1\n", at)),
      structure(list(1L), names = paste0("x", at), class = "data.frame", row.names = 1L)
    )
  }
})

test("what a text cannot be read as is refused", {
  for (text in c("", "\n", " \n\t\r\n", "\ufeff")) expect_code("INPUT_EMPTY", read(text))
  for (end in list(c(0x00, 0x0a), c(0x31, 0x0a, 0x00))) {
    expect_code("INPUT_UNREADABLE", worker$read_csv(as.raw(c(0x61, 0x0a, end))))
  }
  for (text in c("a,b\n1,\"2\n", "a,b\n1,2,3,4\n", "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12,13\n",
      "a,b\nr,1,2\nr,3,4\n")) {
    expect_code("INPUT_UNREADABLE", read(text))
  }
  expect_in("line 7: the row has 3 cells", refusal("a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12,13\n"))
  expect_in("line 3: the quote", refusal("a,b\n1,2\n\"3,4\n"))
})

test("a large body is read quickly where the C object is", {
  set.seed(3)
  frame <- as.data.frame(matrix(round(rnorm(2e5), 6), ncol = 10))
  frame$n <- seq_len(nrow(frame))
  frame$s <- sample(c("red", "green"), nrow(frame), TRUE)
  text <- paste(
    c(paste(names(frame), collapse = ","), do.call(paste, c(frame, sep = ",")), ""), collapse = "\n"
  )
  seconds <- system.time(got <- read(text))[["elapsed"]]
  usual <- system.time(same <- wanted(text))[["elapsed"]]
  expect(identical(got, same), "another frame")
  if (IS_NATIVE) expect(seconds < usual / 2, "read.csv takes ", usual, " s, this ", seconds)
})
