# JSON texts <-> Julia values, for the cells of json columns (protocol/SPEC.md section 8).

"Raised for a text that is no JSON and for a value that JSON has no form for."
struct JsonFault <: Exception
    message::String
end

"The value of a JSON text: Dict{String,Any}, Vector{Any}, String, Int64, Float64, Bool or nothing."
function read_json(text::String)
    value, at = json_value(text, skip_json_blanks(text, 1), 0)
    skip_json_blanks(text, at) > ncodeunits(text) || throw(JsonFault("something follows the value"))
    return value
end

json_byte(text, at) = at <= ncodeunits(text) ? codeunit(text, at) : throw(JsonFault("it ends too early"))

function skip_json_blanks(text, at)
    while at <= ncodeunits(text) && codeunit(text, at) in (0x20, 0x09, 0x0a, 0x0d)
        at += 1
    end
    return at
end

function json_value(text, at, depth)
    depth > 512 && throw(JsonFault("it nests more than 512 deep"))
    byte = json_byte(text, at)
    byte == UInt8('{') && return json_object(text, at + 1, depth + 1)
    byte == UInt8('[') && return json_array(text, at + 1, depth + 1)
    byte == UInt8('"') && return json_string(text, at + 1)
    for (word, value) in (("true", true), ("false", false), ("null", nothing))
        startswith(SubString(text, at), word) && return value, at + ncodeunits(word)
    end
    found = match(r"\G-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", text, at)
    found === nothing && throw(JsonFault("no value begins with $(repr(text[at]))"))
    whole = found[1] === nothing && found[2] === nothing ? tryparse(Int64, found.match) : nothing
    return something(whole, tryparse(Float64, found.match), Inf), at + ncodeunits(found.match)
end

"The items of an object or array up to `mark`, each read by `read_item(at)`."
function json_items(text, at, mark, read_item)
    at = skip_json_blanks(text, at)
    json_byte(text, at) == mark && return at + 1
    while true
        at = skip_json_blanks(text, read_item(skip_json_blanks(text, at)))
        byte = json_byte(text, at)
        byte == mark && return at + 1
        byte == UInt8(',') ||
            throw(JsonFault("expected a comma or $(Char(mark)), got $(repr(text[thisind(text, at)]))"))
        at += 1
    end
end

function json_array(text, at, depth)
    items = Any[]
    stop = json_items(text, at, UInt8(']'), function (place)
        item, place = json_value(text, place, depth)
        push!(items, item)
        return place
    end)
    return items, stop
end

function json_object(text, at, depth)
    items = Dict{String,Any}()
    stop = json_items(text, at, UInt8('}'), function (place)
        json_byte(text, place) == UInt8('"') || throw(JsonFault("a key is no string"))
        key, place = json_string(text, place + 1)
        place = skip_json_blanks(text, place)
        json_byte(text, place) == UInt8(':') || throw(JsonFault("no colon follows a key"))
        items[key], place = json_value(text, skip_json_blanks(text, place + 1), depth)
        return place
    end)
    return items, stop
end

const JSON_ESCAPES = Dict(
    '"' => '"', '\\' => '\\', '/' => '/', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t',
)

function json_string(text, at)
    out = IOBuffer()
    while true
        byte = json_byte(text, at)
        byte < 0x20 && throw(JsonFault("a string holds a control character"))
        byte == UInt8('"') && return String(take!(out)), at + 1
        if byte != UInt8('\\')
            write(out, byte)
            at += 1
        elseif json_byte(text, at + 1) == UInt8('u')
            unit, at = json_unit(text, at + 2)
            if 0xd800 <= unit < 0xdc00 && at + 1 <= ncodeunits(text) && codeunit(text, at) == UInt8('\\') &&
                codeunit(text, at + 1) == UInt8('u')
                low, at = json_unit(text, at + 2)
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            end
            print(out, isvalid(Char, unit) ? Char(unit) : '\ufffd')
        else
            mark = Char(json_byte(text, at + 1))
            haskey(JSON_ESCAPES, mark) || throw(JsonFault("a string holds the escape \\$mark"))
            print(out, JSON_ESCAPES[mark])
            at += 2
        end
    end
end

function json_unit(text, at)
    json_byte(text, at + 3)
    digits = tryparse(UInt32, String(codeunits(text)[at:(at + 3)]); base = 16)
    digits === nothing && throw(JsonFault("\\u is not followed by four hexadecimal digits"))
    return digits, at + 4
end

"""
The JSON text of a value; NaN and infinities become null. Raises JsonFault for a type that JSON has no form
for.
"""
write_json(value) = sprint(print_json, value)

function print_json(io::IO, @nospecialize(value))
    if value === nothing || value === missing || (value isa AbstractFloat && !isfinite(value))
        print(io, "null")
    elseif value isa Bool || value isa Integer
        print(io, value)
    elseif value isa Real
        print(io, Float64(value))
    elseif value isa Union{AbstractString,Symbol,AbstractChar,Dates.TimeType}
        print_json_string(io, string(value))
    elseif value isa Union{AbstractDict,NamedTuple}
        print_json_items(io, '{', '}', pairs(value)) do (key, item)
            print_json_string(io, string(key))
            print(io, ':')
            print_json(io, item)
        end
    elseif value isa Union{AbstractVector,Tuple,AbstractSet}
        print_json_items(item -> print_json(io, item), io, '[', ']', value)
    else
        throw(JsonFault("JSON has no form for a $(typeof(value))"))
    end
end

function print_json_items(print_item, io, opening, closing, items)
    print(io, opening)
    for (number, item) in enumerate(items)
        number > 1 && print(io, ',')
        print_item(item)
    end
    print(io, closing)
end

function print_json_string(io, text)
    print(io, '"')
    for character in text
        escape = findfirst(isequal(character), JSON_ESCAPES)
        if escape !== nothing && character != '/'
            print(io, '\\', escape)
        elseif character < ' '
            print(io, "\\u", string(UInt32(character), base = 16, pad = 4))
        else
            print(io, character)
        end
    end
    print(io, '"')
end
