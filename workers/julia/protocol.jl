# Messages and the loop that answers each request once, in the order of protocol/SPEC.md; the errors that
# answers carry.

const PROTOCOL_VERSION = 1
const WORKER_VERSION = "0.1.0"
const MOST_ID = 4294967295 # 2^32 - 1
const UNREADABLE_STREAM = 65 # exit status (section 9)

"An error in the codes and words of section 9. `traceback` is the user's own, as text."
struct WorkerError <: Exception
    code::String
    message::String
    traceback::Union{Nothing,String}
    http_status::Union{Nothing,Int}
    request_id::Int
end

WorkerError(code, message, traceback = nothing, http_status = nothing) =
    WorkerError(code, message, traceback, http_status, 0)

Base.showerror(io::IO, error::WorkerError) = print(io, error.code, ": ", error.message)

"The error of a response (protocol/SPEC.md section 9)."
to_wire(error::WorkerError) = WireMap(
    "code" => error.code,
    "message" => sendable(error.message),
    "traceback" => error.traceback === nothing ? nothing : sendable(error.traceback),
    "http_status" => error.http_status,
)

"Julia's strings may hold any bytes: those that are no UTF-8 are replaced."
sendable(text::String) =
    isvalid(text) ? text : later(map, character -> isvalid(character) ? character : '\ufffd', text)

# -- section 4: messages ----------------------------------------------------------------------------

"(id, method, params) of a request or, with the id 0, of a notification."
function read_request(@nospecialize(message))
    message isa Vector{Any} && !isempty(message) ||
        invalid_message(0, "a message must be an array of 3 or 4 items, got ", described(message))
    kind = message[1]
    if is_int(kind) && kind == 2 && length(message) == 3
        check_call(message[2], message[3], 0)
        return 0, message[2]::String, message[3]::WireMap
    end
    if !is_int(kind) || kind != 0 || length(message) != 4
        form = "a request [0, id, method, params] or a notification [2, method, params]"
        invalid_message(
            0, "expected ", form, ", got ", length(message), " items, the first ", described(kind),
        )
    end
    id, method, params = message[2], message[3], message[4]
    is_int(id) && 1 <= id <= MOST_ID ||
        invalid_message(0, "the id must be an int from 1 to 2^32 - 1, got ", described(id))
    check_call(method, params, Int(id))
    return Int(id), method::String, params::WireMap
end

invalid_message(id, @nospecialize(words...)) =
    throw(WorkerError("MESSAGE_INVALID", later(string, words...), nothing, nothing, id))

function check_call(@nospecialize(method), @nospecialize(params), id::Int)
    method isa String && params isa WireMap && return
    invalid_message(
        id, "the method must be a str and params a map, got ", described(method), " and ", described(params),
    )
end

"A float with an integral value is one: JavaScript cannot tell them apart (section 3)."
is_int(@nospecialize(value)) = value isa Int64 || (value isa Float64 && isinteger(value))

"A value of the wire in the words of an error message."
function described(@nospecialize(value))
    value === nothing && return "nil"
    value isa String && return later(quoted, value)::String
    value isa Union{Bool,Int64,Float64} && return later(string, value)::String
    return value isa Vector{UInt8} ? "a bin" : value isa WireMap ? "a map" : "an array"
end

"The beginning of a text, in quotes."
quoted(text::String) = string('\'', first(text, 80), '\'')

"The field `name` of a map, a `kind`; nothing when it is absent or nil and optional. Raises PARAMS_INVALID."
function take(params::WireMap, name::String, kind::DataType; optional::Bool = false)
    value = field(params, name)
    (value isa kind || (value === nothing && optional)) && return value
    words = (
        kind === String ? "str" : kind === WireMap ? "map" : kind === Vector{Any} ? "array" : "bin",
        optional ? " or nil" : "",
    )
    throw(WorkerError(
        "PARAMS_INVALID",
        later(string, "the field ", name, " must be a ", words..., ", got ", described(value)),
    ))
end

"Like take, for an array of str."
function take_texts(params::WireMap, name::String; optional = false)
    items = take(params, name, Vector{Any}; optional = optional)
    items === nothing && return nothing
    texts = String[]
    for item in items
        item isa String || throw(
            WorkerError("PARAMS_INVALID", later(string, "the field ", name, " must hold nothing but str")),
        )
        push!(texts, item)
    end
    return texts
end

