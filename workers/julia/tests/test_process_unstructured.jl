# score_unstructured in a real worker: what the hook is called with, what it may return, and what load does
# for a model without tables.

module TestProcessUnstructured

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: WireMap, field

const LOAD = "load_model(dir) = 10\n"

"score_unstructured of this data, as text without query and headers where nothing else is said."
function ask(
    worker,
    data = "some text";
    mimetype = "text/plain",
    charset = "utf8",
    query = WireMap(),
    headers = WireMap(),
)
    return call(
        worker,
        "score_unstructured",
        WireMap(
            "data" => data,
            "mimetype" => mimetype,
            "charset" => charset,
            "query" => query,
            "headers" => headers,
        ),
    )
end

"(data, mimetype, charset) of an answer, or the code of its error."
told((error, result)) = error === nothing ? (
    field(result, "data"), field(result, "mimetype"), field(result, "charset"),
) : code_of(error)
said((error, result)) = field(error, "message")

"""
(load's result, what `use(worker)` gives) of a worker with this custom.jl; an error of load is raised as text.
"""
function with(use, custom; target = "unstructured", options...)
    worker = start()
    try
        return use_of(worker, load(worker, custom; target = target, options...), use)
    finally
        stop(worker)
    end
end

function use_of(worker, (error, result), use)
    error === nothing || Base.error(field(error, "message"))
    return result, use(worker)
end

shared = start()

"The same in a worker that others use too, with the hooks in a module Custom."
with_module(use, custom; options...) =
    use_of(shared, load_module(shared, custom; target = "unstructured", options...), use)

load_error(custom; options...) = (
    worker = start();
    error = load(worker, custom; target = "unstructured", options...)[1];
    stop(worker);
    error,
)

# -- what the hook is called with ------------------------------------------------------------------

# The other hooks are for tables: none of them counts.
const FORMS = """
module Custom
export load_model, score_unstructured
load_model(code_dir) = 10
transform(data, model) = error("not to be called")
score(data, model; kwargs) = error("not to be called")
post_process(predictions, model) = error("not to be called")
read_input_data(body) = error("not to be called")
score_unstructured(model, data) =
    string(model, " ", typeof(data), " ", data isa AbstractVector{UInt8}, " ", data)
end
"""
result, (text, bytes) = with(
    worker -> (told(ask(worker, "größer")), told(ask(worker, UInt8[0xff, 0x00, 0x41]))), FORMS,
)
equal(
    () -> field(result, "hooks"), "load lists the hooks that count", Any["load_model", "score_unstructured"],
)
equal(() -> field(result, "predictor"), "no predictor is chosen", nothing)
equal(() -> text, "text is a String", ("10 String false größer", nothing, nothing))
equal(
    () -> bytes,
    "bytes are code units",
    ("10 Base.CodeUnits{UInt8,String} true UInt8[0xff, 0x00, 0x41]", nothing, nothing),
)

"What a hook with these keywords shows of them, asked with this query and these headers."
keywords(signature, shown; more...) = told(
    with_module(
        worker -> ask(worker; more...), LOAD * "score_unstructured(model, data$signature) = string($shown)\n",
    )[2],
)[1]
const QUERY = WireMap("key" => Any["first", "second"], "other" => Any["ä"], "none" => Any[])
const HEADERS = WireMap("accept" => "*/*", "x-own" => "1")
sorted(name) = "sort(collect($name); by = first)"

