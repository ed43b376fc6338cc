# Adds one.

struct Node end

predict(model::Node, X, names) = X .+ 1
tags(model::Node) = Dict("by" => "plus")
