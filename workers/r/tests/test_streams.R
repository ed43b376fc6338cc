# The vectors of whole streams through the real descriptors, in pieces of several sizes.

piece_sizes <- function(data) if (length(data) > 10000) c(65521, length(data)) else c(3, max(1, length(data)))

#' The values that the echo sends back for these bytes, or the code of the first fault.
echoed <- function(data, size) {
  process <- start_worker(most = 2 * 2^20, script = file.path(HERE, "echo.R"))
  on.exit(close(process$output))
  try(suppressWarnings(for (at in seq(1, by = size, length.out = ceiling(length(data) / size))) {
    send_bytes(process, data[at:min(length(data), at + size - 1)])
  }), silent = TRUE) # The reader may have given up, which is what some vectors are about.
  suppressWarnings(try(close(process$input), silent = TRUE))
  values <- list()
  repeat {
    value <- receive(process)
    if (is.null(value)) break
    if (value[[1]]) return(value[[2]])
    values[length(values) + 1] <- value[2]
  }
  values
}

receive_all <- function(vector, size) {
  values <- echoed(vector$data, size)
  if (vector$verdict != "ok") return(expect_same(values, vector$verdict, paste("in pieces of", size)))
  expect(is_same(values, vector$value[[1]]), "read as other values in pieces of ", size)
  written <- as.raw(unlist(lapply(values, frame_of)))
  expect(any(vapply(vector$canonical, identical, NA, written)), "written in another form")
}

for (vector in read_vectors("frames")) {
  test(paste("stream", vector$name), for (size in piece_sizes(vector$data)) receive_all(vector, size))
}
