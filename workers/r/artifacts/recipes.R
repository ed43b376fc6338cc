# What prep() of the package recipes returns: it transforms rows, and predicts nothing.

rank <- 5
name <- "recipes"
extensions <- ".rds"
holds <- "an object that saveRDS() wrote"

load <- function(path) readRDS(path)
fits <- function(model) inherits(model, "recipe")
packages <- function(model) "recipes"
signature <- function(model) columns_of_recipe(model)

find_fault <- function(model, target_type) {
  if (target_type != "transform") return("transforms rows and predicts nothing")
  if (!recipes::fully_trained(model)) "was not trained: save what prep() returns"
}

predict <- function(model, table, target_type, labels) {
  ask_model(quote(recipes::bake(model, new_data = data)), model, table, doing = "transform")
}
