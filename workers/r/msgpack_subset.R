# One msgpack value <-> bytes: the subset of protocol/SPEC.md section 3 in base R, for machines where the C
# object is not to be had. Values are represented as src/decode.c says; src/encode.c and this encoder write
# the same bytes.

MOST_DEPTH <- 64
MOST_INT <- 2^53

# -- reading: `at` is the place of the next byte, from 1 -----------------------------------------------------

#' The value in `body`, a raw. Raises the VALUE_ errors of section 9.
decode <- function(body) {
  reader <- new.env(parent = emptyenv())
  reader$body <- body
  reader$at <- 1
  reader$end <- length(body)
  value <- read_value(reader, 0)
  left <- reader$end - reader$at + 1
  if (left > 0) fail("VALUE_TRAILING", "%.0f bytes follow the value; a frame holds exactly one", left)
  value
}

take_bytes <- function(reader, size) {
  force(size) # Reading it moves the place.
  from <- reader$at
  check_left(reader, size)
  reader$at <- from + size
  if (size == 0) raw(0) else reader$body[from:(from + size - 1)]
}

check_left <- function(reader, size) {
  left <- reader$end - reader$at + 1
  if (size > left) fail("VALUE_TRUNCATED", "the frame ends %.0f bytes before the value does", size - left)
}

read_uint <- function(reader, width) sum(as.integer(take_bytes(reader, width)) * 256^((width - 1):0))

read_value <- function(reader, depth) {
  tag <- as.integer(take_bytes(reader, 1))
  if (tag < 0x80) return(as.double(tag))
  if (tag >= 0xE0) return(tag - 256)
  if (tag < 0x90) return(read_map(reader, tag - 0x80, depth))
  if (tag < 0xA0) return(read_array(reader, tag - 0x90, depth))
  if (tag < 0xC0) return(read_str(reader, tag - 0xA0))
  if (tag == 0xC0) return(NULL)
  if (tag == 0xC2 || tag == 0xC3) return(tag == 0xC3)
  if (tag >= 0xC4 && tag <= 0xC6) return(take_bytes(reader, read_uint(reader, 2^(tag - 0xC4))))
  if (tag == 0xCB) return(readBin(take_bytes(reader, 8), "double", endian = "big"))
  if (tag >= 0xCC && tag <= 0xD3) return(read_int(reader, tag))
  if (tag >= 0xD9 && tag <= 0xDB) return(read_str(reader, read_uint(reader, 2^(tag - 0xD9))))
  if (tag == 0xDC || tag == 0xDD) return(read_array(reader, read_uint(reader, 2^(tag - 0xDB)), depth))
  if (tag == 0xDE || tag == 0xDF) return(read_map(reader, read_uint(reader, 2^(tag - 0xDD)), depth))
  fail("VALUE_TYPE", "the tag %02x is outside the subset; see SPEC.md section 3", tag)
}

#' Eight bytes are judged in two halves: a double holds no 64 bits.
read_int <- function(reader, tag) {
  width <- 2^(tag %% 4)
  bytes <- as.integer(take_bytes(reader, width))
  is_negative <- tag >= 0xD0 && bytes[1] >= 128
  if (is_negative) bytes <- 255L - bytes
  if (width < 8) {
    number <- sum(bytes * 256^((width - 1):0))
    return(if (is_negative) -number - 1 else number)
  }
  high <- sum(bytes[1:4] * 256^(3:0))
  low <- sum(bytes[5:8] * 256^(3:0)) + is_negative
  if (high > 2^21 || (high == 2^21 && low > 0)) {
    fail("VALUE_RANGE", "an int is beyond 2^53; send a float64, a str or an int64 column")
  }
  number <- high * 2^32 + low
  if (is_negative) -number else number
}

read_str <- function(reader, size) {
  bytes <- take_bytes(reader, size)
  has_nul <- as.raw(0) %in% bytes
  text <- rawToChar(if (has_nul) bytes[bytes != 0] else bytes)
  if (!validUTF8(text)) fail("VALUE_UTF8", "a str of %.0f bytes is not UTF-8", size)
  if (has_nul) return(structure(bytes, class = "text"))
  Encoding(text) <- "UTF-8"
  text
}

#' An element takes a byte at least: a count beyond the frame is refused before anything is set aside.
check_room <- function(reader, least, depth) {
  force(least)
  if (depth >= MOST_DEPTH) fail("VALUE_DEPTH", "arrays and maps nest more than %d deep", MOST_DEPTH)
  check_left(reader, least)
}

