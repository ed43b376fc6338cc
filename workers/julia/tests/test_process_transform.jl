# The target type transform in a real worker: what the hook gets and may return, and matrices that stay
# sparse.

module TestProcessTransform

using ..Checks
using ..WorkerProcess
import SparseArrays
import ..DrumlineWorker: WireMap, field, matrix_to_wire, numbers_of, decode, encode
import ..Vectors

const LOAD = "using SparseArrays\nload_model(dir) = 2\n"
const ROWS = "a,b\n1.5,x\n-2,y\n"
csv(text) =
    WireMap("kind" => "bytes", "data" => Vector{UInt8}(text), "mimetype" => "text/csv", "charset" => nothing)
const TARGET = csv("y\n1\n0\n")

shared = start()

"(error, result) of the request transform to a worker with this custom.jl."
function transformed(hook; target = nothing, sparse = true)
    error, result = load_module(shared, LOAD * hook; target = "transform")
    error === nothing || Base.error(field(error, "message"))
    field(result, "predictor") === nothing || Base.error("a predictor was chosen")
    return call(shared, "transform", WireMap("payload" => csv(ROWS), "target" => target, "sparse" => sparse))
end

table_of(answer) = columns(answer[2], "table")
column(name, cells) = Pair{String,Any}(name, cells)

# -- what the hook gets ----------------------------------------------------------------------------

for (title, hook) in [
    "with a default" =>
        "transform(data, model, y = nothing) = DataFrame(y = y === nothing ? [model, model] : y.y)\n",
    "of three" => "transform(data, model, y) = DataFrame(y = y === nothing ? [model, model] : y.y)\n",
]
    equal(() -> table_of(transformed(hook)), "transform $title gets nothing", [column("y", [2, 2])])
    answer = transformed(hook; target = TARGET)
    equal(() -> table_of(answer), "transform $title gets the target", [column("y", [1, 0])])
    equal(
        () -> columns(answer[2], "target"), "transform $title: the target is answered", [column("y", [1, 0])],
    )
end
two = "transform(data, model) = DataFrame(n = data.a .* model)\n"
equal(
    () -> table_of(transformed(two; target = TARGET)),
    "transform of two does without the target",
    [column("n", [3.0, -4.0])],
)
reads =
    "read_input_data(body) = DataFrame(n = [length(body), 0])\ntransform(data, model, y) = DataFrame(n = " *
        "data.n, y = y.y)\n"
equal(
    () -> table_of(transformed(reads; target = TARGET)),
    "the target is never read by read_input_data",
    [column("n", [length(ROWS), 0]), column("y", [1, 0])],
)

function refuses(name, code, words, hook; more...)
    error, _ = transformed(hook; more...)
    equal(() -> field(error, "code"), "$name is refused", code)
    check(() -> occursin(words, field(error, "message")), "$name is told: $(field(error, "message"))")
end
refuses(
    "a target of other rows",
    "INPUT_UNREADABLE",
    "the target has 1 rows for 2 of input",
    "transform(data, model, y) = exit(7)\n";
    target = csv("y\n1\n"),
)
refuses(
    "a target that is no payload",
    "PARAMS_INVALID",
    "target",
    "transform(data, model, y) = exit(7)\n";
    target = 5,
)

stop(shared)

# -- what it may return ----------------------------------------------------------------------------

"names, type, starts, row indices and values of the matrix in an answer."
function parts_of(answer)
    matrix = field(answer[2], "matrix")
    type = Dict("float64" => Float64, "float32" => Float32, "int64" => Int64)[field(matrix, "type")]
    ints(name) = Int.(numbers_of(Int32, field(matrix, name)))
    return field(matrix, "names"), field(matrix, "type"), ints("starts"), ints("row_indices"), numbers_of(
        type, field(matrix, "values"),
    )
end

