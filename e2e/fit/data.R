# Writes mtcars, of R itself, beside this file, for the tests of drum fit.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]))
write.csv(mtcars, file.path(here, "cars.csv"), row.names = FALSE, quote = FALSE)
