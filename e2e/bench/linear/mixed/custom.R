# Hands the rows on, so that every request passes two workers.

transform <- function(data, model, ...) data
