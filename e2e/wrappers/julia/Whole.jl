# Takes and returns whole messages.

struct Whole end

function predict_raw(model::Whole, message)
    haskey(message, "strData") && return (status = (code = 202,), strData = message["strData"])
    return (
        data = (ndarray = [[1, "a"]],), meta = (metrics = [(type = "COUNTER", key = "raw", value = 2)],),
    )
end

transform_input_raw(model::Whole, message) = Dict("jsonData" => message)

route_raw(model::Whole, message) = Dict("data" => Dict("ndarray" => [[2]]))

aggregate_raw(model::Whole, messages) = Dict("jsonData" => Dict("count" => length(messages)))

health_status_raw(model::Whole) = Dict("strData" => "fine")
