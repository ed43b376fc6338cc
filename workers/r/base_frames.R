# Frames in base R alone. Sockets cannot be opened as files, so two programs carry the bytes between them and
# two named pipes.
#
# Programs that user code starts get no descriptor of the frames: the e in "reb" makes the C library open the
# named pipes close-on-exec, which R asks of none of its connections itself, and R's own two descriptors are
# closed. A process that user code forks has the pipes, but finds the end of input here and is not heard.
#
# What base R cannot do: keep the frames from closeAllConnections(), read columns at the speed of C, and look
# for a frame without waiting for it. Linux counts what the carrier has written, and R what it has read;
# elsewhere a `cancel` is seen when its stream has ended.

# The line that comes back is the process that carries frames in; when it comes, the named pipes are there. It
# is a dd because a cat may move bytes in ways that nobody counts.
CARRIERS <- "mkfifo %1$s %2$s || exit
dd bs=65536 <&%3$d >%1$s 2>/dev/null %3$d<&- %4$d>&- &
echo $!
exec cat <%2$s >&%4$d %3$d<&- %4$d>&-"

CLOSED <- paste0(
  "user code has closed the connections of the frames; call no closeAllConnections(), ",
  "or install a C compiler and R's headers"
)

#' The wire of frames.R in base R.
base_wire <- function() {
  owner <- Sys.getpid()
  is_owner <- function() Sys.getpid() == owner
  carriers <- input <- output <- carrier <- NULL
  taken <- 0
  read <- function(size) {
    bytes <- readBin(input, "raw", size)
    taken <<- taken + length(bytes)
    bytes
  }
  list(
    is_native = FALSE,
    open = function(incoming, outgoing) {
      names <- tempfile(c("in", "out"))
      # In the order in which closeAllConnections() may close them: the end of the carriers is waited for.
      input <<- file(names[1], raw = TRUE)
      output <<- file(names[2], raw = TRUE)
      carriers <<- pipe(sprintf(CARRIERS, shQuote(names[1]), shQuote(names[2]), incoming, outgoing), "r")
      carrier <<- readLines(carriers, 1)
      open(input, "reb")
      open(output, "web")
      unlink(names)
      parallel:::closeFD(c(incoming, outgoing))
    },
    decode = decode,
    encode = encode,
    receive = function(most) if (is_owner()) receive_frame(read, most),
    has_come = function() is_owner() && has_carried(carrier, taken),
    write = function(body) is_owner() && write_frame(output, body),
    flush = function() flush(stdout()),
    texts = function(data, offsets) split_texts(data, offsets),
    cells = function(body, texts) NULL,
    close = function() {
      if (!is_owner() || is_closed(output)) return()
      close(output)
      close(carriers) # Returns when everything is on its way.
    }
  )
}

#' Whether the process has written more than `taken` bytes, or has ended.
has_carried <- function(process, taken) {
  told <- function(file) {
    suppressWarnings(tryCatch(
      readLines(file.path("/proc", process, file)), error = function(error) character()
    ))
  }
  written <- as.numeric(sub("^wchar: ", "", grep("^wchar: ", told("io"), value = TRUE)))
  any(written > taken) || any(grepl("^State:\tZ", told("status")))
}

#' list(value), a fault, or NULL at the end of input. `read(size)` gives at most so many bytes, fewer at the
#' end.
receive_frame <- function(read, most) {
  head <- read(4)
  if (length(head) == 0) return(NULL)
  if (length(head) < 4) return(truncated(length(head), 4))
  size <- sum(as.integer(head) * 256^(0:3))
  if (size > most) {
    return(fault("FRAME_TOO_LARGE", sprintf("a frame announces %.0f bytes, the limit is %.0f", size, most)))
  }
  body <- read(size)
  if (length(body) < size) return(truncated(4 + length(body), 4 + size))
  tryCatch(list(decode(body)), worker_error = function(error) fault(error$code, error$message))
}

truncated <- function(come, need) {
  fault("FRAME_TRUNCATED", sprintf("the input ended inside a frame, %.0f bytes of %.0f had come", come, need))
}

#' An error code of section 9 and its words, in the form that the C object gives.
fault <- function(code, message) structure(list(code, message), class = "fault")

is_closed <- function(connection) tryCatch(!isOpen(connection), error = function(error) TRUE)

#' FALSE when nobody is left to read it, or user code has closed all connections.
write_frame <- function(output, body) {
  size <- length(body)
  head <- as.raw(size %/% 256^(0:3) %% 256)
  tryCatch(
    {
      writeBin(c(head, body), output)
      flush(output)
      TRUE
    },
    error = function(error) {
      if (is_closed(output)) message(CLOSED)
      FALSE
    }
  )
}
