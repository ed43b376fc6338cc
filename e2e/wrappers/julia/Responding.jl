# Answers with tags and metrics of the call, which come after those of the class.

struct Responding <: SeldonComponent end

predict(model::Responding, X, names) =
    SeldonResponse(X, tags = Dict("from" => "call", "call" => 1), metrics = [counter("asked", 2)])

route(model::Responding, X, names) = SeldonResponse(1, Dict("routed" => true))

aggregate(model::Responding, Xs, names) = SeldonResponse(Xs[1], Dict("joined" => length(Xs)))

send_feedback(model::Responding, X, names, reward, truth) =
    SeldonResponse([[1]], Dict("fed" => true), [counter("fed", 1)])

tags(model::Responding) = Dict("from" => "class", "class" => 1)

metrics(model::Responding) = [counter("asked", 1)]

counter(key, value) = Dict("type" => "COUNTER", "key" => key, "value" => value)
