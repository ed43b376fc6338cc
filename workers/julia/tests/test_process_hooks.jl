# Every form of custom.jl in a real worker: what each hook is called with, and what it may return.

module TestProcessHooks

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: WireMap, field, table_to_wire

"(load's result, what `ask(worker)` gives) of a worker with this custom.jl; the errors are raised as text."
function with(ask, custom; options...)
    worker = start()
    try
        return answer_of(worker, load(worker, custom; options...), ask)
    finally
        stop(worker)
    end
end

function answer_of(worker, (error, result), ask)
    error === nothing || Base.error(field(error, "message"))
    return result, ask(worker)
end

shared = start()

"The same in a worker that others use too, with the hooks in a module Custom."
with_module(ask, custom; options...) = answer_of(shared, load_module(shared, custom; options...), ask)

predictions(worker, text = "a,b\n1,2\n"; more...) = (
    answer = predict_csv(worker, text; more...);
    answer[1] === nothing ? columns(answer[2]) : field(answer[1], "message"),
)
column(name, cells) = Pair{String,Any}(name, cells)

# -- the form of DRUM: module Custom, all hooks ----------------------------------------------------

const ALL_HOOKS = """
module Custom

export init, load_model, read_input_data, transform, score

calls = String[]
init(code_dir::String) = push!(calls, "init \$(isdir(code_dir))")
load_model(code_dir::String) = (push!(calls, "load_model"); Dict("factor" => 10))
function read_input_data(body)
    push!(calls, "read \$(typeof(body))")
    lines = split(strip(body), '\\n')[2:end]
    return DataFrame(x = parse.(Int, lines))
end
transform(data, model) = (push!(calls, "transform \$(nrow(data))"); data.y = data.x .+ 1; data)
score(data, model; kwargs) = DataFrame(
    Predictions = data.y .* model["factor"],
    calls = fill(join(calls, ", "), nrow(data)),
    labels = fill(string(kwargs), nrow(data)),
)
post_process(predictions, model) = DataFrame(Predictions = predictions.Predictions .+ model["factor"])

end
"""
const LABELS = "(positive_class_label = nothing, negative_class_label = nothing, class_labels = nothing)"

result, (first_answer, second_answer) = with(ALL_HOOKS) do worker
    table = table_to_wire(["Predictions"], [[1.5]])
    return predictions(worker, "x\n1\n2\n"), columns(
        call(worker, "post_process", WireMap("predictions" => table))[2],
    )
end
equal(
    () -> field(result, "hooks"),
    "hooks of module Custom, exported or not",
    Any["init", "load_model", "read_input_data", "transform", "score", "post_process"],
)
equal(() -> field(result, "predictor"), "with a score hook there is no predictor", nothing)
check(
    () -> field(field(result, "packages"), "drumline table") isa String, "packages tell which table is used",
)
equal(() -> first_answer, "all hooks in order", [
    column("Predictions", [20, 30]),
    column("calls", fill("init true, load_model, read String, transform 2", 2)),
    column("labels", fill(LABELS, 2)),
])
equal(() -> second_answer, "post_process gets a table", [column("Predictions", [11.5])])

# -- plain functions, keywords ---------------------------------------------------------------------

const LOAD = "load_model(dir) = 2\n"
keywords(signature, shown) = with_module(
    predictions,
    LOAD * "score(data, model$signature) = DataFrame(Predictions = [$shown])\n";
    target = "binary",
    positive_class_label = "yes",
    negative_class_label = "no",
)[2]

equal(() -> keywords("", "string(model)"), "score(data, model)", [column("Predictions", ["2"])])
equal(
    () -> keywords("; kwargs", "string(kwargs.positive_class_label, kwargs.negative_class_label)"),
    "score(data, model; kwargs)",
    [column("Predictions", ["yesno"])],
)
equal(
    () -> keywords("; kwargs...", "string(kwargs[:positive_class_label], kwargs[:target_type])"),
    "score(data, model; kwargs...)",
    [column("Predictions", ["yesbinary"])],
)
equal(
    () -> keywords(
        "; negative_class_label, class_labels = 1, own = 5",
        "string(negative_class_label, class_labels, own)",
    ),
    "score with named keywords",
    [column("Predictions", ["nonothing5"])],
)
equal(
    () -> keywords("; binary_data, mimetype", "string(String(copy(binary_data)), mimetype)"),
    "score asks for the body",
    [column("Predictions", ["a,b\n1,2\ntext/csv"])],
)

