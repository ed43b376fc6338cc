# The object `mlops` of unstructured hooks in a real worker: who gets it, what is sent to the supervisor, and
# what cannot be reported.

module TestProcessMlops

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker
import ..DrumlineWorker: WireMap, field, julia_value

"(error, result, reports) of score_unstructured of this text."
function ask(worker, data = "text")
    worker.last_id += 1
    params = WireMap(
        "data" => data,
        "mimetype" => "text/plain",
        "charset" => "utf8",
        "query" => WireMap(),
        "headers" => WireMap(),
    )
    DrumlineWorker.write_frame(
        worker.stream.outgoing, DrumlineWorker.encode(Any[0, worker.last_id, "score_unstructured", params]),
    )
    reports = Any[]
    while true
        message = receive(worker)
        message[1] == 1 && return message[3], message[4], reports
        message[2] == "report" && push!(reports, message[3])
    end
end

shared = start()

"What `use(worker)` gives, of a worker with this custom.jl."
function with(use, custom; reports = true)
    error, _ = load_module(
        shared, "load_model(dir) = 10\n" * custom; target = "unstructured", reports = reports,
    )
    error === nothing || Base.error(field(error, "message"))
    return use(shared)
end

said(answer) = answer[1] === nothing ? field(answer[2], "data") : field(answer[1], "message")
data_of(report) = (field(report, "kind"), julia_value(field(report, "data")))

const OPTIONAL =
    "score_unstructured(model, data; mlops = nothing) = mlops === nothing ? \"none\" : " *
        "(mlops.report_deployment_stats(2, 12.5); \"reported\")\n"
stats(count, time) =
    ("deployment_stats", Dict{String,Any}("num_predictions" => count, "execution_time" => time))
for (reports, expected) in (
    (true, ("reported", Any[stats(2, 12.5)])), (false, ("none", Any[])), (nothing, ("none", Any[])),
)
    equal(
        () -> with(
            worker -> (answer = ask(worker); (said(answer), Any[data_of(report) for report in answer[3]])),
            OPTIONAL;
            reports = reports,
        ),
        "a hook that takes mlops, where reports is $reports",
        expected,
    )
end
equal(
    () -> with(worker -> said(ask(worker)), "score_unstructured(model, data) = data\n"),
    "a hook that does not take mlops",
    "text",
)
for (reports, expected) in (
    (true, "[:charset, :headers, :mimetype, :mlops, :query, :query_values]"),
    (false, "[:charset, :headers, :mimetype, :query, :query_values]"),
)
    equal(
        () -> with(
            worker -> said(ask(worker)),
            "score_unstructured(model, data; rest...) = string(sort(collect(keys(rest))))\n";
            reports = reports,
        ),
        "kwargs..., where reports is $reports",
        expected,
    )
    bundled = "score_unstructured(model, data; kwargs) = string(kwargs.mlops === nothing)\n"
    equal(
        () -> with(worker -> said(ask(worker)), bundled; reports = reports),
        "kwargs as one keyword, where reports is $reports",
        string(!reports),
    )
end

stop(shared)

# -- what is sent, and what is not -----------------------------------------------------------------

# The worker's own table, whether or not the package DataFrames is there for others.
const REPORTS = """
using Main.DrumlineWorker.DataTable: DataFrame
import Main.DrumlineWorker
struct CategoricalValue
    level::String
end
Base.get(value::CategoricalValue) = value.level
const FRAME = DataFrame(n = [1.5, missing], t = ["x", missing], k = [1, 2])
const REPORTS = Dict(
    "stats by name" => mlops -> mlops.report_deployment_stats(num_predictions = 3, execution_time = 2),
    "stats by both" => mlops -> mlops.report_deployment_stats(3; execution_time = 0.5),
    "stats without time" => mlops -> mlops.report_deployment_stats(1),
    "no count" => mlops -> mlops.report_deployment_stats("many"),
    "part of a count" => mlops -> mlops.report_deployment_stats(1.5),
    "no time" => mlops -> mlops.report_deployment_stats(1, "long"),
    "features" => mlops -> mlops.report_predictions_data(FRAME),
    "all in order" => mlops -> mlops.report_predictions_data(FRAME, [1, 2], ["a", 7], ["no", :yes]),
    "all by name" =>
        mlops -> mlops.report_predictions_data(
            class_names = ["no", "yes"],
            association_ids = ("a", 7),
            predictions = (1, 2),
            features_df = FRAME,
        ),
    "named vectors" => mlops -> mlops.report_predictions_data((n = [1, 2],); predictions = [1.5, missing]),
    "vectors" => mlops -> mlops.report_predictions_data(predictions = [[0.25, 0.75], (1, 0), Float32[0.5]]),
    "matrix" => mlops -> mlops.report_predictions_data(predictions = [0.25 0.75; 1 0; 0.5 0.5]),
    "texts" =>
        mlops -> mlops.report_predictions_data(
            predictions = ["é", SubString("text", 2), CategoricalValue("level"), 1//2, true],
        ),
    "nothing" => mlops -> mlops.report_predictions_data(),
    "no table" => mlops -> mlops.report_predictions_data("text"),
    "no predictions" => mlops -> mlops.report_predictions_data(predictions = "text"),
    "no prediction" => mlops -> mlops.report_predictions_data(predictions = [1, sum]),
    "no ids" => mlops -> mlops.report_predictions_data(FRAME; association_ids = "text"),
    "ids twice" => mlops -> mlops.report_predictions_data(FRAME; association_ids = ["a", "a"]),
    "ids as text" => mlops -> mlops.report_predictions_data(FRAME; association_ids = [7, "7"]),
    "other rows" => mlops -> mlops.report_predictions_data(FRAME, [1]),
    "uneven" => mlops -> mlops.report_predictions_data((a = [1], b = [1, 2])),
    "five" => mlops -> mlops.report_predictions_data(FRAME, [1, 2], ["a", "b"], ["no"], 5),
    "cells of no type" => mlops -> mlops.report_predictions_data((a = [sum],)),
    "too large" => mlops -> mlops.report_predictions_data(predictions = [repeat("x", 1 << 21)]),
)
score_unstructured(model, data; mlops) = string(REPORTS[data](mlops))
"""
worker = start(most = 1 << 20)
equal(
    () -> load(worker, "load_model(dir) = 1\n" * REPORTS; target = "unstructured", reports = true)[1],
    "reports are loaded",
    nothing,
)

