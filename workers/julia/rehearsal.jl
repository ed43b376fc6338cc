# A made-up life of a worker, to learn what it compiles. For the two builds, of the cache and of the system
# image.

include("DrumlineWorker.jl")

import .DrumlineWorker: WireMap, encode

"Runs a command whose output is shown only when it fails."
function run_quietly(command, what)
    output = tempname()
    process = run(
        pipeline(ignorestatus(command); stdin = devnull, stdout = output, stderr = output, append = true),
    )
    success(process) && return
    println(stderr, join(last_lines(output, 15), '\n'))
    println(stderr, "$what failed; the worker runs without it, too")
    exit(1)
end

last_lines(file, count) = (lines = readlines(file); lines[max(1, end - count + 1):end])

# -- what a worker does ----------------------------------------------------------------------------

const CUSTOM = """
module Custom
export load_model, score
init(code_dir) = nothing
load_model(code_dir) = 1.0
transform(data, model) = data
score(data, model; kwargs) = data.int[1] > 5 ? error("a fault") : DataFrame(Predictions = data.float .* model)
post_process(predictions, model) = predictions
function score_unstructured(model, data; mimetype, query, mlops = nothing, kwargs...)
    isempty(query) && return data
    if mlops !== nothing
        mlops.report_deployment_stats(2, 1.5)
        mlops.report_deployment_stats(num_predictions = 2, execution_time = 1.5)
        frame = (number = [1.5, missing], text = ["a", "b"])
        mlops.report_predictions_data(frame, [0.5, 1.5], ["a", "b"])
        mlops.report_predictions_data(
            features_df = frame, predictions = [[0.25, 0.75], [1.0, 0.0]], class_names = ["no", "yes"],
        )
    end
    return String(data), Dict("mimetype" => mimetype, "charset" => "utf8")
end
function chat(request, model; headers)
    get(request, "stream", false) || return Dict(
        "object" => "chat.completion",
        "choices" => [Dict("message" => request["messages"][1], "index" => 0)],
    )
    return (
        Dict(
            "object" => "chat.completion.chunk",
            "choices" => [Dict("delta" => Dict("content" => word), "at" => 0.5)],
        )
        for word in ["a", "b"]
    )
end
get_supported_llm_models(model) = [Dict("object" => "model", "id" => "a")]
end
"""
const CSV =
    "int,float,some,text,bool,date,time\n" *
    "1,0.5,,x,true,2020-01-02,2020-01-02T03:04:05\n" *
    "2,1.5e3,3,\"y\",false,2020-01-03,2020-01-02T03:04:05\n"
const MATRIX = "%%MatrixMarket matrix coordinate real general\n1 2 1\n1 1 1.5\n"

const COMPONENT = """
Base.@kwdef struct Rehearsed
    scale = 1
end
load(model::Rehearsed) = nothing
predict(model::Rehearsed, X, names, meta) = X isa Array ? X * model.scale : X
tags(model::Rehearsed) = Dict("a" => 1)
init_metadata(model::Rehearsed) = Dict("name" => "a")
"""

