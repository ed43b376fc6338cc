# Frames in base R alone. Sockets cannot be opened as files, so two `cat` carry the bytes.
#
# What base R cannot do here: close the descriptors to programs that user code starts, and read columns at the speed of C.

base_wire <- function() {
  input <- NULL
  output <- NULL
  list(
    is_native = FALSE,
    open = function(incoming, outgoing) {
      # The first must not keep the way out open, nor the second the way in, when this process has ended.
      input <<- pipe(sprintf("exec cat <&%d %d>&-", incoming, outgoing), "rb")
      output <<- pipe(sprintf("exec cat >&%d %d<&-", outgoing, incoming), "wb")
    },
    decode = decode,
    encode = encode,
    receive = function(most) receive_frame(input, most),
    write = function(body) write_frame(output, body),
    flush = function() flush(stdout()),
    texts = split_texts,
    cells = function(body, start, width) NULL,
    close = function() close(output) # Returns when everything is on its way.
  )
}

receive_frame <- function(input, most) {
  head <- readBin(input, "raw", 4)
  if (length(head) == 0) return(NULL)
  if (length(head) < 4) return(truncated(length(head), 4))
  size <- sum(as.integer(head) * 256^(0:3))
  if (size > most) {
    return(fault("FRAME_TOO_LARGE", sprintf("a frame announces %.0f bytes, the limit is %.0f", size, most)))
  }
  body <- readBin(input, "raw", size)
  if (length(body) < size) return(truncated(4 + length(body), 4 + size))
  tryCatch(list(decode(body)), worker_error = function(error) fault(error$code, error$message))
}

truncated <- function(come, need) {
  fault("FRAME_TRUNCATED", sprintf("the input ended inside a frame, %.0f bytes of %.0f had come", come, need))
}

fault <- function(code, message) structure(list(code, message), class = "fault")

write_frame <- function(output, body) {
  size <- length(body)
  head <- as.raw(size %/% 256^(0:3) %% 256)
  tryCatch(
    {
      writeBin(c(head, body), output)
      flush(output)
      TRUE
    },
    error = function(error) FALSE
  )
}

#' The strings of a column whose buffers have been checked; U+FFFD stands for NUL, which R's strings cannot hold.
split_texts <- function(data, offsets) {
  rows <- length(offsets) / 4 - 1
  ends <- readBin(offsets, "integer", rows + 1, endian = "little")
  texts <- vapply(seq_len(rows), function(row) {
    bytes <- data[seq_len(ends[row + 1] - ends[row]) + ends[row]]
    is_nul <- bytes == 0
    if (!any(is_nul)) return(rawToChar(bytes))
    rawToChar(unlist(lapply(bytes, function(byte) if (byte == 0) as.raw(c(0xEF, 0xBF, 0xBD)) else byte)))
  }, "")
  Encoding(texts) <- "UTF-8"
  texts
}
