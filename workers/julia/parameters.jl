# RuntimeParameters and UserSecrets: what the model was given from outside, for user code to ask for.

"Values that model-metadata.yaml defines: `RuntimeParameters.has(key)` and `RuntimeParameters.get(key)`."
module RuntimeParameters

const GIVEN = Dict{String,Any}() # name to a Dict with "value" or "error"

"Whether it is set."
has(key::AbstractString) = haskey(GIVEN, key)

"""
String, Bool, Int64, Float64, Dict{String,Any} (credentials) or nothing. ArgumentError when it is not set, or
is not what its type says.
"""
function get(key::AbstractString)
    has(key) || throw(ArgumentError(
        "the runtime parameter \"$key\" is not set; define it in model-metadata.yaml, or ask " *
            "has() first",
    ))
    given = GIVEN[key]
    haskey(given, "error") && throw(ArgumentError(given["error"]))
    return given["value"]
end

end

"""
Secrets from --user-secrets-mount-path and --user-secrets-prefix: `UserSecrets.has(key)` and
`UserSecrets.get(key)`.
"""
module UserSecrets

const GIVEN = Dict{String,Any}()

"Whether it is set."
has(key::AbstractString) = haskey(GIVEN, key)

"A Dict{String,Any} with credential_type. ArgumentError when it is not set."
function get(key::AbstractString)
    has(key) || throw(ArgumentError("the user secret \"$key\" is not set; mount it, or ask has() first"))
    return GIVEN[key]
end

end

"Fills both, and offers them to user code."
function offer_parameters(parameters::WireMap, secrets::WireMap)
    merge!(empty!(RuntimeParameters.GIVEN), plain(parameters))
    merge!(empty!(UserSecrets.GIVEN), plain(secrets))
    return offer(RuntimeParameters, UserSecrets)
end

"""
Lets user code write the names of these in any module of its own: what Base exports, every module sees behind
its own names.
"""
function offer(@nospecialize(offered...))
    for one in offered
        name = nameof(one)
        isdefined(Base, name) || Core.eval(Base, Expr(:toplevel, :(const $name = $one), Expr(:export, name)))
    end
    return nothing
end

"A value of the wire as user code gets it: maps are Dict{String,Any}."
plain(map::WireMap) = Dict{String,Any}(pair.first => plain(pair.second) for pair in map.pairs)
plain(items::Vector{Any}) = Any[plain(item) for item in items]
plain(@nospecialize(value)) = value
