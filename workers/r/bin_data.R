# Base64, which base R lacks.

BASE64 <- charToRaw("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

to_base64 <- function(bytes) {
  missing <- -length(bytes) %% 3
  bytes <- matrix(as.integer(c(bytes, raw(missing))), 3)
  sixes <- rbind(
    bytes[1, ] %/% 4L, bytes[1, ] %% 4L * 16L + bytes[2, ] %/% 16L,
    bytes[2, ] %% 16L * 4L + bytes[3, ] %/% 64L, bytes[3, ] %% 64L
  )
  letters <- BASE64[sixes + 1]
  letters[length(letters) + 1 - seq_len(missing)] <- charToRaw("=")
  rawToChar(letters)
}

#' The bytes; characters that are none of base64 count as absent. Raises an error where some are missing.
from_base64 <- function(text) {
  letters <- charToRaw(text)
  sixes <- match(letters, BASE64) - 1L
  sixes <- sixes[!is.na(sixes)]
  missing <- -length(sixes) %% 4
  if (missing == 3 || sum(letters == charToRaw("=")) < missing) stop("Incorrect padding of base64")
  sixes <- matrix(c(sixes, rep(0L, missing)), 4)
  bytes <- rbind(
    sixes[1, ] * 4L + sixes[2, ] %/% 16L, sixes[2, ] %% 16L * 16L + sixes[3, ] %/% 4L,
    sixes[3, ] %% 4L * 64L + sixes[4, ]
  )
  as.raw(bytes)[seq_len(length(bytes) - missing)]
}
