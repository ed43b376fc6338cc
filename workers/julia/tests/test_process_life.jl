# The life of a worker process: hello, order of requests, broken frames, prints, ends.

module TestProcessLife

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker
import ..DrumlineWorker: WireMap, field

const frame = DrumlineWorker.encode

"A message as a frame."
framed(body::Vector{UInt8}) = [reinterpret(UInt8, [htol(UInt32(length(body)))]); body]

worker = start()
equal(() -> field(worker.hello, "protocol"), "hello tells the protocol", 1)
equal(() -> field(worker.hello, "language"), "hello tells the language", "julia")
equal(() -> field(worker.hello, "language_version"), "hello tells the version", string(VERSION))
check(() -> isabspath(field(worker.hello, "executable")), "hello tells the interpreter")
equal(
    () -> field(field(worker.hello, "capabilities"), "methods"),
    "hello tells the methods",
    Any[
        "ping", "load", "predict", "transform", "post_process", "score_unstructured", "chat", "models",
        "call", "serve",
    ],
)

check(
    () -> (answer = call(worker, "ping"); answer[1] === nothing && isempty(answer[2].pairs)),
    "ping is answered with an empty map",
)
for method in ("predict", "transform", "post_process", "score_unstructured", "chat", "models", "call")
    equal(() -> code_of(call(worker, method)[1]), "$method before load", "NOT_LOADED")
end
equal(() -> code_of(call(worker, "train")[1]), "an unknown method", "METHOD_UNKNOWN")
check(
    () -> occursin(
        "it has call, chat, load, models, ping, post_process, predict, score_unstructured, serve, transform",
        field(call(worker, "train")[1], "message"),
    ),
    "an unknown method is told the known ones",
)
equal(() -> code_of(call(worker, "load")[1]), "load without params", "PARAMS_INVALID")

"The answer to bytes that are no request: (id, code)."
function answer_to(bytes)
    send_bytes(worker, bytes)
    message = receive(worker)
    return message[2], field(message[3], "code")
end

equal(() -> answer_to(framed([0xc1])), "a value of no type", (0, "VALUE_TYPE"))
equal(() -> answer_to(framed([0x92])), "a value that is cut", (0, "VALUE_TRUNCATED"))
equal(() -> answer_to(framed([0xc0, 0xc0])), "two values in a frame", (0, "VALUE_TRAILING"))
equal(() -> answer_to(framed(UInt8[])), "an empty frame", (0, "VALUE_TRUNCATED"))
equal(() -> answer_to(framed([0xa1, 0xff])), "a str that is not UTF-8", (0, "VALUE_UTF8"))
equal(
    () -> answer_to(framed(frame(Any[0, 9, 5, WireMap()]))),
    "a method that is no str",
    (9, "MESSAGE_INVALID"),
)
equal(() -> answer_to(framed(frame("text"))), "no message", (0, "MESSAGE_INVALID"))

send_bytes(worker, framed(frame(Any[2, "cancel", WireMap("id" => 77)])))
send_bytes(
    worker, [framed(frame(Any[0, 101, "ping", WireMap()])); framed(frame(Any[0, 102, "ping", WireMap()]))],
)
equal(
    () -> (receive(worker)[2], receive(worker)[2]),
    "a notification has no answer, two requests at once have two in order",
    (101, 102),
)
equal(() -> stop(worker), "the end of input is the end, with status 0", 0)

worker = start()
send_bytes(worker, [0xff, 0xff, 0xff, 0x7f])
equal(
    () -> (message = receive(worker); (message[2], field(message[3], "code"))),
    "a frame that is too large",
    (0, "FRAME_TOO_LARGE"),
)
equal(() -> stop(worker), "after a frame that is too large the status is 65", 65)

worker = start()
send_bytes(worker, [0x09, 0x00, 0x00, 0x00, 0x94])
ccall(:shutdown, Cint, (Cint, Cint), worker.stream.outgoing, 1)
equal(
    () -> (message = receive(worker); (message[2], field(message[3], "code"))),
    "a stream that ends inside a frame",
    (0, "FRAME_TRUNCATED"),
)
equal(() -> stop(worker), "after a stream that ends inside a frame the status is 65", 65)

# -- prints of every kind --------------------------------------------------------------------------

const PRINTS = """
println("at the top")
load_model(dir) = 1
function score(data, model)
    println("from println")
    print("without an end")
    println(stderr, "to stderr")
    @info "from info"
    @warn "from warn"
    ccall(:puts, Cint, (Cstring,), "from puts")
    ccall(:printf, Cint, (Cstring,), "from printf")
    run(`echo from a child`)
    write(stdout, "from write\\n")
    ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 1, "from descriptor 1\\n", 18)
    read_back = read(stdin, String)
    return DataFrame(Predictions = [length(read_back), eof(stdin) ? 1 : 0])
end
"""
worker = start()
equal(() -> load(worker, PRINTS)[1], "a hook file that prints is loaded", nothing)
equal(
    () -> columns(predict_csv(worker, "a\n1\n")[2]),
    "prints of every kind break no frame, and standard input is empty",
    [Pair{String,Any}("Predictions", [0, 1])],
)
log = log_of(worker)
for text in (
    "at the top",
    "from println",
    "without an end",
    "to stderr",
    "from info",
    "from warn",
    "from puts",
    "from printf",
    "from a child",
    "from write",
    "from descriptor 1",
)
    check(() -> occursin(text, log), "the log has: $text")
end
equal(() -> stop(worker), "a worker that printed ends with 0", 0)

# -- ends ------------------------------------------------------------------------------------------

for (code, status) in (("exit(3)", 3), ("exit()", 0), ("ccall(:_exit, Cvoid, (Cint,), 4)", 4))
    worker = start()
    load(worker, "load_model(dir) = 1\nscore(data, model) = $code\n")
    check(() -> try
        predict_csv(worker, "a\n1\n")
        false
    catch error
        occursin("has ended", error.msg)
    end, "$code in a hook ends the process")
    equal(() -> stop(worker), "$code in a hook is the status", status)
end

worker = start()
load(
    worker,
    "load_model(dir) = 1\nscore(data, model) = DataFrame(Predictions = [success(`sh -c 'true <&3'`), " *
        "success(`sh -c 'true >&4'`)])\n",
)
equal(
    () -> columns(predict_csv(worker, "a\n1\n")[2]),
    "children do not get the frame descriptors",
    [Pair{String,Any}("Predictions", [false, false])],
)
equal(() -> stop(worker), "a worker that had children ends with 0", 0)

end