equal(
    () -> with_module(
        predictions,
        LOAD *
            "seen = []\ninit(; code_dir, kwargs...) = push!(seen, isdir(code_dir))\nscore(data, model) = " *
                "DataFrame(Predictions = [seen[1]])\n",
    )[2],
    "init(; code_dir, kwargs...)",
    [column("Predictions", [true])],
)
equal(
    () -> with_module(
        predictions,
        LOAD * "seen = []\ninit() = push!(seen, 1)\nscore(data, model) = DataFrame(Predictions = seen)\n",
    )[2],
    "init()",
    [column("Predictions", [1])],
)
equal(
    () -> with(
        predictions,
        LOAD *
            "score(data, model) = DataFrame(Predictions = [1])\ntransform(data, model) = error(\"not to " *
                "be called\")\n";
        hooks = Any["load_model", "score"],
    )[2],
    "only the hooks that load names",
    [column("Predictions", [1])],
)
stop(shared)

# -- what score may return -------------------------------------------------------------------------

const RESULTS = """
import Dates
$LOAD
const RESULTS = Dict(
    "named tuple" => () -> (Predictions = [1.5],),
    "dictionary" => () -> Dict("yes" => [0.25], "no" => [0.75]),
    "rows" => () -> [(Predictions = 1,), (Predictions = 2,)],
    "vector" => () -> [1, 2],
    "matrix" => () -> [0.25 0.75; 0.5 0.5],
    "types" => () -> DataFrame(
        a = [1, missing], b = Any[1, 2.5], c = ["x", missing], d = [true, missing], e = Float32[1, 2],
        f = [Dates.Date(2020), missing], g = [Dates.DateTime(2020), missing], h = [missing, missing],
        i = [:s, :t], j = Any[[1, "x"], nothing], k = [Dates.Time(1), missing],
    ),
    "nothing" => () -> nothing,
    "number" => () -> 5,
    "uneven" => () -> (a = [1], b = [1, 2]),
    "functions" => () -> DataFrame(Predictions = [sin, cos]),
)
score(data, model) = RESULTS[data.what[1]]()
"""
worker = start()
equal(() -> load(worker, RESULTS)[1], "results are loaded", nothing)
returned(what) = predict_csv(worker, "what\n$what\n")
labelled(what) = field(returned(what)[2], "labelled")
for (what, expected, named) in [
    ("named tuple", [column("Predictions", [1.5])], true),
    ("dictionary", [column("no", [0.75]), column("yes", [0.25])], true),
    ("rows", [column("Predictions", [1, 2])], true),
    ("vector", [column("0", [1, 2])], false),
    ("matrix", [column("0", [0.25, 0.5]), column("1", [0.75, 0.5])], false),
]
    equal(() -> columns(returned(what)[2]), "score returns a $what", expected)
    equal(() -> labelled(what), "the names of a $what mean $(named ? "something" : "nothing")", named)
end
types =
    [
        column.first => field(column.second, "type")
        for column in [
            field(one, "name") => one
            for one in field(field(returned("types")[2], "predictions"), "columns")
        ]
    ]
equal(
    () -> types,
    "every type of a column",
    [
        "a" => "int64",
        "b" => "float64",
        "c" => "utf8",
        "d" => "bool",
        "e" => "float32",
        "f" => "date",
        "g" => "timestamp",
        "h" => "float64",
        "i" => "utf8",
        "j" => "json",
        "k" => "utf8",
    ],
)
check(() -> isequal(Dict(columns(returned("types")[2]))["a"], [1, missing]), "missing stays missing")
check(
    () -> isequal(Dict(columns(returned("types")[2]))["j"], [Any[1, "x"], missing]),
    "nested values become json",
)
for (what, words) in (
    ("nothing", "score returned nothing, expected a data frame"),
    ("number", "score returned a Int64"),
    ("uneven", "columns of 1, 2 rows"),
    ("functions", "the column Predictions has elements of type Function"),
)
    error = returned(what)[1]
    equal(() -> code_of(error), "score returns $what", "HOOK_RESULT_INVALID")
    check(() -> occursin(words, field(error, "message")), "what is said when score returns $what")