const MATRIX = "sparse([1, 2], [1, 2], [1.5, -2.0])"
const REFUSED = ["nothing", "(DataFrame(a = [1, 2]), nothing)", "\"text\"", "5"]
const SPARSE = [
    (MATRIX, Any["0", "1"], "float64", [1.5, -2.0]),
    ("DataFrame($MATRIX, [\"u\", \"v\"])", Any["u", "v"], "float64", [1.5, -2.0]),
    ("sparse([1, 2], [1, 2], [3, -4])", Any["0", "1"], "int64", [3, -4]),
    ("sparse([1, 2], [1, 2], [true, true])", Any["0", "1"], "int64", [1, 1]),
    ("sparse([1, 2], [1, 2], Float32[0.5, 0.25])", Any["0", "1"], "float32", Float32[0.5, 0.25]),
    (
        "DataFrame(u = sparsevec([1], [2], 2), v = sparsevec([2], [0.5], 2))",
        Any["u", "v"],
        "float64",
        [2.0, 0.5],
    ),
]
const DENSE = [
    "DataFrame(u = sparsevec([1], [2], 2), v = [1, 2])",
    "DataFrame(u = sparsevec([1], Union{Missing,Int}[2], 2))",
]
const EXPRESSIONS = [REFUSED; first.(SPARSE); DENSE]

worker = start()
made =
    "const MADE = " *
        "[$(join(("() -> " * expression for expression in EXPRESSIONS), ", "))]\ntransform(data, model) = " *
        "MADE[data.n[1]]()\n"
equal(
    () -> load(worker, LOAD * made; target = "transform")[1],
    "a hook that returns all kinds is loaded",
    nothing,
)
function returned(expression; sparse = true)
    n = findfirst(isequal(expression), EXPRESSIONS)
    return call(worker, "transform", WireMap("payload" => csv("n\n$n\n$n\n"), "sparse" => sparse))
end
for expression in REFUSED
    error, _ = returned(expression)
    equal(() -> field(error, "code"), "$expression is refused", "HOOK_RESULT_INVALID")
    check(() -> occursin("transform returned", field(error, "message")), "$expression is told")
end
for (expression, names, type, values) in SPARSE
    answer = returned(expression)
    equal(() -> field(answer[2], "table"), "$expression is no table", nothing)
    equal(() -> parts_of(answer), "$expression stays sparse", (names, type, [0, 1, 2], [0, 1], values))
end
equal(
    () -> table_of(returned(MATRIX; sparse = nothing)),
    "who does not ask for a matrix gets its numbers",
    [column("0", [1.5, 0.0]), column("1", [0.0, -2.0])],
)
for expression in DENSE
    answer = returned(expression)
    equal(() -> field(answer[2], "matrix"), "$expression is no matrix", nothing)
    equal(() -> table_of(answer)[1], "$expression is a table", column("u", [2, 0]))
end
stop(worker)

# -- what is loaded --------------------------------------------------------------------------------

for (name, custom, code, words) in [
    (
        "a model without a transform hook",
        LOAD * "score(data, model) = data\n",
        "ARTIFACT_UNSUPPORTED",
        "define a transform hook",
    ),
    ("a hook without a model", "transform(data, model) = data\n", "ARTIFACT_MISSING", "load_model"),
]
    worker = start()
    error, _ = load(worker, custom; target = "transform")
    stop(worker)
    equal(() -> field(error, "code"), "$name is refused when it is loaded", code)
    check(() -> occursin(words, field(error, "message")), "$name is told")
end

# -- the vectors -----------------------------------------------------------------------------------

for case in Vectors.read_vectors("matrices")
    case.verdict == "ok" || continue
    sent = decode(case.data)
    type = Dict("float64" => Float64, "float32" => Float32, "int64" => Int64)[field(sent, "type")]
    starts, rows = Int.(numbers_of(Int32, field(sent, "starts"))), Int.(
        numbers_of(Int32, field(sent, "row_indices")),
    )
    names = field(sent, "names")
    matrix = SparseArrays.SparseMatrixCSC(
        Int(field(sent, "rows")),
        length(names),
        starts .+ 1,
        rows .+ 1,
        numbers_of(type, field(sent, "values")),
    )
    made = AbstractVector[matrix[:, at] for at in axes(matrix, 2)]
    check(
        () -> encode(matrix_to_wire(names, made)) in case.canonical,
        "matrices: $(case.name) is encoded in the canonical form",
    )
end

end
