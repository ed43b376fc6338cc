# Matrix Market to a sparse matrix of the package Matrix: coordinate and array form, every symmetry, no
# complex numbers.

#' A dgTMatrix, its columns named by `names` where these are not NULL; entries that come twice are added up.
#' Raises INPUT_UNREADABLE or PACKAGE_MISSING.
read_matrix <- function(bytes, names) {
  load_packages("Matrix", "Matrix Market")
  # Base R's rowSums() and the like know no sparse matrix.
  suppressPackageStartupMessages(library("Matrix", character.only = TRUE, warn.conflicts = FALSE))
  lines <- tryCatch(strsplit(rawToChar(bytes), "\r\n|\r|\n", useBytes = TRUE)[[1]], error = function(error) {
    no_matrix("it holds a byte 0")
  })
  banner <- read_banner(c(lines, "")[1])
  lines <- lines[-1]
  lines <- lines[!grepl("^[ \t]*(%|$)", lines, useBytes = TRUE)]
  size <- read_size(lines[1], banner)
  matrix <- whole_matrix(read_entries(lines[-1], size, banner), size, banner$symmetry)
  if (is.null(names)) return(matrix)
  if (length(names) != ncol(matrix)) {
    form <- "%d column names came for %d columns of the matrix; send one name a column"
    fail("INPUT_UNREADABLE", form, length(names), ncol(matrix))
  }
  dimnames(matrix) <- list(NULL, names)
  matrix
}

#' Raises INPUT_UNREADABLE; the arguments are those of sprintf.
no_matrix <- function(...) {
  fail("INPUT_UNREADABLE", "the Matrix Market text cannot be read: %s; correct it", sprintf(...))
}

#' list(form, numbers, symmetry) of the first line.
read_banner <- function(line) {
  words <- strsplit(tolower(trimws(line)), "[ \t]+", useBytes = TRUE)[[1]]
  if (length(words) != 5 || words[1] != "%%matrixmarket" || words[2] != "matrix") {
    begin <- dQuote(substr(line, 1, 60), FALSE)
    no_matrix("it begins with %s, expected %%%%MatrixMarket matrix and three words more", begin)
  }
  expected <- list(
    form = c("coordinate", "array"), numbers = c("real", "double", "integer", "pattern"),
    symmetry = c("general", "symmetric", "skew-symmetric")
  )
  banner <- structure(as.list(words[3:5]), names = names(expected))
  for (name in names(banner)) {
    if (banner[[name]] %in% expected[[name]]) next
    words <- paste(expected[[name]], collapse = ", ")
    no_matrix("of %s it has %s, expected one of %s", name, banner[[name]], words)
  }
  is_array <- banner$form == "array"
  if (is_array && banner$numbers == "pattern") no_matrix("an array has numbers, and this is a pattern")
  banner
}

#' Rows, columns and, of a coordinate matrix, entries.
read_size <- function(line, banner) {
  size <- if (!is.na(line)) numbers_in(line)
  wanted <- if (banner$form == "array") 2 else 3
  is_count <- length(size) == wanted && !anyNA(size) && all(size >= 0 & size == floor(size))
  if (!is_count || any(size[1:2] > .Machine$integer.max)) {
    got <- dQuote(if (is.na(line)) "" else line, FALSE)
    no_matrix("the size line is %s, expected %d whole numbers", got, wanted)
  }
  if (banner$symmetry != "general" && size[1] != size[2]) {
    form <- "a %s matrix has %.0f rows and %.0f columns, expected as many"
    no_matrix(form, banner$symmetry, size[1], size[2])
  }
  size
}

numbers_in <- function(lines) {
  suppressWarnings(as.numeric(unlist(strsplit(trimws(lines, whitespace = "[ \t]"), "[ \t]+"))))
}

#' list(row, column, value) as written: of a symmetric matrix, a triangle alone.
read_entries <- function(lines, size, banner) {
  width <- if (banner$form == "array") 1 else if (banner$numbers == "pattern") 2 else 3
  numbers <- numbers_in(lines)
  places <- if (banner$form == "array") places_of_array(size, banner$symmetry)
  count <- if (banner$form == "array") nrow(places) else size[3]
  if (length(lines) != count) no_matrix("%d entries came, expected %.0f", length(lines), count)
  if (length(numbers) != width * count || any(is.na(numbers) & !is.nan(numbers))) {
    no_matrix("an entry is not made of %d numbers", width)
  }
  if (!is.null(places)) return(list(row = places[, 1], column = places[, 2], value = numbers))
  numbers <- matrix(numbers, width)
  is_within <- function(place, most) place >= 1 & place <= most & place == floor(place)
  wrong <- which(!(is_within(numbers[1, ], size[1]) & is_within(numbers[2, ], size[2])))[1]
  if (!is.na(wrong)) {
    form <- "the entry %s does not fit into %.0f rows and %.0f columns"
    no_matrix(form, dQuote(lines[wrong], FALSE), size[1], size[2])
  }
  list(row = numbers[1, ], column = numbers[2, ], value = if (width == 3) numbers[3, ] else rep(1, count))
}

#' Row and column of each value of an array, column after column.
places_of_array <- function(size, symmetry) {
  places <- cbind(rep(seq_len(size[1]), size[2]), rep(seq_len(size[2]), each = size[1]))
  switch(symmetry,
    general = places,
    symmetric = places[places[, 1] >= places[, 2], , drop = FALSE],
    `skew-symmetric` = places[places[, 1] > places[, 2], , drop = FALSE]
  )
}

whole_matrix <- function(entries, size, symmetry) {
  if (symmetry != "general") {
    is_mirrored <- entries$row != entries$column
    sign <- if (symmetry == "symmetric") 1 else -1
    entries <- list(
      row = c(entries$row, entries$column[is_mirrored]), column = c(entries$column, entries$row[is_mirrored]),
      value = c(entries$value, sign * entries$value[is_mirrored])
    )
  }
  matrix <- Matrix::sparseMatrix(i = entries$row, j = entries$column, x = entries$value, dims = size[1:2])
  methods::as(matrix, "TsparseMatrix")
}
