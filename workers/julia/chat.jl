# The requests chat and models: the request to Julia's values, and what the hooks returned to the wire, chunk
# by chunk where it is a sequence.

const CHAT_DEPTH = 60 # a message around it nests too, and 64 is the most
const COMPLETION = "chat.completion"
const CHUNK = "chat.completion.chunk"
const CHAT_REMEDY =
    "return a completion (its field object is '$COMPLETION') or something to iterate over whose items " *
        "are chunks ('$CHUNK'), as Dicts or NamedTuples"

"The completion that `chat` returned, or nothing after `send` has had every chunk of it."
function chat(model::Model, params::WireMap, @nospecialize(send))
    hook = hook_for(loaded_hooks(model), "chat")
    hook === nothing && throw(no_hook("chat"))
    request = julia_value(take(params, "request", WireMap))
    headers = Headers(take(params, "headers", WireMap))
    result = call_hook(hook, (request, model.model), add_keyword(Keywords(), :headers, headers))
    return answer_chat(result, send)
end

"The models that `get_supported_llm_models` lists."
function models(model::Model, params::WireMap)
    hook = hook_for(loaded_hooks(model), "get_supported_llm_models")
    hook === nothing && throw(no_hook("get_supported_llm_models"))
    return WireMap("models" => supported_models(call_hook(hook, (model.model,))))
end

"A value of the wire as a hook gets it: maps are Dict{String,Any}, arrays Vector{Any}."
function julia_value(@nospecialize(value))
    value isa WireMap && return Dict{String,Any}(key => julia_value(item) for (key, item) in value.pairs)
    return value isa Vector{Any} ? Any[julia_value(item) for item in value] : value
end

"The result of `chat`, after `send` has had every chunk. Raises HOOK_RESULT_INVALID, HOOK_FAILED, CANCELLED."
function answer_chat(@nospecialize(result), @nospecialize(send))
    object_of(result) == COMPLETION && return WireMap("completion" => json_value_of("chat", result))
    is_sequence(result) || throw(invalid_chat("chat returned $(described_result(result))"))
    try
        send_chunks(result, send)
    finally
        close_sequence(result)
    end
    return WireMap("completion" => nothing)
end

function send_chunks(@nospecialize(items), @nospecialize(send))
    next, count = next_item("chat", items), 0
    while next !== nothing
        item, state = next
        count += 1
        object_of(item) == CHUNK ||
            throw(invalid_chat("item $count of what chat returned is $(described_result(item))"))
        send(json_value_of("chat", item))
        next = next_item("chat", items, state)
    end
end

"What `iterate` gives, which is user code."
function next_item(hook::String, @nospecialize(items), @nospecialize(state...))
    try
        return Base.invokelatest(iterate, items, state...)
    catch error
        throw(later(hook_error, hook, cause_of(error, catch_backtrace())...))
    end
end

"""
The exception itself, and its backtrace, of one that a task has ended with: a Channel's is told as a
TaskFailedException.
"""
function cause_of(@nospecialize(error), backtrace)
    while error isa TaskFailedException
        failures = isdefined(
            Base, :current_exceptions,
        ) ? Base.current_exceptions(error.task) : Base.catch_stack(error.task)
        isempty(failures) && break
        error, backtrace = last(failures)
    end
    return error, backtrace
end

"""
Tells a Channel, or whatever else has a method of `close`, that nothing more is wanted of it. The task of a
Channel then ends at its next `put!`, for which it gets a turn at once. What it does then is its own affair.
"""
function close_sequence(@nospecialize(items))
    try
        later(applicable, close, items) && later(close, items)
        items isa Channel && yield()
    catch # as said
    end
end

"Those of the items that say they are models."
function supported_models(@nospecialize(result))
    if !is_sequence(result)
        throw(WorkerError(
            "HOOK_RESULT_INVALID",
            "get_supported_llm_models returned $(described_result(result)); return a vector of " *
                "models, each a Dict or NamedTuple",
        ))
    end
    found, next = Any[], next_item("get_supported_llm_models", result)
    while next !== nothing
        item, state = next
        object_of(item) == "model" && push!(found, json_value_of("get_supported_llm_models", item))
        next = next_item("get_supported_llm_models", result, state)
    end
    return found
end

"Whether it can be iterated over and is no single value."
function is_sequence(@nospecialize(value))
    value isa Union{Nothing,AbstractString,AbstractChar,Symbol,Number,AbstractDict,NamedTuple,Pair} &&
        return false
    return later(applicable, iterate, value)
end

"The field `object` of a map, where it is text; nothing else."
function object_of(@nospecialize(value))
    value isa Union{AbstractDict,NamedTuple} || return nothing
    for (key, item) in pairs(value)
        key isa Union{AbstractString,Symbol} && string(key) == "object" && item isa AbstractString &&
            return String(item)
    end
    return nothing
end

is_json_object(@nospecialize(value)) =
    value isa Union{AbstractDict,NamedTuple} && all(key -> key isa Union{AbstractString,Symbol}, keys(value))

"The value with nothing in it but what JSON has: NamedTuples are maps, Symbols text, missing is null."
function json_value_of(hook::String, @nospecialize(value), depth::Int = 0)
    (value === nothing || value === missing) && return nothing
    value isa Union{Bool,AbstractFloat} && return value
    value isa Integer && -MOST_INT <= value <= MOST_INT && return Int64(value)
    value isa Union{AbstractString,Symbol} && return sendable(String(value))
    if depth < CHAT_DEPTH && is_json_object(value)
        return WireMap(Pair{String,Any}[
            Pair{String,Any}(sendable(String(key)), json_value_of(hook, item, depth + 1))
            for (key, item) in pairs(value)
        ])
    elseif depth < CHAT_DEPTH && value isa Union{AbstractVector,Tuple,AbstractSet} &&
        !(value isa AbstractVector{UInt8})
        return Any[json_value_of(hook, item, depth + 1) for item in value]
    end
    what =
        "$hook returned something that JSON does not have, or nested more than $CHAT_DEPTH deep: " *
            "$(kind_of(value))"
    throw(WorkerError(
        "HOOK_RESULT_INVALID",
        "$what; return texts, numbers, booleans, nothing, vectors, and Dicts or NamedTuples with " *
            "texts as keys",
    ))
end

function described_result(@nospecialize(value))
    object = object_of(value)
    return object === nothing ? kind_of(value) : "$(kind_of(value)) with object $(quoted(object))"
end

invalid_chat(what) = WorkerError("HOOK_RESULT_INVALID", "$what; $CHAT_REMEDY")