equal(() -> keywords("; mimetype", "mimetype"), "mimetype", "text/plain")
equal(() -> keywords("; charset = \"none\"", "charset"), "charset", "utf8")
equal(
    () -> keywords("; mimetype, charset, query, headers", "charset, length(headers)"),
    "charset and headers are always given",
    "utf80",
)
equal(
    () -> keywords(
        "; query",
        "query isa AbstractDict, query[\"key\"], query[\"other\"], haskey(query, \"none\")";
        query = QUERY,
    ),
    "query has the first value of each key",
    "truefirstäfalse",
)
equal(
    () -> keywords("; query_values", "typeof(query_values), " * sorted("query_values"); query = QUERY),
    "query_values has all of them",
    string(
        Dict{String,Vector{String}},
        Pair{String,Vector{String}}["key" => ["first", "second"], "none" => String[], "other" => ["ä"]],
    ),
)
equal(
    () -> keywords("; query, query_values", "isempty(query), isempty(query_values)"),
    "without a query both are empty",
    "truetrue",
)
equal(
    () -> keywords(
        "; headers = nothing",
        "headers[\"Accept\"], headers[\"x-own\"], haskey(headers, \"X-OWN\"), get(headers, \"X-Own\", " *
            "0), get(headers, \"none\", 0), length(headers)";
        headers = HEADERS,
    ),
    "headers are asked in any case of letters",
    "*/*1true102",
)
equal(
    () -> keywords("; query", "get(query, \"absent\", 7), get(() -> 8, query, \"absent\")"),
    "a default stands for a parameter that the query lacks",
    "78",
)
equal(
    () -> keywords("; query", "(try; query[\"absent\"]; catch error; error.status_code; end)"),
    "a parameter that the query lacks is the caller's fault",
    "400",
)
equal(
    () -> keywords(
        "; own = 7, mimetype, query", "own, mimetype, length(query)"; query = QUERY, headers = HEADERS,
    ),
    "a hook gets what it takes",
    "7text/plain2",
)
equal(
    () -> keywords("; mimetype, kwargs...", "mimetype, sort(collect(keys(kwargs)))"; headers = HEADERS),
    "kwargs... gets the rest",
    "text/plain[:charset, :headers, :query, :query_values]",
)
equal(
    () -> keywords(
        "; kwargs",
        "kwargs.mimetype, kwargs.query[\"key\"], kwargs.query_values[\"key\"][2], kwargs.charset, " *
            "length(kwargs.headers)";
        query = QUERY,
    ),
    "kwargs as one keyword",
    "text/plainfirstsecondutf80",
)

# The form of DRUM's own example, whose load_model returns nothing.
const DRUMS = """
module Custom
export load_model, score_unstructured
load_model(code_dir) = nothing
function score_unstructured(data; model = 5, kwargs = nothing)
    haskey(kwargs.query, "ret_mode") &&
        return UInt8[length(data)], Dict("mimetype" => "application/octet-stream")
    return string(model === nothing, " ", data, " ", kwargs.mimetype)
end
end
"""
_, (text, bytes) = with_module(
    worker -> (told(ask(worker)), told(ask(worker; query = WireMap("ret_mode" => Any["binary"])))), DRUMS,
)
equal(
    () -> text, "the form of DRUM, whose model is a keyword", ("true some text text/plain", nothing, nothing),
)
equal(() -> bytes, "the form of DRUM, with a query", (UInt8[9], "application/octet-stream", nothing))
const DRUMS_REST =
    LOAD * "score_unstructured(data; kwargs...) = string(data, kwargs[:model], kwargs[:mimetype])\n"
equal(
    () -> told(with_module(ask, DRUMS_REST)[2])[1],
    "the form of DRUM with kwargs...",
    "some text10text/plain",
)

# -- what it may return ----------------------------------------------------------------------------

