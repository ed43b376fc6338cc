# Fits the example's model on the road tests of 32 cars that come with R (mtcars), leaving out the cars of
# rows.csv. Run by the set-up: Rscript train.R FOLDER

library(caret)

folder <- commandArgs(trailingOnly = TRUE)[1]
held_out <- read.csv(file.path(folder, "rows.csv"))$car
cars <- mtcars[!rownames(mtcars) %in% held_out, ]
model <- train(mpg ~ wt + hp + disp, data = cars, method = "lm", trControl = trainControl(method = "none"))
saveRDS(model, file.path(folder, "model.rds"))
