# A real worker process over real descriptors, started as the supervisor starts it.

module WorkerProcess

import ..DrumlineWorker
import ..DrumlineWorker: WireMap, Stream, decode, encode, field, next_frame

export Worker, start, stop, call, load, load_module, predict_csv, receive, send_bytes, folder_of, code_of,
    columns, log_of

const WORKER = joinpath(@__DIR__, "..")
const LAUNCH = "exec \"\$@\" 3<&0 4>&1 </dev/null 1>&2"
const MOST_SECONDS = 600 # a start that compiles the worker takes minutes on a busy machine

mutable struct Worker
    process::Base.Process
    stream::Stream
    log::String
    hello::WireMap
    last_id::Int
    progress::Vector{String}
end

function socket_pair()
    ends = Vector{Cint}(undef, 2)
    ccall(:socketpair, Cint, (Cint, Cint, Cint, Ptr{Cint}), 1, 1, 0, ends) == 0 || error("no socket pair")
    foreach(DrumlineWorker.make_private, ends)
    return ends
end

close_descriptor(descriptor) = ccall(:close, Cint, (Cint,), descriptor)

"A worker that has said hello, of this source or that in another folder."
function start(; most = 1 << 26, environment = (), source = WORKER)
    requests, answers = socket_pair(), socket_pair()
    log = tempname()
    variables = [
        "DRUM_PROTOCOL_IN" => "3",
        "DRUM_PROTOCOL_OUT" => "4",
        "DRUM_MAX_FRAME" => string(most),
        environment...,
    ]
    julia = get(ENV, "DRUM_TEST_JULIA", something(Sys.which("julia"), joinpath(Sys.BINDIR, "julia")))
    command = addenv_to(`sh -c $LAUNCH sh sh $source/start.sh $julia $source/main.jl`, variables)
    process = run(
        pipeline(command; stdin = RawFD(requests[2]), stdout = RawFD(answers[2]), stderr = log), wait = false,
    )
    close_descriptor(requests[2])
    close_descriptor(answers[2])
    worker = Worker(process, Stream(answers[1], requests[1], most), log, WireMap(), 0, String[])
    hello = receive(worker)
    hello[2] == "hello" || error("no hello but $hello")
    worker.hello = hello[3]
    return worker
end

addenv_to(command, variables) = setenv(command, merge(Dict(ENV), Dict(variables)))

"The next message; raises where none comes in time or the worker has closed its end, with what it logged."
function receive(worker::Worker)
    while worker.stream.stop < worker.stream.start && !readable(worker.stream.incoming)
        kill(worker.process, Base.SIGKILL)
        error("no message within $MOST_SECONDS seconds: $(log_of(worker))")
    end
    frame = next_frame(worker.stream)
    frame === nothing && error("the worker has ended: $(log_of(worker))")
    return decode(worker.stream.buffer, frame...)
end

function readable(descriptor)
    request = Int32[descriptor, 1] # struct pollfd: the descriptor, then POLLIN as the low half
    return ccall(:poll, Cint, (Ptr{Int32}, Culong, Cint), request, 1, 1000 * MOST_SECONDS) == 1
end

log_of(worker::Worker) = isfile(worker.log) ? read(worker.log, String) : ""

function send_bytes(worker::Worker, data::Vector{UInt8})
    GC.@preserve data ccall(
        :write, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), worker.stream.outgoing, data, length(data),
    )
end

"(error, result) of a request."
function call(worker::Worker, method::String, params::WireMap = WireMap())
    worker.last_id += 1
    DrumlineWorker.write_frame(worker.stream.outgoing, encode(Any[0, worker.last_id, method, params]))
    while true
        message = receive(worker)
        if message[1] == 1
            message[2] == worker.last_id || error("the answer is to $(message[2]), not to $(worker.last_id)")
            return message[3], message[4]
        end
        message[2] == "progress" && push!(worker.progress, field(message[3], "text"))
    end
end

"Loads a code directory with this custom.jl; (error, result)."
function load(worker::Worker, custom; target = "regression", folder = folder_of(custom), more...)
    hook_file = joinpath(folder, "custom.jl")
    artifacts =
        sort([joinpath(folder, file) for file in readdir(folder) if endswith(lowercase(file), ".jlso")])
    given = [string(name) => value for (name, value) in more]
    return call(worker, "load", WireMap([
        Pair{String,Any}("code_directory", folder),
        Pair{String,Any}("hook_file", isfile(hook_file) ? hook_file : nothing),
        Pair{String,Any}("artifacts", artifacts),
        Pair{String,Any}("target_type", target),
        given...,
    ]))
end

"""
Loads hooks as a module Custom, on the lines where they were. The next load replaces the module and all it
has, so that one worker serves tests of many hook files one after the other.
"""
load_module(worker::Worker, custom; more...) =
    load(worker, occursin("module Custom", custom) ? custom : "module Custom; $custom\nend\n"; more...)

"A new folder with this custom.jl, where it is not nothing, and copies of these files."
function folder_of(custom, files...)
    folder = realpath(mktempdir())
    custom === nothing || write(joinpath(folder, "custom.jl"), custom)
    foreach(file -> cp(file, joinpath(folder, basename(file))), files)
    return folder
end

predict_csv(worker::Worker, text; method = "predict", more...) =
    call(worker, method, WireMap("payload" => WireMap([
    Pair{String,Any}("kind", "bytes"), Pair{String,Any}(
        "data", Vector{UInt8}(text),
    ), Pair{String,Any}("mimetype", "text/csv"),
    [Pair{String,Any}(string(name), value) for (name, value) in more]...,
])))

"Name to cells of the table in a result."
function columns(result, name = "predictions")
    _, names, cells = DrumlineWorker.read_table(field(result, name))
    return [Pair{String,Any}(one, column) for (one, column) in zip(names, cells)]
end

code_of(error) = error === nothing ? nothing : field(error, "code")

"Ends the worker by the end of its input, and returns its exit status."
function stop(worker::Worker)
    close_descriptor(worker.stream.outgoing)
    wait(worker.process)
    close_descriptor(worker.stream.incoming)
    rm(worker.log; force = true)
    return worker.process.exitcode
end

end
