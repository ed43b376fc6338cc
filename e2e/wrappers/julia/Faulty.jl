# Fails in the way that the text of the message names.

Base.@kwdef mutable struct Faulty
    has_bad = false
    told = ""
end

function predict(model::Faulty, X, names, meta)
    model.told = X
    X == "own" && throw(SeldonMicroserviceException("mine", status_code = 418, reason = "TEAPOT"))
    X == "plain" && throw(SeldonMicroserviceException("plain"))
    X == "other" && error("no luck")
    X == "nothing" && return nothing
    X == "number" && return 3
    X == "unwritable" && return Dict("x" => sin)
    X == "ragged" && return [[1], [1, 2]]
    return X
end

route(model::Faulty, X, names) = get(Dict("decimal" => 1.5, "text" => "1"), X, 0)

function metrics(model::Faulty)
    model.told == "number of metrics" && return 3
    model.told == "metric without a list" && return Dict("type" => "COUNTER", "key" => "k", "value" => 1)
    return model.has_bad ? [Dict("type" => "NOPE", "key" => "k", "value" => 1)] : []
end

function aggregate(model::Faulty, Xs, names)
    model.has_bad = true
    return Xs[1]
end
