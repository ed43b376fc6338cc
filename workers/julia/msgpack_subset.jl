# One msgpack value <-> bytes: the subset of protocol/SPEC.md section 3, strict.

const MOST_DEPTH = 64
const MOST_INT = 9007199254740992 # 2^53

"`code` is one of the VALUE_ codes of SPEC.md section 9."
struct ValueFault <: Exception
    code::String
    message::String
end

"""
Calls a function without having it compiled before it is called: what few requests need must not delay the
first.
"""
later(@nospecialize(f), @nospecialize(arguments...)) = Base.invokelatest(f, arguments...)

"Raises a ValueFault, its words joined."
fault(code, @nospecialize(words...)) = throw(ValueFault(code, later(string, words...)))

"A map whose keys keep their order, as an encoder has to. Of a repeated key the last one counts."
struct WireMap
    pairs::Vector{Pair{String,Any}}
end

"A map of these pairs, in their order."
function WireMap(@nospecialize(pairs::Pair...))
    list = Vector{Pair{String,Any}}(undef, length(pairs))
    for at in 1:length(pairs)
        list[at] = Pair{String,Any}(pairs[at].first, pairs[at].second)
    end
    return WireMap(list)
end

"The value under `key`, nothing where there is none."
function field(map::WireMap, key::String)
    for at in length(map.pairs):-1:1
        map.pairs[at].first == key && return map.pairs[at].second
    end
    return nothing
end

mutable struct Reader
    data::Vector{UInt8}
    at::Int # the next byte
    last::Int
end

"""
The value that is the bytes `first` to `last` of `data`: nothing, Bool, Int64, Float64, String, Vector{UInt8},
Vector{Any} or WireMap.
"""
function decode(data::Vector{UInt8}, first::Int = 1, last::Int = length(data))
    reader = Reader(data, first, last)
    value = read_value(reader, 0)
    if reader.at <= last
        fault("VALUE_TRAILING", last - reader.at + 1, " bytes follow the value; a frame holds exactly one")
    end
    return value
end

function read_value(reader::Reader, depth::Int)
    tag = Int(read_uint(reader, 1))
    tag < 0x80 && return tag
    tag >= 0xe0 && return tag - 0x100
    tag < 0x90 && return read_map(reader, tag & 0x0f, depth)
    tag < 0xa0 && return read_array(reader, tag & 0x0f, depth)
    tag < 0xc0 && return read_str(reader, tag & 0x1f)
    tag == 0xc0 && return nothing
    tag == 0xc2 && return false
    tag == 0xc3 && return true
    tag == 0xcb && return reinterpret(Float64, read_uint(reader, 8))
    0xcc <= tag <= 0xcf && return within_range(read_uint(reader, 1 << (tag - 0xcc)))
    0xd0 <= tag <= 0xd3 && return within_range(read_int(reader, 1 << (tag - 0xd0)))
    0xc4 <= tag <= 0xc6 && return read_bin(reader, Int(read_uint(reader, 1 << (tag - 0xc4))))
    0xd9 <= tag <= 0xdb && return read_str(reader, Int(read_uint(reader, 1 << (tag - 0xd9))))
    0xdc <= tag <= 0xdd && return read_array(reader, Int(read_uint(reader, 2 << (tag - 0xdc))), depth)
    0xde <= tag <= 0xdf && return read_map(reader, Int(read_uint(reader, 2 << (tag - 0xde))), depth)
    fault("VALUE_TYPE", "the tag ", UInt8(tag), " is outside the subset; see SPEC.md section 3")
end

"Checks that `count` bytes follow, and returns the place of the first."
function take_bytes(reader::Reader, count::Int)
    room = reader.last - reader.at + 1
    if count > room
        fault("VALUE_TRUNCATED", "the frame ends ", count - room, " bytes before the value does")
    end
    at = reader.at
    reader.at += count
    return at
end

function read_uint(reader::Reader, width::Int)
    at = take_bytes(reader, width)
    number = UInt64(0)
    for place in at:(at + width - 1)
        number = (number << 8) | reader.data[place]
    end
    return number
end

read_int(reader::Reader, width::Int) =
    reinterpret(Int64, read_uint(reader, width) << (64 - 8width)) >> (64 - 8width)

function within_range(number::Integer)
    -MOST_INT <= number <= MOST_INT && return Int64(number)
    fault("VALUE_RANGE", "the int ", number, " is beyond 2^53; send a float64, a str or an int64 column")
end

function read_bin(reader::Reader, count::Int)
    at = take_bytes(reader, count)
    return reader.data[at:(at + count - 1)]
end

function read_str(reader::Reader, count::Int)
    text = String(read_bin(reader, count))
    isvalid(text) && return text
    fault("VALUE_UTF8", "a str is not UTF-8; encode it as UTF-8, or send a bin")
