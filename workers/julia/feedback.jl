# The message of a feedback, as strict as protobuf's reader of JSON: unknown members are refused, numbers are
# floats.

members(names...) = Dict{String,Any}(name => nothing for name in names)

const MESSAGE_MEMBERS = Dict{String,Any}(
    "status" => members("code", "info", "reason", "status"),
    "meta" => members("puid", "tags", "routing", "requestPath", "metrics"),
    "data" => merge(members("names", "ndarray", "tftensor"), Dict("tensor" => members("shape", "values"))),
    "binData" => nothing,
    "strData" => nothing,
    "jsonData" => nothing,
    "customData" => nothing,
)
const FEEDBACK_MEMBERS = Dict{String,Any}(
    "request" => MESSAGE_MEMBERS,
    "response" => MESSAGE_MEMBERS,
    "reward" => nothing,
    "truth" => MESSAGE_MEMBERS,
)

"What a method gets of it, and what the answer takes from it: form and meta."
struct Feedback
    features::Any
    names::Any
    reward::Float64
    truth::Any
    routing::Dict{String,Any} # the child that each router has chosen
    form::Union{Nothing,String}
    meta::Dict{String,Any}
end

function Feedback(@nospecialize(message))
    message == Any[] && (message = Dict{String,Any}())
    check_members(message, FEEDBACK_MEMBERS, "Feedback")
    request = inner(message, "request")
    features, names, form = floats_of(request)
    puid = get(inner(request, "meta"), "puid", nothing)
    return Feedback(
        features,
        names,
        reward_of(something(get(message, "reward", 0), 0)),
        floats_of(inner(message, "truth"))[1],
        inner(inner(inner(message, "response"), "meta"), "routing"),
        form,
        puid === nothing || puid == "" ? Dict{String,Any}() : Dict{String,Any}("puid" => puid),
    )
end

"The member of a map, or an empty map."
inner(map::Dict, name) = something(get(map, name, nothing), Dict{String,Any}())

function check_members(@nospecialize(value), known::Dict{String,Any}, where)
    value isa Dict || invalid_json("$where must be an object")
    for (name, item) in value
        haskey(known, name) || invalid_json("the message $where has no field named \"$name\"")
        known[name] === nothing || item === nothing || check_members(item, known[name], "$where.$name")
    end
end

invalid_json(words) = bad_data("Invalid JSON: $words")

"(array, names, form) of a message that has been checked."
function floats_of(message::Dict)
    array, names, form = array_of(floats(inner(message, "data")))
    return array, names, haskey(message, "data") ? form : nothing
end

"The answer as protobuf writes it: numbers are floats, and lists that are empty are left out."
function as_proto(answer::Dict)
    told = floats(answer)
    # The first word of an enumeration is left out.
    foreach(one -> one["type"] == "COUNTER" && delete!(one, "type"), get(told["meta"], "metrics", ()))
    haskey(told, "data") || return told
    data = told["data"]
    isempty(data["names"]) && delete!(data, "names")
    if haskey(data, "tensor")
        tensor = data["tensor"]
        tensor["shape"] = answer["data"]["tensor"]["shape"]
        filter!(member -> !isempty(member.second), tensor)
    end
    return told
end

"The value, copied, with floats in place of whole numbers."
function floats(@nospecialize(value))
    value isa AbstractArray && return Any[floats(item) for item in value]
    found = as_fields(value)
    if found !== nothing
        made = fields()
        foreach(member -> add!(made, member.first, floats(member.second)), found)
        return made
    end
    return value isa Integer && !(value isa Bool) ? Float64(value) : value
end

"The reward, as precise as a float32 is."
function reward_of(@nospecialize(value))
    number = value isa String ? tryparse(Float64, value) : value
    if number isa Real && !(number isa Bool)
        reward = Float64(Float32(number))
        isfinite(reward) || !isfinite(number) ? (return reward) : nothing
    end
    invalid_json("the reward must be a number, got $(shown(value))")
end
