# chat and get_supported_llm_models in a real worker: what they are called with, what they may return, and how
# a stream is stopped.

module TestProcessChat

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker
import ..DrumlineWorker: WireMap, field

map_of(pairs::Pair...) = WireMap(pairs...)

send(worker, message) = DrumlineWorker.write_frame(worker.stream.outgoing, DrumlineWorker.encode(message))

send_chat(worker, id, request = WireMap(); headers = WireMap()) =
    send(worker, Any[0, id, "chat", WireMap("request" => request, "headers" => headers)])

"(error, result, chunks) of a request that was sent."
function rest(worker, id)
    chunks = Any[]
    while true
        message = receive(worker)
        if message[1] == 1
            message[2] == id || Base.error("the answer is to $(message[2]), not to $id")
            return message[3], message[4], chunks
        end
        message[2] == "chunk" && push!(chunks, field(message[3], "data"))
    end
end

function ask(worker, request = WireMap(); more...)
    worker.last_id += 1
    send_chat(worker, worker.last_id, request; more...)
    return rest(worker, worker.last_id)
end

"What `use(worker)` gives, of a worker with this custom.jl."
function with(use, custom; target = "textgeneration", options...)
    worker = start()
    try
        error, _ = load(worker, custom; target = target, options...)
        error === nothing || Base.error(field(error, "message"))
        return use(worker)
    finally
        stop(worker)
    end
end

"A map as a Dict, so that the order of its keys means nothing."
plain(value) = DrumlineWorker.julia_value(value)

said(answer) =
    answer[1] === nothing ? plain(field(field(answer[2], "completion"), "said")) : field(answer[1], "message")
told(answer) = (code_of(answer[1]), field(answer[1], "message"))
chunk(pairs...) = Dict{String,Any}("object" => "chat.completion.chunk", pairs...)
completion(expression) =
    "chat(request, model; kwargs...) = Dict(\"object\" => \"chat.completion\", \"said\" => $expression)\n"

# -- load ------------------------------------------------------------------------------------------

worker = start()
error, result = load(worker, completion("model === nothing"); target = "textgeneration")
equal(
    () -> (error, plain(field(result, "hooks")), field(result, "predictor")),
    "a model that chats needs no artifact and no other hook",
    (nothing, Any["chat"], nothing),
)
equal(() -> said(ask(worker)), "it chats without a model", true)
equal(() -> code_of(predict_csv(worker, "a\n1\n")[1]), "it does not score", "ARTIFACT_MISSING")
for (what, params) in (
    "request" => map_of("headers" => WireMap()),
    "headers" => map_of("request" => WireMap()),
    "a" => map_of("request" => WireMap(), "headers" => map_of("a" => 1)),
)
    equal(() -> told((call(worker, "chat", params)[1],))[1], "params whose $what is none", "PARAMS_INVALID")
end
equal(() -> code_of(call(worker, "models")[1]), "without get_supported_llm_models", "METHOD_UNKNOWN")
stop(worker)

equal(
    () -> with(
        worker -> said(ask(worker)), "load_model(dir) = (name = \"own\",)\n" * completion("model.name"),
    ),
    "what load_model returns need not predict",
    "own",
)
equal(
    () -> with(
        worker -> code_of(ask(worker)[1]), "load_model(dir) = 1\n" * completion("1"); target = "unstructured",
    ),
    "unstructured models do not chat",
    "METHOD_UNKNOWN",
)

# -- what the hook gets and returns ----------------------------------------------------------------