end
stop(worker)

# -- payloads --------------------------------------------------------------------------------------

const SHAPES =
    LOAD *
        "score(data, model; sparse_colnames = nothing) = DataFrame(Predictions = " *
            "[string(nameof(typeof(data)), size(data), sparse_colnames)])\n"
worker = start()
load(worker, SHAPES)
told(result) = result[1] === nothing ? columns(result[2])[1].second[1] : code_of(result[1])
payload(kind; fields...) =
    WireMap("payload" => WireMap([Pair{String,Any}("kind", kind), [
        Pair{String,Any}(string(name), value)
        for (name, value) in fields
    ]...]))
path = joinpath(mktempdir(), "in.csv")
write(path, "a,b\n1,2\n3,4\n")
matrix = "%%MatrixMarket matrix coordinate real general\n2 3 2\n1 1 1.5\n2 3 -2\n"
equal(() -> told(call(worker, "predict", payload("file"; path = path))), "a file", "DataFrame(2, 2)nothing")
equal(
    () -> told(call(worker, "predict", payload("file"; path = path * ".not"))),
    "a file that is not there",
    "INPUT_UNREADABLE",
)
equal(
    () -> told(call(worker, "predict", payload("table"; table = table_to_wire(["x", "x"], [[1], ["y"]])))),
    "a table",
    "DataFrame(1, 2)nothing",
)
equal(
    () -> told(predict_csv(worker, matrix; mimetype = "text/mtx")),
    "a Matrix Market text",
    "SparseMatrixCSC(2, 3)nothing",
)
equal(
    () -> told(predict_csv(worker, matrix; mimetype = "text/mtx", column_names = ["x", "y", "z"])),
    "a Matrix Market text with names",
    "SparseMatrixCSC(2, 3)[\"x\", \"y\", \"z\"]",
)
equal(
    () -> told(predict_csv(worker, matrix; mimetype = "text/mtx", column_names = ["x"])),
    "too few names",
    "INPUT_UNREADABLE",
)
equal(
    () -> told(predict_csv(worker, "x"; mimetype = "image/png")),
    "a media type that is not read",
    "INPUT_UNSUPPORTED",
)
equal(() -> told(call(worker, "predict", payload("stream"))), "a kind that is not read", "INPUT_UNSUPPORTED")
equal(() -> told(predict_csv(worker, "")), "an empty body", "INPUT_EMPTY")
equal(() -> told(predict_csv(worker, "a,b\n")), "a header alone", "DataFrame(0, 2)nothing")
stop(worker)

# -- transform for a worker of another language ----------------------------------------------------

const STAGE =
    "read_input_data(body) = error(\"not for a table\")\ntransform(data, model) = DataFrame(twice = 2 .* " *
        "data.a, nothing_here = [model === nothing])\n"
worker = start()
equal(() -> load(worker, STAGE; partial = true)[1], "with partial, transform alone is enough", nothing)
answer = call(worker, "transform", payload("table"; table = table_to_wire(["a"], [[21]])))[2]
equal(
    () -> (field(answer, "rows"), columns(answer, "table")),
    "transform gives the data as the next stage gets it",
    (1, [column("twice", [42]), column("nothing_here", [true])]),
)
equal(
    () -> code_of(call(worker, "predict", payload("table"; table = table_to_wire(["a"], [[21]])))[1]),
    "there is nothing to score with",
    "ARTIFACT_MISSING",
)
equal(
    () -> code_of(call(worker, "post_process", WireMap("predictions" => table_to_wire(["a"], [[1]])))[1]),
    "no post_process",
    "METHOD_UNKNOWN",
)
stop(worker)

end
