# Messages of wrapper classes: JSON to what a method gets, and what it returned to JSON, as Seldon's wrapper
# has it.

import Base64

const PAYLOAD_KINDS = "must be array, Dict, text or bytes"

"The message in a text. Raises for what is no JSON, or null."
function read_message(text)
    message = try
        text === nothing ? nothing : read_json(text, MessageForm())
    catch error
        error isa JsonFault || rethrow()
        nothing
    end
    message === nothing && bad_data("Can't find JSON in data")
    return message
end

bad_data(words) = throw(SeldonMicroserviceException(words))

"JSON with sorted keys and no blanks, which ends its line."
printed(@nospecialize(answer)) = write_json(answer, MessageForm()) * "\n"

"The value as JSON, or else as Julia prints it, for an error."
shown(@nospecialize(value)) =
    try
        write_json(value, MessageForm())
    catch
        in_words(value)
    end

in_words(@nospecialize(value)) = first(later(string, value), 200)

"What a message carries: `value` and `names` for a method; `form` is that of an array, else nothing."
struct Payload
    value::Any
    names::Any
    form::Union{Nothing,String}
    meta::Union{Nothing,Dict{String,Any}} # nothing if the message has none
end

function Payload(@nospecialize(message))
    message isa Dict || invalid_type(message)
    meta = get(message, "meta", nothing)
    if haskey(message, "meta") && !(meta isa Dict)
        unfit_array("meta is $(shown(meta)), expected an object; leave it out")
    end
    return Payload(contents(message)..., meta)
end

"(value, names, form) of a message."
function contents(message::Dict)
    if haskey(message, "data")
        data = message["data"]
        data isa Dict || unfit_array("data is $(shown(data)), expected an object with tensor or ndarray")
        return array_of(data)
    end
    for kind in ("jsonData", "strData")
        haskey(message, kind) && return message[kind], String[], nothing
    end
    haskey(message, "binData") || invalid_type(message)
    text = message["binData"]
    text isa String || unfit_array("binData is $(shown(text)), expected a text in base64")
    return Base64.base64decode(text), String[], nothing
end

invalid_type(@nospecialize(message)) = bad_data("Invalid request data type: $(shown(message))")

"(array, names of columns, form) of the member `data` of a message."
function array_of(data::Dict)
    names = names_of(data)
    if haskey(data, "tensor")
        tensor = data["tensor"]
        shape = convert(Vector{Int}, get(tensor, "shape", Any[]))
        return in_shape(typed(get(tensor, "values", Any[])), shape), names, "tensor"
    end
    haskey(data, "ndarray") && return array_of_lists(data["ndarray"]), names, "ndarray"
    haskey(data, "tftensor") && unfit_array("Julia reads no tftensor; send a tensor or ndarray")
    return Float64[], names, "ndarray"
end

"The names of columns, as text if they are."
function names_of(data::Dict)
    names = get(data, "names", String[])
    return names isa Vector{Any} && are_all(String, names) ? convert(Vector{String}, names) : names
end

"""
The member of a message for what a method returned. `form` is that of the array in the request, nothing if it
had none. Raises for a type that no message has.
"""
function packed(@nospecialize(value), form, @nospecialize(class_names))
    value isa Union{AbstractDict,NamedTuple} && return "jsonData" => value
    value isa AbstractVector{UInt8} && return "binData" => Base64.base64encode(value)
    value isa AbstractString && return "strData" => value
    value isa AbstractArray ||
        bad_data("Unknown data type returned as payload ($PAYLOAD_KINDS): $(in_words(value))")
    shape, values = flattened(value)
    form = !is_numeric(values) ? "ndarray" : form === nothing ? "tensor" : form
    content = form == "tensor" ?
        fields("shape" => shape, "values" => promoted(values)) : nested(shape, values)
    names = length(shape) < 2 ? String[] : class_names()
    names === nothing && (names = ["t:$column" for column in 0:(shape[2] - 1)])
    return "data" => fields("names" => names, form => content)
end

"A Dict of these."
function fields(@nospecialize(pairs::Pair...))
    made = Dict{String,Any}()
    foreach(pair -> add!(made, pair.first, pair.second), pairs)
    return made
end

"The members of all, those of later ones instead of those of earlier ones; nothing counts as none."
function joined(@nospecialize(maps...))
    made = Dict{String,Any}()
    for map in maps, (name, value) in something(map, Dict{String,Any}())
        add!(made, name, value)
    end
    return made
end

"The body of an error."
error_body(words, reason) =
    printed(fields("status" => fields("status" => 1, "info" => words, "code" => -1, "reason" => reason)))
