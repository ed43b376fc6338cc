# What prep() of the package recipes returns: it transforms rows, and predicts nothing.

rank <- 5
name <- "recipes"
extensions <- ".rds"

load <- readRDS
fits <- function(model) inherits(model, "recipe")
packages <- function(model) "recipes"

find_fault <- function(model, target_type) {
  if (target_type != "transform") return("transforms rows and predicts nothing")
  if (!recipes::fully_trained(model)) "was not trained: save what prep() returns"
}

call_for <- function(model, target_type) quote(recipes::bake(model, new_data = data))

shape <- function(result, model, labels) result
