# The request score_unstructured: its params to the hook's arguments, and what the hook returned to the wire.

"`report(kind, data)` sends what the hook reports."
function score_unstructured(model::Model, params::WireMap, @nospecialize(report))
    hook = hook_for(loaded_hooks(model), "score_unstructured")
    hook === nothing && throw(no_hook("score_unstructured"))
    positional, keywords = unstructured_arguments(hook, model.model, read_unstructured(params), params)
    model.reports && add_keyword(keywords, :mlops, MLOps(report))
    return unstructured_to_wire(call_hook(hook, positional, keywords))
end

"Text as a String, bytes as what Julia calls the bytes of one."
function read_unstructured(params::WireMap)
    data = field(params, "data")
    data isa String && return data
    data isa Vector{UInt8} && return codeunits(String(data))
    throw(WorkerError(
        "PARAMS_INVALID", later(string, "the field data must be a str or bin, got ", described(data)),
    ))
end

"""
(positional, keywords) for the hook: `score_unstructured(model, data; …)`, or `score_unstructured(data; model,
…)`, which is how DRUM calls it.
"""
function unstructured_arguments(hook::Hook, @nospecialize(model), @nospecialize(data), params::WireMap)
    keywords = request_keywords(params)
    later(applicable, hook.hook, model, data) && return (model, data), keywords
    later(applicable, hook.hook, data) && return (data,), add_keyword(keywords, :model, model)
    return (model, data), keywords # Julia tells the user what does not fit
end

function request_keywords(params::WireMap)
    keywords = add_keyword(Keywords(), :mimetype, take(params, "mimetype", String))
    add_keyword(keywords, :charset, take(params, "charset", String))
    values = query_values(take(params, "query", WireMap))
    add_keyword(keywords, :query, Query(values))
    add_keyword(keywords, :query_values, values)
    return add_keyword(keywords, :headers, Headers(take(params, "headers", WireMap)))
end

"All values of each key. Hooks written for DRUM expect one, a String: they get the first as `query`."
query_values(query::WireMap) =
    Dict{String,Vector{String}}(key => take_texts(query, key) for (key, _) in query.pairs)

"The first value of each query parameter that has one."
struct Query <: AbstractDict{String,String}
    texts::Dict{String,String}
end

Query(values::Dict{String,Vector{String}}) =
    Query(Dict{String,String}(key => first(texts) for (key, texts) in values if !isempty(texts)))

"The query lacks a parameter that the hook needs: the caller is at fault."
struct QueryKeyError <: Exception
    message::String
    status_code::Int
end

function Base.getindex(query::Query, name)
    haskey(query.texts, name) && return query.texts[name]
    throw(QueryKeyError("the query has no parameter $name; add it to the URL", 400))
end
Base.get(query::Query, name, default) = get(query.texts, name, default)
Base.get(default::Base.Callable, query::Query, name) = get(default, query.texts, name)
Base.haskey(query::Query, name) = haskey(query.texts, name)
Base.iterate(query::Query, state...) = iterate(query.texts, state...)
Base.length(query::Query) = length(query.texts)

"HTTP headers, whose names are lower case, asked by name in any case of letters."
struct Headers <: AbstractDict{String,String}
    texts::Dict{String,String}
end

Headers(map::WireMap) =
    Headers(Dict{String,String}(name => take(map, name, String) for (name, _) in map.pairs))

Base.get(headers::Headers, name::AbstractString, default) = get(headers.texts, lowercase(name), default)
Base.get(default::Base.Callable, headers::Headers, name::AbstractString) =
    get(default, headers.texts, lowercase(name))
Base.getindex(headers::Headers, name::AbstractString) = headers.texts[lowercase(name)]
Base.haskey(headers::Headers, name::AbstractString) = haskey(headers.texts, lowercase(name))
Base.iterate(headers::Headers, state...) = iterate(headers.texts, state...)
Base.length(headers::Headers) = length(headers.texts)

# -- what the hook returned ------------------------------------------------------------------------

const UNSTRUCTURED_FORMS =
    "text, bytes, nothing, or a tuple of one of these and a Dict or NamedTuple of mimetype and charset"
const UNSTRUCTURED_REMEDY =
    "return text or bytes, or a pair of it and mimetype and charset, e.g. (text, Dict(\"mimetype\" => " *
        "\"text/plain\"))"

"Raises HOOK_RESULT_INVALID."
function unstructured_to_wire(@nospecialize(result))
    data, details = result isa Tuple{Any,Any} ? result : (result, nothing)
    is_unstructured_data(data) && details isa Union{Nothing,AbstractDict,NamedTuple} ||
        throw(later(no_unstructured_result, result))
    return WireMap(
        "data" => data_to_wire(data),
        "mimetype" => detail(details, "mimetype"),
        "charset" => detail(details, "charset"),
    )
end

is_unstructured_data(@nospecialize(data)) = data isa Union{Nothing,AbstractString,AbstractVector{UInt8}}

function data_to_wire(@nospecialize(data))
    data isa AbstractString || return data === nothing ? nothing : Vector{UInt8}(data)
    text = String(data)
    isvalid(text) && return text
    throw(WorkerError(
        "HOOK_RESULT_INVALID",
        "score_unstructured returned text that is not UTF-8, expected UTF-8; return the bytes, e.g. " *
            "codeunits(text)",
    ))
end

"The text under this name, a String or a Symbol; nothing where there is none."
function detail(@nospecialize(details), name::String)
    details === nothing && return nothing
    for (key, value) in pairs(details)
        key isa Union{AbstractString,Symbol} && string(key) == name || continue
        value === nothing && return nothing
        value isa AbstractString && isvalid(value) && return String(value)
        throw(WorkerError(
            "HOOK_RESULT_INVALID",
            "score_unstructured returned $(kind_of(value)) as $name, expected text; $UNSTRUCTURED_REMEDY",
        ))
    end
    return nothing
end

no_unstructured_result(@nospecialize(result)) =
    WorkerError(
        "HOOK_RESULT_INVALID",
        "score_unstructured returned $(kind_of(result)), expected $UNSTRUCTURED_FORMS; $UNSTRUCTURED_REMEDY",
    )
