# The linear model without drum: `row FILE` prints the median microseconds of one row, `score FILE OUTPUT` scores a file.

words <- commandArgs(trailingOnly = TRUE)
weights <- 1:10
rounds <- 1000

predictions <- function(data) data.frame(Predictions = as.vector(as.matrix(data) %*% weights))

median_row <- function(text) {
  times <- numeric(rounds)
  for (round in seq_len(rounds)) {
    begun <- Sys.time()
    values <- predictions(read.csv(text = text, check.names = FALSE))$Predictions
    paste0("{\"predictions\":[", paste(format(values, digits = 15), collapse = ","), "]}")
    times[round] <- as.numeric(Sys.time() - begun, units = "secs")
  }
  median(times) * 1e6
}

if (words[1] == "row") {
  cat(median_row(readChar(words[2], file.size(words[2]))), "\n")
} else {
  write.csv(predictions(read.csv(words[2], check.names = FALSE)), words[3], row.names = FALSE)
}