"The only report, its features as columns by name."
function reported(what)
    answer = ask(worker, what)
    said(answer) == "nothing" || Base.error("got $(said(answer))")
    kind, data = data_of(answer[3][1])
    length(answer[3]) == 1 || Base.error("got $(length(answer[3])) reports")
    kind == "predictions_data" && data["features"] !== nothing &&
        (data["features"] = columns(field(answer[3][1], "data"), "features"))
    return kind == "predictions_data" ? (
        data["features"], data["predictions"], data["association_ids"], data["class_names"],
    ) : (kind, data)
end

equal(() -> reported("stats by name"), "stats by name", stats(3, 2.0))
equal(() -> reported("stats by both"), "stats in order and by name", stats(3, 0.5))
equal(() -> reported("stats without time"), "stats without a time", stats(1, nothing))
const FRAME = Pair{String,Any}[
    "n" => Union{Missing,Float64}[1.5, missing], "t" => Union{Missing,String}["x", missing], "k" => [1, 2],
]
equal(
    () -> reported("features"),
    "features alone, of which some are missing",
    (FRAME, nothing, nothing, nothing),
)
equal(() -> reported("all in order"), "all in order", (FRAME, Any[1, 2], Any["a", "7"], Any["no", "yes"]))
equal(() -> reported("all by name"), "all by name", (FRAME, Any[1, 2], Any["a", "7"], Any["no", "yes"]))
equal(
    () -> reported("named vectors"),
    "features as named vectors",
    (Pair{String,Any}["n" => [1, 2]], Any[1.5, nothing], nothing, nothing),
)
equal(
    () -> reported("vectors"),
    "vectors of probabilities",
    (nothing, Any[Any[0.25, 0.75], Any[1, 0], Any[0.5]], nothing, nothing),
)
equal(
    () -> reported("matrix"),
    "a matrix of probabilities",
    (nothing, Any[Any[0.25, 0.75], Any[1.0, 0.0], Any[0.5, 0.5]], nothing, nothing),
)
equal(
    () -> reported("texts"),
    "texts, categories and other numbers",
    (nothing, Any["é", "ext", "level", 0.5, true], nothing, nothing),
)

for (what, words) in (
    "no count" => "num_predictions must be a whole number, got \"many\"",
    "part of a count" => "num_predictions must be a whole number, got 1.5",
    "no time" => "execution_time must be a number of milliseconds, got \"long\"",
    "nothing" => "report_predictions_data needs features_df or predictions",
    "no table" => "features_df must be a data frame, got a String",
    "no predictions" => "predictions must be a vector or a matrix, got a String",
    "no prediction" => "a prediction must be a number, a text or a list of numbers, got a typeof(sum)",
    "no ids" => "association_ids must be a vector, got a String",
    "ids twice" => "association_ids must be unique, got \"a\" twice; give each row an id of its own",
    "ids as text" => "association_ids must be unique, got \"7\" twice",
    "other rows" => "features_df, predictions and association_ids have [1, 2] rows; give as many of each",
    "uneven" => "the columns of features_df have 1, 2 rows",
    "five" => "got 5 arguments",
    "cells of no type" => "the column a has elements of type typeof(sum)",
    "too large" => "a report has 2097",
)
    answer = ask(worker, what)
    raised = "the hook score_unstructured raised ArgumentError: "
    check(
        () -> code_of(answer[1]) == "HOOK_FAILED" && occursin(raised, said(answer)) &&
            occursin(words, said(answer)) && isempty(answer[3]),
        "what is said of $what (got $(said(answer)))",
    )
end
equal(() -> reported("stats without time"), "the worker goes on", stats(1, nothing))
equal(() -> stop(worker), "it ends with 0", 0)

end