const RESULTS = """
struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end
one(number) = Dict("object" => "chat.completion.chunk", "number" => number)
inner() = error("lost")
function told_to_stop(put_all)
    return Channel() do channel
        try
            put_all(channel)
        finally
            println("told to stop")
            flush(stdout) # a file, as the log is here, gets it when the next request has been answered
        end
    end
end
deep() = (list = Any[]; push!(list, list); list)
const SAID = Dict(
    "request" => request -> request,
    "types" => request -> string(typeof(request), typeof(request["a"]), typeof(request["m"])),
    "scalars" =>
        request -> Any[nothing, missing, true, 0x01, big(2), 0.5f0, NaN, SubString("text", 2), :symbol],
    "containers" => request -> Any[[1], (2, "x"), 3:4, Dict(:a => ()), (b = 1,)],
    "no UTF-8" => request -> String([0x61, 0xff]),
    "struct" => request -> CustomHTTPError("", 1),
    "keys" => request -> Dict(1 => 2),
    "bytes" => request -> UInt8[1],
    "large" => request -> 2^60,
    "function" => request -> inner, "cycle" => request -> deep(),
)
const RETURNED = Dict(
    "vector" => () -> [one(0), one(1)],
    "generator" => () -> (one(number) for number in 0:1),
    "tuple" => () -> (one(0), one(1)),
    "channel" => () -> told_to_stop(channel -> foreach(number -> put!(channel, one(number)), 0:1)),
    "named tuples" => () -> [(object = "chat.completion.chunk", number = number) for number in 0:1],
    "empty" => () -> [],
    "text" => () -> "text",
    "nothing" => () -> nothing,
    "number" => () -> 5,
    "dictionary" => () -> Dict(),
    "other" => () -> Dict("object" => "list"),
    "items" => () -> [1], "completions" => () -> [(object = "chat.completion",)], "a function" => () -> inner,
    "raises" => () -> inner(),
    "generator raises" => () -> (number == 1 ? inner() : one(number) for number in 0:1),
    "channel raises" => () -> told_to_stop(channel -> (put!(channel, one(0)); inner())),
    "status" => () -> told_to_stop(channel -> throw(CustomHTTPError("later", 429))),
    "endless" =>
        () -> told_to_stop(channel -> foreach(number -> put!(channel, one(number)), Iterators.countfrom())),
    "sleepy" =>
        () -> told_to_stop(
            channel -> foreach(number -> (put!(channel, one(number)); sleep(0.1)), Iterators.countfrom()),
        ),
    "large" => () -> [one("x" ^ 2_000_000)],
)
function chat(request, model; headers)
    haskey(request, "return") && return RETURNED[request["return"]]()
    haskey(request, "header") &&
        return (object = "chat.completion", said = get(headers, request["header"], nothing))
    return Dict(:object => "chat.completion", :said => SAID[request["say"]](request))
end
get_supported_llm_models(model) = [Dict("object" => "model", "id" => "a"), Dict("id" => "b"), 3]
"""
worker = start(; most = 1 << 20)
equal(() -> load(worker, RESULTS; target = "textgeneration")[1], "results are loaded", nothing)
say(what, more...) = ask(worker, map_of("say" => what, more...))
returned(what) = ask(worker, map_of("return" => what))

const REQUEST = (
    "messages" => Any[map_of("role" => "user", "content" => "é")],
    "temperature" => 0.5,
    "n" => 1,
    "stop" => nothing,
    "stream" => true,
    "none" => Any[],
)
equal(
    () -> said(say("request", REQUEST...)),
    "the request arrives as it was sent",
    plain(map_of("say" => "request", REQUEST...)),
)
equal(
    () -> said(say("types", "a" => Any[1], "m" => WireMap())),
    "its types",
    "$(Dict{String,Any})$(Vector{Any})$(Dict{String,Any})",
)
for (name, value) in ("X-Me" => "I", "x-me" => "I", "other" => nothing)
    equal(
        () -> said(ask(worker, map_of("header" => name); headers = map_of("x-me" => "I"))),
        "the header $name",
        value,
    )
end
equal(() -> said(say("scalars")), "scalars", Any[nothing, nothing, true, 1, 2, 0.5, NaN, "ext", "symbol"])
equal(
    () -> said(say("containers")),
    "containers",
    Any[Any[1], Any[2, "x"], Any[3, 4], Dict{String,Any}("a" => Any[]), Dict{String,Any}("b" => 1)],
)
equal(() -> said(say("no UTF-8")), "what is not UTF-8 is replaced", "a\ufffd")

for what in ("vector", "generator", "tuple", "channel", "named tuples")
    equal(
        () -> (answer = returned(what); (answer[1], plain(answer[2]), map(plain, answer[3]))),
        "a $what is sent chunk by chunk",
        (nothing, Dict{String,Any}("completion" => nothing), [chunk("number" => 0), chunk("number" => 1)]),
    )
end
equal(
    () -> (answer = returned("empty"); (answer[1], answer[3])),
    "no chunks are a stream too",
    (nothing, Any[]),
)

