# What is told when user code is at fault.

module TestProcessErrors

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: field

shared = start() # a load that fails leaves a worker as it was, but for what the hook file has defined

"The error of loading this custom.jl."
load_error(custom) = load(shared, custom)[1]

message(error) = field(error, "message")
trace(error) = something(field(error, "traceback"), "")

error = load_error("load_model(dir) = 1\nscore(data, model = \n")
equal(() -> code_of(error), "a hook file that does not parse", "HOOK_FILE_BROKEN")
check(
    () -> occursin("custom.jl does not parse: ", message(error)) &&
        occursin(r"correct line \d of /", message(error)),
    "where it does not parse",
)

error = load_error("load_model(dir) = 1\n\nsqrt(-1)\n")
equal(() -> code_of(error), "a hook file that raises", "HOOK_FILE_BROKEN")
check(
    () -> startswith(message(error), "custom.jl raised DomainError: ") &&
        occursin(" at line 3 while it was loaded; correct /", message(error)),
    "where it raises",
)

error = load_error("load_model(dir) = 1\nusing DataFrames\n")
equal(() -> code_of(error), "a package that is not there", "PACKAGE_MISSING")
check(
    () -> occursin("custom.jl needs the package DataFrames (line 2), which ", message(error)),
    "which package is not there, and where it is needed",
)
check(
    () -> occursin("using Pkg; Pkg.add([\"DataFrames\"])", message(error)),
    "the command that adds the package",
)

error = load_error("module Custom\nusing CSV, DataFrames\nend\n")
equal(() -> code_of(error), "a package that module Custom lacks", "PACKAGE_MISSING")
check(
    () -> occursin("needs the package CSV (line 2)", message(error)), "the package that module Custom lacks",
)

for (custom, code, words) in (
    (
        "load_model(dir) = nothing\nscore(d, m) = d\n",
        "HOOK_RESULT_INVALID",
        "load_model returned nothing, expected the model",
    ),
    (
        "load_model(dir) = error(\"no such file\")\n",
        "HOOK_FAILED",
        "the hook load_model raised ErrorException: no such file",
    ),
    ("init(dir) = [][1]\n", "HOOK_FAILED", "the hook init raised BoundsError: "),
    (
        "load_model(dir) = 1\n",
        "ARTIFACT_UNSUPPORTED",
        "the model is a Int64, expected one of MLJ; define a score hook for it",
    ),
    (
        "transform(d, m) = d\n",
        "ARTIFACT_MISSING",
        "holds no artifact; expected one of *.jlso at its top level, or a load_model hook",
    ),
)
    error = load_module(shared, custom)[1]
    equal(() -> code_of(error), "load: $words", code)
    check(() -> occursin(words, message(error)), "load says: $words (got $(message(error)))")
end
stop(shared)

# -- faults while scoring --------------------------------------------------------------------------

const FAULTS = """
struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end
struct Unshowable <: Exception end
Base.showerror(io::IO, ::Unshowable) = error("no words")
inner(x) = error("bad ", x)
outer(x) = inner(x + 1)
endless(x) = 1 + endless(x + 1)
load_model(dir) = 1
const FAULTS = Dict(
    "error" => data -> outer(40),
    "overflow" => data -> endless(1),
    "interrupt" => data -> throw(InterruptException()),
    "memory" => data -> throw(OutOfMemoryError()),
    "http" => data -> throw(CustomHTTPError("try later", 429)),
    "unshowable" => data -> throw(Unshowable()),
    "name" => data -> data.nosuch,
    "thrown text" => data -> throw("just text"),
    "undefined" => data -> nosuchfunction(data),
    "task" => data -> fetch(@async error("in a task")),
)
score(data, model) = haskey(FAULTS, data.what[1]) ? FAULTS[data.what[1]](data) : DataFrame(Predictions = [1])
"""
worker = start()
equal(() -> load(worker, FAULTS)[1], "faults are loaded", nothing)
fault(what) = predict_csv(worker, "what\n$what\n")[1]

for (what, words) in (
    "error" => "the hook score raised ErrorException: bad 41",
    "overflow" => "the hook score raised StackOverflowError: ",
    "interrupt" => "the hook score raised InterruptException: ",
    "memory" => "the hook score raised OutOfMemoryError: ",
    "unshowable" => "the hook score raised Unshowable: (no text, its showerror fails)",
    "name" =>
        "the hook score raised ArgumentError: column name :nosuch not found in the data frame; it has what",
    "thrown text" => "the hook score raised String: \"just text\"",
    "undefined" => "the hook score raised UndefVarError: nosuchfunction not defined",
    "task" => "the hook score raised TaskFailedException: ",
)
    error = fault(what)
    equal(() -> code_of(error), "a hook with the fault $what", "HOOK_FAILED")
    check(() -> startswith(message(error), words), "what is said of $what (got $(message(error)))")
    equal(() -> field(error, "http_status"), "no status is told of $what", nothing)
    equal(() -> code_of(fault("nothing")), "the request after $what is answered", nothing)
end

lines = String.(split(trace(fault("error")), '\n'))
equal(() -> lines[1], "a traceback begins with the exception", "ErrorException: bad 41")
check(
    () -> occursin(r"^  inner at /.*custom.jl:7$", lines[2]) &&
        occursin(r"^  outer at /.*custom.jl:8$", lines[3]),
    "a traceback has the user's frames, innermost first",
)
check(() -> all(line -> occursin("custom.jl", line), lines[2:end]), "a traceback has no other frames")
check(() -> length(split(trace(fault("overflow")), '\n')) < 20, "a long traceback is shortened")

error = fault("http")
equal(
    () -> (code_of(error), message(error), field(error, "http_status")),
    "a status that the user chose",
    ("HOOK_FAILED", "try later", 429),
)
equal(() -> stop(worker), "a worker whose hooks failed ends with 0", 0)

# -- a result that does not fit --------------------------------------------------------------------

worker = start(most = 20_000)
load(
    worker,
    "load_model(dir) = 1\nscore(data, model) = data.n[1] > 1 ? DataFrame(Predictions = zeros(data.n[1])) " *
        ": error(\"long\" ^ 10_000)\n",
)
equal(
    () -> code_of(predict_csv(worker, "n\n5000\n")[1]),
    "a result that is too large for a frame",
    "FRAME_TOO_LARGE",
)
equal(
    () -> code_of(predict_csv(worker, "n\n1\n")[1]),
    "an error that is too long for a frame is shortened",
    "HOOK_FAILED",
)
equal(() -> code_of(predict_csv(worker, "n\n2\n")[1]), "the worker goes on", nothing)
stop(worker)

end
