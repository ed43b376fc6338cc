# Has every method; `scale` is a parameter.

Base.@kwdef mutable struct Node
    scale = 1
    label = "none"
    is_loaded = false
end

load(model::Node) = model.is_loaded = true

function predict(model::Node, X, names, meta)
    X isa Dict && return (
        got = X, names = names, meta = meta, loaded = model.is_loaded, label = model.label,
    )
    return X isa Array ? X * model.scale : X
end

class_names(model::Node) = ["low", "high"]

transform_input(model::Node, X, names) = X .+ 1

transform_output(model::Node, X, names) = [["a", 1]]

route(model::Node, X, names) = X isa String ? -1 : Int(X[1, 1])

aggregate(model::Node, Xs, names) = (Xs[1] + Xs[2]) / 2

send_feedback(model::Node, X, names, reward, truth, routing) = [reward, something(routing, -5)]

health_status(model::Node) = Dict("state" => "well")

init_metadata(model::Node) = Dict("name" => "node", "versions" => ["1"], "custom" => Dict("author" => "a"))

tags(model::Node) = Dict("from" => "node", "count" => 1)

metrics(model::Node) = [
    (type = "COUNTER", key = "asked", value = 1),
    (type = "GAUGE", key = "level", value = 2.5, tags = Dict("part" => "a")),
    (type = "TIMER", key = "took", value = 20),
]
