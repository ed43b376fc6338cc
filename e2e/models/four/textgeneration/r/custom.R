# The same arithmetic in every language; e2e/four.test.ts compares the answers.

load_model <- function(code_dir) list(bmi = 25, visits = 0)

transform <- function(data, model) {
  bmi <- ifelse(is.na(data$bmi), model$bmi, data$bmi)
  visits <- ifelse(is.na(data$visits), model$visits, data$visits)
  risk <- data$age / 100 + bmi / 50 + data$smoker + nchar(data$region) / 10 + visits / 20
  data.frame(risk = risk, region = data$region, age = data$age)
}

score <- function(data, model, ...) data.frame(answer = paste0(data$region, ":", data$age))
