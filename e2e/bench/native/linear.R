# The linear model without drum: `rows FILE ROUNDS` prints the median microseconds of a body, `score FILE
# OUTPUT` scores a file.

words <- commandArgs(trailingOnly = TRUE)
weights <- 1:10

predictions <- function(data) data.frame(Predictions = as.vector(as.matrix(data) %*% weights))

median_of <- function(text, rounds) {
  times <- numeric(rounds)
  for (round in seq_len(rounds)) {
    begun <- Sys.time()
    values <- predictions(read.csv(text = text, check.names = FALSE))$Predictions
    paste0("{\"predictions\":[", paste(format(values, digits = 15), collapse = ","), "]}")
    times[round] <- as.numeric(Sys.time() - begun, units = "secs")
  }
  median(times) * 1e6
}

if (words[1] == "rows") {
  cat(median_of(readChar(words[2], file.size(words[2])), as.integer(words[3])), "\n")
} else {
  write.csv(predictions(read.csv(words[2], check.names = FALSE)), words[3], row.names = FALSE)
}