"The frames of a worker's life, as a file that stands in for its stream."
function write_requests(file, folder, machines)
    hook_file = joinpath(folder, "custom.jl")
    write(hook_file, CUSTOM)
    write(joinpath(folder, "Rehearsed.jl"), COMPONENT)
    load_of(hook_file, artifacts, target_type) = WireMap(
        "code_directory" => folder,
        "hook_file" => hook_file,
        "artifacts" => Any[artifacts...],
        "target_type" => target_type,
        "positive_class_label" => "yes", "negative_class_label" => "no", "class_labels" => nothing,
    )
    load = load_of(hook_file, String[], "binary")
    payload(text, mimetype) = WireMap(
        "payload" => WireMap(
            "kind" => "bytes", "data" => Vector{UInt8}(text), "mimetype" => mimetype, "charset" => nothing,
        ),
    )
    transformed(text, mimetype) = WireMap([payload(text, mimetype).pairs; Pair{String,Any}("sparse", true)])
    query = WireMap("key" => Any["first", "second"])
    unstructured(data, query, headers) = "score_unstructured" => WireMap(
        "data" => data,
        "mimetype" => "text/plain",
        "charset" => "utf8",
        "query" => query,
        "headers" => headers,
    )
    chat(stream) = "chat" => WireMap(
        "request" => WireMap(
            "messages" => Any[WireMap("role" => "user", "content" => "text")],
            "stream" => stream,
            "temperature" => 0.5,
        ),
        "headers" => WireMap("accept" => "*/*"),
    )
    column(name) = WireMap(
        "name" => name,
        "type" => "float64",
        "data" => zeros(UInt8, 8),
        "validity" => nothing,
        "offsets" => nothing,
    )
    table = WireMap("rows" => 1, "columns" => Any[column("yes"), column("no")])
    calls = [
        "ping" => WireMap(), "unknown" => WireMap(), "load" => load, "predict" => payload(
            CSV, "text/csv",
        ), "predict" => payload("int,float\n9,1\n", nothing),
        "predict" => payload("", "text/csv"), "predict" => payload(
            MATRIX, "text/mtx",
        ), "transform" => payload(CSV, "text/csv"),
        "post_process" => WireMap("predictions" => table), chat(false), chat(true), "models" => WireMap(),
        "load" => load_of(
            joinpath(folder, "custom.jl"), String[], "transform",
        ), "transform" => transformed(CSV, "text/csv"),
        "transform" => transformed(MATRIX, "text/mtx"),
        "load" => load_of(hook_file, String[], "unstructured"),
        unstructured(
            "text", query, WireMap("accept" => "*/*"),
        ), unstructured(UInt8[0, 255], WireMap(), WireMap()), unstructured("text", WireMap(), WireMap()),
        "load" => WireMap(
            [load_of(hook_file, String[], "unstructured").pairs; Pair{String,Any}("reports", true)],
        ),
        unstructured("text", query, WireMap()),
        "load" => WireMap([
            load_of(nothing, String[], "unstructured").pairs
            Pair{String,Any}("component", WireMap(
                "name" => "Rehearsed", "parameters" => WireMap("scale" => 2), "unit" => "a", "image" => "b",
            ))
        ]),
        "call" => WireMap("method" => "predict", "message" => "{\"data\":{\"ndarray\":[[1.5]]}}"),
        "call" => WireMap("method" => "health_status", "message" => nothing),
    ]
    for (machine, target_type) in zip(machines, ("binary", "regression"))
        push!(
            calls,
            "load" => load_of(nothing, [machine], target_type),
            "predict" => payload("a,b\n1.5,2.5\n", "text/csv"),
        )
    end
    open(file, "w") do io
        for (id, (method, params)) in enumerate(calls)
            frame = encode(Any[0, id, method, params])
            write(io, htol(UInt32(length(frame))), frame)
        end
    end
end

"A file of the signatures that a worker compiles while it answers these frames."
function trace_worker(folder, machines)
    requests, trace = joinpath(folder, "requests"), joinpath(folder, "trace")
    write_requests(requests, folder, machines)
    variables = ["DRUM_PROTOCOL_IN" => "3", "DRUM_PROTOCOL_OUT" => "4", "DRUM_MAX_FRAME" => string(1 << 24)]
    main = string(
        "include(",
        repr(joinpath(DrumlineWorker.HERE, "DrumlineWorker.jl")),
        "); exit(DrumlineWorker.main())",
    )
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    flags = `--startup-file=no --history-file=no --sysimage=$(base_image())`
    worker = `$julia $flags --trace-compile=$trace -e $main`
    run_quietly(
        setenv(`sh -c "exec \"\$@\" 3<$requests 4>/dev/null" sh $worker`, merge(Dict(ENV), Dict(variables))),
        "rehearsing the worker",
    )
    return trace
end

"The image that this Julia was started with."
base_image() = unsafe_string(Base.JLOptions().image_file)