for (what, words) in (
    "text" => "chat returned a String",
    "nothing" => "chat returned nothing",
    "number" => "chat returned a $Int",
    "dictionary" => "chat returned a Dict{Any,Any}",
    "other" => "with object 'list'",
    "items" => "item 1 of what chat returned is a $Int",
    "completions" => "with object 'chat.completion'",
    "a function" => "chat returned a typeof(",
)
    answer = returned(what)
    check(() -> code_of(answer[1]) == "HOOK_RESULT_INVALID" && isempty(answer[3]), "chat returns $what")
    message = replace(field(answer[1], "message"), ", " => ",") # as Julia writes types since 1.6
    check(
        () -> occursin(words, message) &&
            occursin("; return a completion (its field object is 'chat.completion')", message),
        "what is said when chat returns $what (got $message)",
    )
end
for what in ("struct", "keys", "bytes", "large", "function", "cycle")
    code, message = told(say(what))
    check(
        () -> code == "HOOK_RESULT_INVALID" &&
            occursin("chat returned something that JSON does not have, or nested more than 60 deep", message),
        "JSON does not have $what (got $message)",
    )
end
equal(() -> code_of(returned("large")[1]), "too large a chunk", "FRAME_TOO_LARGE")

for (what, count) in ("raises" => 0, "generator raises" => 1, "channel raises" => 1)
    answer = returned(what)
    equal(
        () -> (told(answer), length(answer[3])),
        what,
        (("HOOK_FAILED", "the hook chat raised ErrorException: lost"), count),
    )
    check(
        () -> occursin("inner at ", field(answer[1], "traceback")),
        "the traceback when it $what (got $(field(answer[1], "traceback")))",
    )
end
answer = returned("status")
equal(
    () -> (field(answer[1], "message"), field(answer[1], "http_status")),
    "a status that the user chose, in the task of a channel",
    ("later", 429),
)

equal(
    () -> plain(call(worker, "models")[2]),
    "supported models are those that say so",
    Dict{String,Any}("models" => Any[Dict{String,Any}("object" => "model", "id" => "a")]),
)

# -- streams that are stopped ----------------------------------------------------------------------

function start_stream(worker, id, what = "endless")
    send_chat(worker, id, map_of("return" => what))
    return receive(worker)[2] == "chunk"
end

stops() = count(line -> line == "told to stop", split(log_of(worker), '\n'))
before = stops()
check(() -> start_stream(worker, 1007), "a stream has begun")
send(worker, Any[2, "cancel", map_of("id" => 1007)])
send(worker, Any[0, 1008, "ping", WireMap()])
send(worker, Any[2, "cancel", map_of("id" => 99)])
equal(() -> code_of(rest(worker, 1007)[1]), "a stream that nobody waits for is stopped", "CANCELLED")
equal(() -> rest(worker, 1008)[1], "what came meanwhile is answered", nothing)
equal(stops, "the channel's task has run its finally", before + 1)
check(() -> start_stream(worker, 1010, "sleepy"), "a stream that waits between its chunks has begun")
send(worker, Any[2, "cancel", map_of("id" => 1010)])
equal(() -> code_of(rest(worker, 1010)[1]), "it is stopped", "CANCELLED")
check(
    () -> timedwait(() -> stops() == before + 2, 30.0) == :ok,
    "its task runs its finally while the worker waits for requests",
)
check(() -> start_stream(worker, 1009), "the next stream has begun")
ccall(:shutdown, Cint, (Cint, Cint), worker.stream.outgoing, 1)
equal(() -> code_of(rest(worker, 1009)[1]), "a stream ends with the input", "CANCELLED")
equal(() -> stop(worker), "a worker whose input ended in a stream ends with 0", 0)

worker = start()
load(worker, RESULTS; target = "textgeneration")
check(() -> start_stream(worker, 7), "a stream has begun in another worker")
send_bytes(worker, [0xff, 0xff, 0xff, 0x7f])
equal(() -> code_of(rest(worker, 7)[1]), "a stream whose input cannot be read on is stopped", "CANCELLED")
equal(() -> field(receive(worker)[3], "code"), "that is told after it", "FRAME_TOO_LARGE")
equal(() -> stop(worker), "and ends the worker with 65", 65)

end