"""
Answers every request once, in order, until the end of input. `answer_request(method, params, id)` gives the
result. Returns the exit status.
"""
function serve(stream::Stream, @nospecialize(answer_request))
    while true
        message = next_message(stream)
        message === nothing && return 0
        if message isa WorkerError
            heard = respond(stream, message.request_id, message, nothing)
            is_end(message) && return UNREADABLE_STREAM
        else
            heard = answer(stream, message::Tuple{Int,String,WireMap}, answer_request)
        end
        heard || return 0 # nobody is left to listen, which is an end of input too
    end
end

function next_message(stream::Stream)
    isempty(stream.ahead) || return popfirst!(stream.ahead)
    empty!(stream.cancelled)
    return receive_message(stream)
end

"""
A request or notification as read_request gives it, a WorkerError for what is none, nothing at the end of
input.
"""
function receive_message(stream::Stream)
    frame = try
        next_frame(stream)
    catch error
        error isa WorkerError || rethrow()
        return error
    end
    frame === nothing && return nothing
    try
        return read_request(decode(stream.buffer, frame...))
    catch fault
        return later(as_worker_error, fault, catch_backtrace())::WorkerError
    end
end

"Whether nothing can be read after it."
is_end(@nospecialize(message)) =
    message === nothing || (message isa WorkerError && startswith(message.code, "FRAME_"))

"""
Whether the response could be sent. What a notification that comes between requests could concern was answered
before it.
"""
function answer(
    stream::Stream, (id, method, params)::Tuple{Int,String,WireMap}, @nospecialize(answer_request),
)
    id == 0 && return true
    error, result = try
        id in stream.cancelled && throw(no_longer_wanted())
        nothing, answer_request(method, params, id)
    catch fault
        later(as_worker_error, fault, catch_backtrace())::WorkerError, nothing
    end
    return respond(stream, id, error, result)
end

"""
Tells what the load that runs is doing, `done` of `total` things; load says where to. For functions that user
code or an artifact type calls with nothing but their own arguments.
"""
progress(text, done = 0, total = nothing) = (PROGRESS[](text, done, total); nothing)

const PROGRESS = Ref{Any}((text, done, total) -> nothing)

"Sends a piece of the result of the request that runs. Raises CANCELLED when nobody waits for it any more."
function chunk(stream::Stream, id::Int, data)
    stream.shared = true
    look_ahead(stream)
    (stream.ended || id in stream.cancelled) && throw(no_longer_wanted())
    notify(stream, "chunk", WireMap("id" => id, "data" => data)) || throw(no_longer_wanted())
    return nothing
end

no_longer_wanted() = WorkerError("CANCELLED", "nobody waits for the result any more")

"Reads what has come while a request runs: it may be that nobody waits for its result any more."
function look_ahead(stream::Stream)
    while !stream.ended && has_come(stream)
        message = receive_message(stream)
        stream.ended = is_end(message)
        if !(message isa Tuple) || message[1] != 0
            push!(stream.ahead, message)
        elseif message[2] == "cancel"
            push!(stream.cancelled, field(message[3], "id"))
        end
    end
end

function as_worker_error(fault, backtrace)
    fault isa WorkerError && return fault
    fault isa ValueFault && return WorkerError(fault.code, fault.message)
    return WorkerError(
        "INTERNAL",
        "a fault of the worker itself: $(words_of(fault)); please report it",
        whole_trace_of(fault, backtrace),
    )
end

function respond(stream::Stream, id::Int, error::Union{Nothing,WorkerError}, @nospecialize(result))
    body = try
        encode(Any[1, id, error === nothing ? nothing : to_wire(error), result])
    catch fault
        encode(Any[1, id, to_wire(later(as_worker_error, fault, catch_backtrace())::WorkerError), nothing])
    end
    length(body) > stream.most &&
        (body = later(shorter_body, stream.most, id, error, length(body))::Vector{UInt8})
    return write_frame(stream.outgoing, body)
end

"Of a result that is too large, or else of words that are: shorter ones fit."
function shorter_body(most, id, error, size)
    message = "the result has $size bytes, a frame may have $most; return less"
    shorter = error === nothing ? WorkerError("FRAME_TOO_LARGE", message) : WorkerError(
        error.code, first(sendable(error.message), 200),
    )
    return encode(Any[1, id, to_wire(shorter), nothing])
end

"Whether it could be sent. Raises FRAME_TOO_LARGE."
function notify(stream::Stream, method::String, params::WireMap)
    body = encode(Any[2, method, params])
    if length(body) > stream.most
        throw(WorkerError(
            "FRAME_TOO_LARGE",
            later(
                string,
                "a ",
                method,
                " has ",
                length(body),
                " bytes, a frame may have ",
                stream.most,
                "; give smaller ones",
            ),
        ))
    end
    return write_frame(stream.outgoing, body)
end