const RESULTS = LOAD * """
struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end
inner() = error("bad data")
const RESULTS = Dict(
    "text" => () -> "grün",
    "part of a text" => () -> SubString("a text", 3),
    "empty text" => () -> "",
    "bytes" => () -> UInt8[0x00, 0xff],
    "code units" => () -> codeunits("ab"),
    "view" => () -> view(UInt8[1, 2, 3], 2:3),
    "nothing" => () -> nothing,
    "tuple" => () -> ("x", Dict("mimetype" => "text/csv", "charset" => "latin1", "own" => 1)),
    "symbols" => () -> (codeunits("x"), Dict(:mimetype => SubString("text/csv", 1))),
    "named tuple" => () -> ("x", (charset = "utf8", mimetype = nothing)),
    "tuple with nothing" => () -> ("x", nothing),
    "nothing with a type" => () -> (nothing, Dict("mimetype" => "text/csv")),
    "empty dictionary" => () -> ("x", Dict()),
    "number" => () -> 5,
    "missing" => () -> missing,
    "array of text" => () -> ["x"],
    "three" => () -> ("x", "y", "z"),
    "two texts" => () -> ("x", "text/csv"),
    "dictionary" => () -> Dict("mimetype" => "text/csv"),
    "no mimetype" => () -> ("x", Dict("mimetype" => 5)),
    "no charset" => () -> (codeunits("x"), (charset = :utf8,)),
    "no UTF-8" => () -> String([0xff]),
    "error" => () -> inner(),
    "status" => () -> throw(CustomHTTPError("try later", 429)),
    "prints" =>
        () -> (
            print("no end");
            println(stderr, "to stderr");
            ccall(:puts, Cint, (Cstring,), "from puts");
            "printed",
        ),
)
score_unstructured(model, data) = RESULTS[data]()
"""
worker = start()
equal(() -> load(worker, RESULTS; target = "unstructured")[1], "results are loaded", nothing)
for (what, expected) in (
    "text" => (
        "grün", nothing, nothing,
    ), "part of a text" => ("text", nothing, nothing), "empty text" => ("", nothing, nothing),
    "bytes" => (
        UInt8[0x00, 0xff], nothing, nothing,
    ), "code units" => (UInt8[0x61, 0x62], nothing, nothing), "view" => (UInt8[2, 3], nothing, nothing),
    "nothing" => (nothing, nothing, nothing), "tuple" => ("x", "text/csv", "latin1"), "symbols" => (
        UInt8[0x78], "text/csv", nothing,
    ),
    "named tuple" => ("x", nothing, "utf8"), "tuple with nothing" => (
        "x", nothing, nothing,
    ), "nothing with a type" => (nothing, "text/csv", nothing),
    "empty dictionary" => ("x", nothing, nothing), "prints" => ("printed", nothing, nothing),
)
    equal(() -> told(ask(worker, what)), "score_unstructured returns $what", expected)
end
check(
    () -> all(text -> occursin(text, log_of(worker)), ("no end", "to stderr", "from puts")),
    "prints are in the log",
)

const REMEDY = "return text or bytes, or a pair of it and mimetype and charset"
for (what, words) in (
    "number" => "returned a $Int, expected text, bytes, nothing, or a tuple",
    "missing" => "returned a Missing",
    "array of text" => "returned a $(Array{String,1})",
    "three" => "returned a Tuple{String,String,String}",
    "two texts" => "returned a Tuple{String,String}",
    "dictionary" => "returned a Dict{String,String}",
    "no mimetype" => "returned a $Int as mimetype, expected text",
    "no charset" => "returned a Symbol as charset, expected text",
)
    answer = ask(worker, what)
    equal(() -> told(answer), "score_unstructured returns $what", "HOOK_RESULT_INVALID")
    check(
        () -> occursin("score_unstructured " * words, said(answer)) && occursin(REMEDY, said(answer)),
        "what is said when it returns $what (got $(said(answer)))",
    )
end
answer = ask(worker, "no UTF-8")
check(
    () -> told(answer) == "HOOK_RESULT_INVALID" &&
        occursin("not UTF-8, expected UTF-8; return the bytes", said(answer)),
    "text that is not UTF-8",
)

# -- errors ----------------------------------------------------------------------------------------

