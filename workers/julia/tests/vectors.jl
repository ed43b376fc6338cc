# Reads protocol/vectors/*.tsv (protocol/SPEC.md section 10) and compares values.

module Vectors

import ..DrumlineWorker: WireMap, read_json, field

const FOLDER = joinpath(@__DIR__, "..", "..", "..", "protocol", "vectors")
const FLOATS = Dict("nan" => NaN, "inf" => Inf, "-inf" => -Inf, "-0" => -0.0)

struct Case
    name::String
    verdict::String
    data::Vector{UInt8}
    canonical::Vector{Vector{UInt8}}
    value::Any
end

"Every case of `name`.tsv."
function read_vectors(name)
    lines =
        [
            line
            for line in eachline(
                joinpath(FOLDER, name * ".tsv"),
            ) if !isempty(strip(line)) && !startswith(line, '#')
        ]
    length(lines) > 9 || error("the vectors of $name are gone")
    return map(lines) do line
        name, verdict, data, canonical, value = split(line, '\t')
        ok = verdict == "ok"
        Case(
            name,
            verdict,
            bytes(data),
            ok ? bytes.(split(canonical, '|')) : [],
            ok ? value_of(read_json(String(value))) : nothing,
        )
    end
end

"`c0 00*3` is c0000000."
function bytes(text)
    data = UInt8[]
    for word in split(text)
        digits, times = occursin('*', word) ? split(word, '*') : (word, "1")
        append!(data, repeat(hex2bytes(digits), parse(Int, times)))
    end
    return data
end

"A vector's JSON with the stand-ins for bin, long values and odd floats replaced."
function value_of(item)
    item isa Vector && return Any[value_of(one) for one in item]
    item isa Dict || return item
    only_key = length(item) == 1 ? first(keys(item)) : ""
    only_key == "\$bin" && return bytes(item[only_key])
    only_key == "\$str" && return String(bytes(item[only_key]))
    only_key == "\$array" && return Any[value_of(item[only_key][2]) for _ in 1:item[only_key][1]]
    only_key == "\$float" && return FLOATS[item[only_key]]
    return Dict{String,Any}(name => value_of(one) for (name, one) in item)
end

"Equal, where NaN equals NaN, -0.0 is not 0.0, and an int equals a float of its value (section 3)."
function same(one, other)
    one isa WireMap && other isa Dict &&
        return length(one.pairs) == length(other) &&
            all(haskey(other, name) && same(item, other[name]) for (name, item) in one.pairs)
    one isa Vector{UInt8} && other isa Vector{UInt8} && return one == other
    one isa Vector && other isa Vector && !(one isa Vector{UInt8}) &&
        return length(one) == length(other) && all(same(left, right) for (left, right) in zip(one, other))
    is_number(one) && is_number(other) &&
        return isequal(Float64(one), Float64(other)) && (one isa Float64 || other isa Float64 || one == other)
    return typeof(one) == typeof(other) && one == other
end

is_number(value) = value isa Union{Int64,Float64}

end