read_array <- function(reader, count, depth) {
  check_room(reader, count, depth)
  items <- vector("list", count)
  for (at in seq_len(count)) items[at] <- list(read_value(reader, depth + 1))
  items
}

read_map <- function(reader, count, depth) {
  check_room(reader, 2 * count, depth)
  items <- vector("list", count)
  names <- rep(NA_character_, count)
  for (at in seq_len(count)) {
    check_left(reader, 1)
    tag <- as.integer(reader$body[reader$at])
    if (!((tag >= 0xA0 && tag < 0xC0) || (tag >= 0xD9 && tag <= 0xDB))) {
      fail("VALUE_TYPE", "a map key begins with the tag %02x; keys are str", tag)
    }
    key <- read_value(reader, depth + 1)
    if (is.character(key)) names[at] <- key
    items[at] <- list(read_value(reader, depth + 1))
  }
  names(items) <- names
  items
}

#' A list that is sent as a map, also when it is empty.
as_map <- function(list) structure(list, names = if (length(list) == 0) character() else names(list))

# -- writing -------------------------------------------------------------------------------------------------

#' The shortest form of `value`, a raw. Raises VALUE_ errors for what section 3 does not have.
encode <- function(value) written(value, 0)

written <- function(value, depth) {
  if (is.null(value)) return(as.raw(0xC0))
  if (inherits(value, "text")) return(written_text(unclass(value)))
  if (is.raw(value)) return(c(size_of(length(value), 0, 0, 0xC4, 0xC5), value))
  if (is.list(value)) return(written_list(value, depth))
  if (length(value) != 1 || !typeof(value) %in% c("logical", "integer", "double", "character")) {
    fail("VALUE_TYPE", "a value of type %s and length %d cannot be sent", typeof(value), length(value))
  }
  if (is.double(value)) return(number_of(value))
  if (is.na(value)) return(as.raw(0xC0))
  if (is.character(value)) return(written_text(charToRaw(enc2utf8(value))))
  if (is.logical(value)) as.raw(if (value) 0xC3 else 0xC2) else number_of(as.double(value))
}

written_text <- function(bytes) {
  if (!validUTF8(rawToChar(bytes[bytes != 0]))) {
    fail("VALUE_UTF8", "a str of %d bytes cannot be UTF-8", length(bytes))
  }
  c(size_of(length(bytes), 0xA0, 32, 0xD9, 0xDA), bytes)
}

written_list <- function(items, depth) {
  if (depth >= MOST_DEPTH) fail("VALUE_DEPTH", "arrays and maps nest more than %d deep", MOST_DEPTH)
  names <- names(items)
  if (is.null(names)) {
    head <- size_of(length(items), 0x90, 16, 0, 0xDC)
    return(c(head, unlist(lapply(items, written, depth + 1))))
  }
  head <- size_of(length(items), 0x80, 16, 0, 0xDE)
  c(
    head,
    unlist(lapply(
      seq_along(items), function(at) c(written(names[at], depth + 1), written(items[[at]], depth + 1))
    ))
  )
}

#' The head of a str, bin, array or map; a tag of 0 says that there is no such form.
size_of <- function(size, fixed, bound, tag8, tag16) {
  if (size < bound) as.raw(fixed + size)
  else if (tag8 && size < 256) tagged(tag8, size, 1)
  else if (size < 65536) tagged(tag16, size, 2)
  else tagged(tag16 + 1, size, 4)
}

tagged <- function(tag, number, width) as.raw(c(tag, number %/% 256^((width - 1):0) %% 256))

number_of <- function(number) {
  if (is.nan(number) || is.na(number)) return(as.raw(c(0xCB, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0)))
  is_int <- is.finite(number) && number == floor(number) && abs(number) <= MOST_INT &&
    (number != 0 || 1 / number > 0)
  if (!is_int) return(c(as.raw(0xCB), writeBin(number, raw(), endian = "big")))
  if (number >= -32 && number < 128) return(as.raw(number %% 256))
  if (number >= 0) {
    step <- if (number < 2^8) 0 else if (number < 2^16) 1 else if (number < 2^32) 2 else 3
    return(tagged(0xCC + step, number, 2^step))
  }
  step <- if (number >= -2^7) 0 else if (number >= -2^15) 1 else if (number >= -2^31) 2 else 3
  width <- 2^step
  # Two's complement by the bytes of the number that is one less in size: 256^8 has more digits than a double.
  as.raw(c(0xD0 + step, 255 - (-number - 1) %/% 256^((width - 1):0) %% 256))
}
