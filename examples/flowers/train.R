# Fits the example's model on the 150 irises that come with R, leaving out the rows of rows.csv. Run by the
# set-up: Rscript train.R FOLDER

library(caret)

folder <- commandArgs(trailingOnly = TRUE)[1]
held_out <- seq(10, 150, by = 20)
flowers <- iris
names(flowers) <- c("sepal_length", "sepal_width", "petal_length", "petal_width", "species")
write.csv(flowers[held_out, -5], file.path(folder, "rows.csv"), row.names = FALSE, quote = FALSE)
write.csv(
  flowers[held_out, 5, drop = FALSE], file.path(folder, "truth.csv"), row.names = FALSE, quote = FALSE
)
model <- train(
  species ~ .,
  data = flowers[-held_out, ],
  method = "knn",
  tuneGrid = data.frame(k = 7),
  trControl = trainControl(method = "none")
)
saveRDS(model, file.path(folder, "model.rds"))