error = ask(worker, "error")[1]
equal(
    () -> (code_of(error), field(error, "message"), field(error, "http_status")),
    "a hook that raises",
    ("HOOK_FAILED", "the hook score_unstructured raised ErrorException: bad data", nothing),
)
lines = split(field(error, "traceback"), '\n')
check(
    () -> occursin("inner at ", lines[2]) && all(line -> occursin("custom.jl", line), lines[2:end]),
    "its traceback has the user's frames alone",
)
error = ask(worker, "status")[1]
equal(
    () -> (code_of(error), field(error, "message"), field(error, "http_status")),
    "a status that the user chose",
    ("HOOK_FAILED", "try later", 429),
)
for (what, value) in (
    "data" => nothing,
    "mimetype" => nothing,
    "charset" => nothing,
    "query" => nothing,
    "key" => WireMap("key" => "text"),
    "headers" => nothing,
    "headers" => Any[],
)
    fields = Pair{String,Any}[
        "data" => "text",
        "mimetype" => "text/plain",
        "charset" => "utf8",
        "query" => WireMap(),
        "headers" => WireMap(),
    ]
    name = what == "key" ? "query" : what
    params = WireMap([first(one) == name ? name => value : one for one in fields]...)
    error = call(worker, "score_unstructured", params)[1]
    equal(
        () -> (code_of(error), occursin("the field $what must be", field(error, "message"))),
        "params whose $what is none",
        ("PARAMS_INVALID", true),
    )
end
equal(() -> told(ask(worker, "text")), "the worker goes on", ("grün", nothing, nothing))
equal(() -> code_of(predict_csv(worker, "a\n1\n")[1]), "nothing predicts here", "ARTIFACT_MISSING")
equal(() -> code_of(call(worker, "transform", WireMap())[1]), "transform without a payload", "PARAMS_INVALID")
equal(() -> stop(worker), "a worker of unstructured data ends with 0", 0)

_, answer = with_module(
    worker -> ask(worker, UInt8[1]), LOAD * "score_unstructured(model, data::String) = data\n",
)
check(
    () -> told(answer) == "HOOK_FAILED" &&
        occursin("MethodError: no method matching score_unstructured(::$Int, ::Base.CodeUnits", said(answer)),
    "a hook that takes no bytes",
)

# -- load ------------------------------------------------------------------------------------------

result, answer = with_module(ask, LOAD * "transform(data, model) = data\n")
equal(() -> field(result, "hooks"), "without score_unstructured load succeeds", Any["load_model"])
equal(() -> told(answer), "no score_unstructured", "METHOD_UNKNOWN")
check(
    () -> occursin("the hook file defines no score_unstructured", said(answer)),
    "what is said where there is no score_unstructured",
)
equal(
    () -> code_of(load_error("score_unstructured(model, data) = data\n")),
    "neither load_model nor an artifact",
    "ARTIFACT_MISSING",
)
result, answer = with_module(
    ask,
    "seen = []\ninit(dir) = push!(seen, isdir(dir))\n" * LOAD *
        "score_unstructured(model, data) = string(seen)\n",
)
equal(
    () -> (field(result, "hooks"), told(answer)[1]),
    "init runs",
    (Any["init", "load_model", "score_unstructured"], "Any[true]"),
)
result, answer = with_module(
    ask, LOAD * "score_unstructured(model, data) = data\n"; hooks = Any["load_model", "transform"],
)
equal(
    () -> (field(result, "hooks"), told(answer)),
    "only the hooks that load names",
    (Any["load_model"], "METHOD_UNKNOWN"),
)
_, answer = with_module(ask, "score_unstructured(model, data) = string(model)\n"; partial = true)
equal(() -> told(answer)[1], "with partial there may be no model", "nothing")
stop(shared)
const OWN_TABLE = LOAD * "score_unstructured(model, data) = string(nrow(DataFrame(x = [1, 2])))\n"
check(() -> field(with(ask, LOAD)[1], "packages") isa WireMap, "load tells packages")
table = Base.identify_package("DataFrames") === nothing ? "2" : nothing
table === nothing ||
    equal(() -> told(with(ask, OWN_TABLE)[2])[1], "the worker's own table is there for the hook", table)

const BOTH =
    LOAD *
        "score(data, model) = DataFrame(Predictions = data.a .* model)\nscore_unstructured(model, data; " *
            "mimetype) = string(data, mimetype)\n"
result, (text, predicted) = with(
    worker -> (told(ask(worker)), columns(predict_csv(worker, "a\n1\n")[2])), BOTH; target = "regression",
)
equal(
    () -> (text[1], predicted),
    "with another target type both kinds of request are answered",
    ("some texttext/plain", [Pair{String,Any}("Predictions", [10])]),
)

end