end

function read_array(reader::Reader, count::Int, depth::Int)
    check_room(reader, count, depth)
    return Any[read_value(reader, depth + 1) for _ in 1:count]
end

function read_map(reader::Reader, count::Int, depth::Int)
    check_room(reader, 2count, depth)
    pairs = Vector{Pair{String,Any}}(undef, count)
    for at in 1:count
        check_room(reader, 1, depth)
        tag = reader.data[reader.at]
        if !(0xa0 <= tag < 0xc0 || 0xd9 <= tag <= 0xdb)
            fault("VALUE_TYPE", "a map key begins with the tag ", tag, "; keys are str")
        end
        key = read_value(reader, depth + 1)::String
        pairs[at] = Pair{String,Any}(key, read_value(reader, depth + 1))
    end
    return WireMap(pairs)
end

"An element takes a byte at least: a count beyond the frame is refused before anything is set aside."
function check_room(reader::Reader, least::Int, depth::Int)
    depth >= MOST_DEPTH && fault("VALUE_DEPTH", "arrays and maps nest more than ", MOST_DEPTH, " deep")
    at = reader.at
    take_bytes(reader, least)
    reader.at = at
    return nothing
end

"The shortest form of `value`: what decode gives, tuples and any integer, float or string."
function encode(value)
    out = UInt8[]
    write_value(out, value, 0)
    return out
end

function write_value(out::Vector{UInt8}, @nospecialize(value), depth::Int)
    if value === nothing
        push!(out, 0xc0)
    elseif value isa Bool
        push!(out, value ? 0xc3 : 0xc2)
    elseif value isa Integer
        write_int(out, value)
    elseif value isa AbstractFloat
        push!(out, 0xcb)
        write_uint(out, reinterpret(UInt64, Float64(value)), 8)
    elseif value isa AbstractString
        write_str(out, String(value))
    elseif value isa Vector{UInt8}
        write_head(out, length(value), 0x00, 0, (0xc4, 0xc5, 0xc6))
        append!(out, value)
    elseif value isa WireMap || value isa AbstractVector || value isa Tuple
        write_container(out, value, depth)
    else
        fault("VALUE_TYPE", "a ", typeof(value), " cannot be sent")
    end
    return nothing
end

function write_container(out::Vector{UInt8}, @nospecialize(value), depth::Int)
    depth >= MOST_DEPTH && fault("VALUE_DEPTH", "arrays and maps nest more than ", MOST_DEPTH, " deep")
    if value isa WireMap
        write_head(out, length(value.pairs), 0x80, 16, (0x00, 0xde, 0xdf))
        for (key, item) in value.pairs
            write_str(out, key)
            write_value(out, item, depth + 1)
        end
    else
        write_head(out, length(value), 0x90, 16, (0x00, 0xdc, 0xdd))
        for item in value
            write_value(out, item, depth + 1)
        end
    end
end

function write_str(out::Vector{UInt8}, text::String)
    isvalid(text) || fault("VALUE_UTF8", "a str cannot be UTF-8")
    write_head(out, sizeof(text), 0xa0, 32, (0xd9, 0xda, 0xdb))
    append!(out, codeunits(text))
end

"""
The head of a str, bin, array or map: the one-byte form `fixed` reaches up to `bound`, `tags` are those with
8, 16 and 32 bit counts.
"""
function write_head(out::Vector{UInt8}, count::Int, fixed::UInt8, bound::Int, tags::NTuple{3,UInt8})
    count < bound && return push!(out, fixed | UInt8(count))
    width = count < 1 << 8 && tags[1] != 0x00 ? 1 : count < 1 << 16 ? 2 : 4
    push!(out, tags[width == 4 ? 3 : width])
    return write_uint(out, UInt64(count), width)
end

function write_int(out::Vector{UInt8}, @nospecialize(number))
    -MOST_INT <= number <= MOST_INT || fault("VALUE_RANGE", "the int ", number, " is beyond 2^53")
    value = Int64(number)
    -32 <= value < 128 && return push!(out, value % UInt8)
    # as many as the signed form needs beside the sign; one less for the unsigned
    bits = value < 0 ? ~value : value >> 1
    step = bits < 1 << 7 ? 0 : bits < 1 << 15 ? 1 : bits < Int64(1) << 31 ? 2 : 3
    push!(out, (value < 0 ? 0xd0 : 0xcc) + UInt8(step))
    return write_uint(out, reinterpret(UInt64, value), 1 << step)
end

function write_uint(out::Vector{UInt8}, number::UInt64, width::Int)
    for shift in (8 * (width - 1)):-8:0
        push!(out, (number >> shift) % UInt8)
    end
    return out
end
