# JSON texts <-> Julia values, for the cells of json columns (protocol/SPEC.md section 8) and for messages of
# wrapper classes.

abstract type JsonForm end

"Cells: without NaN and infinities, keys in the order that they have."
struct CellForm <: JsonForm end

"Messages: NaN and Infinity are words, integers keep all digits, keys are sorted, and all is ASCII."
struct MessageForm <: JsonForm end

"Raised for a text that is no JSON and for a value that JSON has no form for."
struct JsonFault <: Exception
    message::String
end

"""
The value of a JSON text: Dict{String,Any}, Vector{Any}, String, Int64, Float64, Bool or nothing; also BigInt
in a message.
"""
function read_json(text::String, form::JsonForm = CellForm())
    value, at = json_value(text, skip_json_blanks(text, 1), 0, form)
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

function json_value(text, at, depth, form)
    depth > 512 && throw(JsonFault("it nests more than 512 deep"))
    byte = json_byte(text, at)
    byte == UInt8('{') && return json_object(text, at + 1, depth + 1, form)
    byte == UInt8('[') && return json_array(text, at + 1, depth + 1, form)
    byte == UInt8('"') && return json_string(text, at + 1)
    found = match(r"\G-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", text, at)
    found === nothing && return json_word(text, at, form)
    whole = found[1] === nothing && found[2] === nothing ? whole_number(form, found.match) : nothing
    return something(whole, tryparse(Float64, found.match), Inf), at + ncodeunits(found.match)
end

function json_word(text, at, form)
    for (word, value) in json_words(form)
        startswith(SubString(text, at), word) && return value, at + ncodeunits(word)
    end
    throw(JsonFault("no value begins with $(repr(text[at]))"))
end

json_words(::CellForm) = (("true", true), ("false", false), ("null", nothing))
json_words(::MessageForm) = (json_words(CellForm())..., ("NaN", NaN), ("Infinity", Inf), ("-Infinity", -Inf))

whole_number(::CellForm, digits) = tryparse(Int64, digits)
whole_number(::MessageForm, digits) = something(tryparse(Int64, digits), tryparse(BigInt, digits))

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

function json_array(text, at, depth, form)
    items = Any[]
    stop = json_items(text, at, UInt8(']'), function (place)
        item, place = json_value(text, place, depth, form)
        push!(items, item)
        return place
    end)
    return items, stop
end

function json_object(text, at, depth, form)
    items = Dict{String,Any}()
    stop = json_items(text, at, UInt8('}'), function (place)
        json_byte(text, place) == UInt8('"') || throw(JsonFault("a key is no string"))
        key, place = json_string(text, place + 1)
        place = skip_json_blanks(text, place)
        json_byte(text, place) == UInt8(':') || throw(JsonFault("no colon follows a key"))
        value, place = json_value(text, skip_json_blanks(text, place + 1), depth, form)
        add!(items, key, value)
        return place
    end)
    return items, stop
end

"Sets the member, by code that is compiled once and not for each type of values."
add!(items::Dict{String,Any}, key::String, @nospecialize(value)) =
    invoke(setindex!, Tuple{Dict{String,Any},Any,String}, items, value, key)

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

# -- writing ---------------------------------------------------------------------------------------

"""
The JSON text of a value; NaN and infinities of a cell become null. Raises JsonFault for a type that JSON has
no form for.
"""
write_json(value, form::JsonForm = CellForm()) = sprint(print_json, value, form)

function print_json(io::IO, @nospecialize(value), form::JsonForm)
    if value === nothing || value === missing
        print(io, "null")
    elseif value isa Bool || value isa Integer
        print(io, value)
    elseif value isa Real
        print(io, json_decimal(form, Float64(value)))
    elseif value isa Union{AbstractString,Symbol,AbstractChar,Dates.TimeType}
        print_json_string(io, string(value), form)
    elseif value isa Union{AbstractDict,NamedTuple}
        print_json_members(io, json_members(form, value), form)
    elseif value isa Union{AbstractVector,Tuple,AbstractSet}
        print_json_items(io, value, form)
    elseif value isa AbstractArray && form isa MessageForm
        print_json(io, nested(collect(Int, size(value)), in_rows(value)), form)
    else
        throw(JsonFault("JSON has no form for a $(typeof(value))"))
    end
    return nothing
end

json_members(::CellForm, @nospecialize(map)) = pairs(map)
function json_members(::MessageForm, @nospecialize(map))
    fields = as_fields(map)
    return Pair{String,Any}[Pair{String,Any}(name, fields[name]) for name in sort!(collect(keys(fields)))]
end

"The fields of a Dict or NamedTuple by name; nothing of any other value."
function as_fields(@nospecialize(value))
    value isa Dict{String,Any} && return value
    value isa Union{AbstractDict,NamedTuple} || return nothing
    fields = Dict{String,Any}()
    if value isa NamedTuple
        foreach(name -> add!(fields, String(name), getfield(value, name)), fieldnames(typeof(value)))
    else
        for (key, item) in value
            add!(fields, string(key), item)
        end
    end
    return fields
end

json_decimal(::CellForm, number) = isfinite(number) ? string(number) : "null"

"The shortest digits that are this number, with an exponent from 1e+16 and below 0.0001: as Python has it."
function json_decimal(::MessageForm, number)
    isfinite(number) || return isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
    text = string(number)
    'e' in text || return text # Julia has exponents from 1e6 and below 0.0001
    sign, whole, fraction, exponent = match(r"^(-?)(\d)\.(\d+)e(-?\d+)$", text).captures
    digits, point = rstrip(whole * fraction, '0'), 1 + parse(Int, exponent)
    count = length(digits)
    -4 < point <= 0 && return string(sign, "0.", '0'^(-point), digits)
    0 < point <= 16 && return string(
        sign, count > point ? digits[1:point] : rpad(digits, point, '0'), '.',
        count > point ? digits[(point + 1):end] : "0",
    )
    power = string(point > 0 ? "e+" : "e-", lpad(abs(point - 1), 2, '0'))
    return string(sign, digits[1], count > 1 ? "." * digits[2:end] : "", power)
end

function print_json_members(io, @nospecialize(members), form)
    print(io, '{')
    for (number, (key, item)) in enumerate(members)
        number > 1 && print(io, ',')
        print_json_string(io, string(key), form)
        print(io, ':')
        print_json(io, item, form)
    end
    print(io, '}')
end

function print_json_items(io, @nospecialize(items), form)
    print(io, '[')
    is_first = true
    for item in items
        is_first || print(io, ',')
        is_first = false
        print_json(io, item, form)
    end
    print(io, ']')
end

function print_json_string(io, text, form)
    print(io, '"')
    for character in text
        escape = findfirst(isequal(character), JSON_ESCAPES)
        if escape !== nothing && character != '/'
            print(io, '\\', escape)
        elseif character < ' '
            print(io, json_escape(UInt32(character)))
        elseif form isa MessageForm && character > '\x7f'
            print(io, escaped(isvalid(character) ? UInt32(character) : 0x0000fffd))
        else
            print(io, character)
        end
    end
    print(io, '"')
end

json_escape(unit) = string("\\u", string(unit; base = 16, pad = 4))

"A character as one UTF-16 unit, or as the two of a pair."
escaped(code) =
    code < 0x10000 ? json_escape(code) :
    json_escape(0xd800 + ((code - 0x10000) >> 10)) * json_escape(0xdc00 + ((code - 0x10000) & 0x3ff))
