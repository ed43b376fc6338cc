# .jlso files: what their headers tell, what is said where packages are missing, and the calls made where they
# are there.

module TestArtifacts

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: HeaderFault, WireMap, field, matching_level, read_jlso_header, read_matrix_market,
    direct_packages
import SparseArrays

const DATA = joinpath(@__DIR__, "data")
artifact(name) = joinpath(DATA, name * ".jlso")

# -- headers ---------------------------------------------------------------------------------------

const PACKAGES = ["CSV", "DataFrames", "MLJ", "MLJDecisionTreeInterface"]

for (name, objects, compression) in (
    ("flowers_regression", ["fitresult", "model", "report"], "none"),
    ("constant_regression", ["fitresult", "model", "report"], "none"),
    ("flowers_binary", ["fitresult", "model", "report"], "none"),
    ("flowers_binary_int", ["fitresult", "model", "report"], "none"),
    ("flowers_multiclass", ["fitresult", "model", "report"], "none"),
    ("flowers_multiclass_gzip", ["fitresult", "model", "report"], "gzip"),
    ("weights_plain", ["columns", "intercept", "weights"], "gzip"),
)
    header = read_jlso_header(artifact(name))
    equal(() -> sort(header.objects), "$name: its objects", objects)
    equal(
        () -> (header.version, header.julia, header.format),
        "$name: its versions and format",
        ("4.0.0", "1.5.3", "julia_serialize"),
    )
    equal(() -> header.compression, "$name: its compression", compression)
    equal(() -> sort(collect(keys(header.packages))), "$name: its packages", PACKAGES)
end
equal(
    () -> read_jlso_header(artifact("flowers_binary")).packages["MLJ"],
    "a package's identity",
    "add582a8-e3ab-11e8-2d5e-e98b27df1bc7",
)
equal(
    () -> direct_packages("name = \"x\"\n[deps]\nA = \"12-ab\"\n\n[compat]\nB = \"1\"\n"),
    "only direct dependencies count",
    Dict("A" => "12-ab"),
)

"The fault of reading these bytes as a header."
function header_fault(bytes)
    path = tempname()
    write(path, bytes)
    try
        read_jlso_header(path)
        return "none"
    catch error
        return error isa HeaderFault ? "fault" : string(typeof(error))
    end
end

whole = read(artifact("flowers_regression"))
equal(
    () -> unique(header_fault(whole[1:count]) for count in [0:40; 100:97:10_000]),
    "a file that is cut in its header",
    ["fault"],
)
equal(() -> header_fault("plain text, and no BSON"), "a file of another kind", "fault")
equal(() -> header_fault([0x05, 0x00, 0x00, 0x00, 0x00]), "an empty document", "fault")
equal(
    () ->
        header_fault([0x10, 0x00, 0x00, 0x00, 0x02, 0x61, 0x00, 0xff, 0xff, 0xff, 0x7f, zeros(UInt8, 5)...]),
    "a size beyond the end",
    "fault",
)

# -- loading without the packages ------------------------------------------------------------------

const DEPOT = mktempdir() # what is compiled here is not to lie in the user's own depot
const EMPTY_PROJECT = mktempdir()
write(joinpath(EMPTY_PROJECT, "Project.toml"), "[deps]\n")

"A worker of a project."
worker_in(project; load_path = project * ":@stdlib") =
    start(
        environment = (
            "JULIA_PROJECT" => project, "JULIA_LOAD_PATH" => load_path, "JULIA_DEPOT_PATH" => DEPOT,
        ),
    )

"""
(error, result, answer, progress, log) of loading a code directory and, where `csv` is given, of predicting
that.
"""
function loaded(worker, folder; csv = nothing, options...)
    empty!(worker.progress)
    logged = ncodeunits(log_of(worker))
    error, result = load(worker, nothing; folder = folder, options...)
    answer = csv === nothing ? nothing : predict_csv(worker, csv)
    return error, result, answer, copy(worker.progress), String(codeunits(log_of(worker))[(logged + 1):end])
end

without_packages = worker_in(EMPTY_PROJECT; load_path = "@:@stdlib")
error = loaded(without_packages, folder_of(nothing, artifact("flowers_regression")))[1]
equal(() -> code_of(error), "packages that are missing", "PACKAGE_MISSING")
check(
    () -> occursin(
        "flowers_regression.jlso needs the packages MLJ, CSV, DataFrames, MLJDecisionTreeInterface, which ",
        field(error, "message"),
    ),
    "all missing packages are named",
)
check(
    () -> occursin(
        "$(joinpath(Sys.BINDIR, Base.julia_exename())) --project=$EMPTY_PROJECT -e " *
            "'using Pkg; Pkg.add([\"MLJ\", \"CSV\", \"DataFrames\", " *
            "\"MLJDecisionTreeInterface\"])'",
        field(error, "message"),
    ),
    "the command that adds them",
)

error = loaded(without_packages, folder_of(nothing, artifact("weights_plain")))[1]
equal(() -> code_of(error), "a file without a machine", "ARTIFACT_UNSUPPORTED")
check(
    () -> occursin(
        "weights_plain.jlso holds weights, intercept, columns, expected a machine of MLJ",
        field(error, "message"),
    ),
    "what a file without a machine holds",
)

equal(
    () -> code_of(
        loaded(
            without_packages, folder_of(nothing, artifact("flowers_regression"), artifact("flowers_binary")),
        )[1],
    ),
    "two artifacts",
    "ARTIFACT_AMBIGUOUS",
)
broken = folder_of(nothing)
write(joinpath(broken, "model.jlso"), "no BSON at all")
equal(() -> code_of(loaded(without_packages, broken)[1]), "a file that is no JLSO", "ARTIFACT_UNREADABLE")

hooked = folder_of(
    "load_model(dir) = 2.5\nscore(data, model) = DataFrame(Predictions = data.x .* model)\n",
    artifact("flowers_regression"),
)
equal(
    () -> columns(loaded(without_packages, hooked; csv = "x\n2\n")[3][2]),
    "load_model comes before the artifact",
    [Pair{String,Any}("Predictions", [5.0])],
)

stop(without_packages)

# -- the calls made where packages are there -------------------------------------------------------

# Stand-ins under the names and identities of the real packages, which say in which order they are asked and
# for what.
const STAND_INS = mktempdir()
const MLJ_STAND_IN = """
module MLJ
struct Model
    prediction_type::Symbol
end
struct Machine
    model::Model
end
struct Distribution
    levels::Vector{Any}
end
# Beside the artifact: what kind of model it is, and which levels it has.
const LEVELS = Dict("numbers" => Any[0, 1], "bools" => Any[false, true], "texts" => Any["no", "yes"])
const GIVEN = Any[]
function machine(path::String)
    println("MLJ.machine ", basename(path))
    kind, levels = readlines(joinpath(dirname(path), "stand_in"))
    append!(empty!(GIVEN), get(LEVELS, levels, []))
    return Machine(Model(Symbol(kind)))
end
prediction_type(model::Model) = model.prediction_type
levels(one::Distribution) = one.levels
function predict(machine::Machine, table)
    println("MLJ.predict ", typeof(table) <: NamedTuple, " ", keys(table))
    rows = length(first(table))
    isempty(GIVEN) && return fill(1.5, rows)
    return machine.model.prediction_type == :probabilistic ? fill(
        Distribution(copy(GIVEN)), rows,
    ) : GIVEN[1 .+ (1:rows) .% 2]
end
predict_mean(machine::Machine, table) = (println("MLJ.predict_mean"); fill(2.5, length(first(table))))
pdf(predicted, levels) = (println("MLJ.pdf ", levels); [
    0.25 * place
    for _ in predicted, place in 1:length(levels)
])
end
"""

function stand_in(name, identity, source; version = "0.16.1")
    folder = joinpath(STAND_INS, name)
    mkpath(joinpath(folder, "src"))
    write(
        joinpath(folder, "Project.toml"), "name = \"$name\"\nuuid = \"$identity\"\nversion = \"$version\"\n",
    )
    write(joinpath(folder, "src", name * ".jl"), source)
end

for (name, identity) in read_jlso_header(artifact("flowers_binary")).packages
    name == "DataFrames" && continue
    stand_in(name, identity, name == "MLJ" ? MLJ_STAND_IN : "module $name\nend\n")
end
# The header names DataFrames, too, whose tables are NamedTuples here.
const TABLE_STAND_IN =
    "module DataFrames\nDataFrame(columns, names; copycols) = NamedTuple{Tuple(names)}(Tuple(columns))\nend\n"
stand_in("DataFrames", "a93c6f00-e57d-5684-b7b6-d8193f3e46c0", TABLE_STAND_IN)

with_packages = worker_in(STAND_INS)

"A code directory whose artifact is read as a model of this kind, with these levels."
function folder_of_kind(kind, levels, custom = nothing)
    folder = folder_of(custom, artifact("flowers_binary"))
    write(joinpath(folder, "stand_in"), kind, "\n", something(levels, "none"), "\n")
    return folder
end

asked(kind, levels; options...) =
    loaded(with_packages, folder_of_kind(kind, levels); csv = "a,b\n1,2\n3,4\n", options...)

pair(name, cells) = Pair{String,Any}(name, cells)

error, result, answer, progress, log = asked("deterministic", nothing; target = "regression")
equal(() -> error, "an artifact whose packages are there is loaded", nothing)
equal(() -> result === nothing ? error : field(result, "predictor"), "the predictor's name", "MLJ")
check(
    () -> all(
        text -> text in progress,
        [
            "importing MLJ (1 of 4)",
            "importing CSV (2 of 4)",
            "importing DataFrames (3 of 4)",
            "importing MLJDecisionTreeInterface (4 of 4)",
            "reading flowers_binary.jlso",
        ],
    ),
    "the progress of loading, got $progress",
)
equal(() -> columns(answer[2]), "regression asks for predictions", [pair("0", [1.5, 1.5])])
const READ_WARMED_ASKED =
    r"MLJ.machine flowers_binary.jlso\nMLJ.predict true \(:x1, .*:x64\)\nMLJ.predict true \(:a, :b\)"
check(
    () -> occursin(READ_WARMED_ASKED, log),
    "the machine is read, then asked for a wide row that is made up, then for what came, got $log",
)
equal(
    () -> columns(asked("probabilistic", nothing; target = "regression")[3][2]),
    "a probabilistic regressor is asked for means",
    [pair("0", [2.5, 2.5])],
)

binary = (target = "binary", positive_class_label = "yes", negative_class_label = "no")
_, _, answer, _, log = asked("probabilistic", "texts"; binary...)
equal(
    () -> columns(answer[2]),
    "probabilities, a column a label",
    [pair("yes", [0.25, 0.25]), pair("no", [0.5, 0.5])],
)
equal(() -> field(answer[2], "labelled"), "probabilities are labelled", true)
check(
    () -> occursin("MLJ.pdf [\"yes\", \"no\"]", log),
    "probabilities are asked for in the order of the labels",
)
check(
    () -> occursin(
        "MLJ.pdf [1, 0]",
        asked(
            "probabilistic",
            "numbers";
            target = "binary",
            positive_class_label = "1.0",
            negative_class_label = "0",
        )[5],
    ),
    "labels are matched as numbers",
)
check(
    () -> occursin("MLJ.pdf Bool[1, 0]", asked("probabilistic", "bools"; binary...)[5]),
    "labels are matched as bools",
)
equal(
    () -> columns(asked("deterministic", "texts"; binary...)[3][2]),
    "a deterministic classifier gives 0 and 1",
    [pair("yes", [1.0, 0.0]), pair("no", [0.0, 1.0])],
)
error = asked("probabilistic", "texts"; target = "multiclass", class_labels = Any["yes", "maybe", "no"])[3][1]
equal(() -> code_of(error), "a label that the model does not know", "PREDICTOR_FAILED")
check(
    () -> occursin("the model knows no class 'maybe', expected one of no, yes", field(error, "message")),
    "which label the model does not know",
)
equal(
    () -> code_of(asked("deterministic", "texts"; target = "multiclass")[1]),
    "classes without labels",
    "ARTIFACT_UNSUPPORTED",
)
equal(
    () -> code_of(asked("deterministic", nothing; target = "textgeneration")[1]),
    "a target type that MLJ does not serve",
    "ARTIFACT_UNSUPPORTED",
)

stop(with_packages)

# -- unstructured data -----------------------------------------------------------------------------

const SHOWS_MODEL = "score_unstructured(model, data) = string(nameof(typeof(model)), ' ', data)\n"

"""
(load's error and result, what score_unstructured answered, the log) of a worker of unstructured data with
these packages.
"""
function unstructured(folder, project)
    worker = worker_in(project)
    try
        error, result = load(worker, nothing; folder = folder, target = "unstructured")
        params = WireMap(
            "data" => "text",
            "mimetype" => "text/plain",
            "charset" => "utf8",
            "query" => WireMap(),
            "headers" => WireMap(),
        )
        return error, result, call(worker, "score_unstructured", params)[2], log_of(worker)
    finally
        stop(worker)
    end
end

error, result, answer, log = unstructured(folder_of_kind("deterministic", nothing, SHOWS_MODEL), STAND_INS)
equal(
    () -> error === nothing ? field(answer, "data") : error,
    "the artifact is the model of unstructured data, whatever it predicts",
    "Machine text",
)
equal(() -> field(result, "predictor"), "unstructured data has no predictor", nothing)
check(() -> !occursin("MLJ.predict", log), "the artifact is asked for no made-up row")
equal(
    () -> code_of(unstructured(folder_of(SHOWS_MODEL, artifact("flowers_binary")), EMPTY_PROJECT)[1]),
    "an artifact of unstructured data whose packages are missing",
    "PACKAGE_MISSING",
)

const NO_TABLES = mktempdir() # a project whose DataFrames cannot be loaded
mkpath(joinpath(NO_TABLES, "DataFrames", "src"))
write(
    joinpath(NO_TABLES, "DataFrames", "src", "DataFrames.jl"), "module DataFrames\nerror(\"broken\")\nend\n",
)
error, _, answer, _ = unstructured(folder_of("load_model(dir) = 1\n" * SHOWS_MODEL), NO_TABLES)
equal(
    () -> error === nothing ? field(answer, "data") : error,
    "unstructured data needs no package for tables",
    "Int64 text",
)
without_tables = worker_in(NO_TABLES)
hooked = folder_of("load_model(dir) = 1\nscore(data, model) = data\n")
equal(() -> code_of(loaded(without_tables, hooked)[1]), "which others do", "PACKAGE_MISSING")
stop(without_tables)

# -- labels ----------------------------------------------------------------------------------------

equal(() -> matching_level("1", Any["1.0", "1"]), "the same text comes first", "1")
equal(() -> matching_level("1.0", Any[0, 1]), "then the same number", 1)
equal(() -> matching_level("True", Any[false, true]), "then the same bool", true)
equal(() -> matching_level("setosa", Any["Virginica", "Setosa"]), "then any case", "Setosa")
refused(
    () -> matching_level("x", Any["a"]), "no level", "PREDICTOR_FAILED", "no class 'x'", "expected one of a",
)

# -- Matrix Market ---------------------------------------------------------------------------------

matrix_of(text) = Matrix(read_matrix_market(Vector{UInt8}(text)))
const BANNER = "%%MatrixMarket matrix "
equal(
    () -> matrix_of(BANNER * "coordinate real general\n% note\n\n2 3 2\n1 1 1.5\n2 3 -2\n"),
    "coordinates",
    [1.5 0 0; 0 0 -2.0],
)
equal(
    () -> matrix_of(BANNER * "coordinate pattern symmetric\r\n2 2 2\r\n1 1\r\n2 1\r\n"),
    "a symmetric pattern",
    [1.0 1.0; 1.0 0.0],
)
equal(
    () -> matrix_of(BANNER * "coordinate integer skew-symmetric\n2 2 1\n2 1 3\n"),
    "a skew-symmetric one",
    [0.0 -3.0; 3.0 0.0],
)
equal(
    () -> matrix_of(BANNER * "coordinate real general\n1 1 2\n1 1 1\n1 1 2\n"),
    "entries that come twice are added",
    fill(3.0, 1, 1),
)
equal(() -> matrix_of(BANNER * "array real general\n2 2\n1\n2\n3\n4\n"), "an array", [1.0 3.0; 2.0 4.0])
equal(() -> matrix_of(BANNER * "coordinate real general\n0 3 0\n"), "no rows", zeros(0, 3))
for (text, words) in (
    ("no matrix", "begins with"), (BANNER * "coordinate complex general\n", "complex"), (
        BANNER * "coordinate real general\n", "no line with the size",
    ),
    (BANNER * "coordinate real general\n2 2\n", "size line"), (
        BANNER * "coordinate real general\n1 1 1\n2 1 5\n", "does not fit",
    ),
    (
        BANNER * "coordinate real general\n1 1 2\n1 1 5\n", "1 entries came",
    ), (BANNER * "array real general\n2 1\n1\nx\n", "no number"), ("", "begins with"),
)
    refused(
        () -> read_matrix_market(Vector{UInt8}(text)),
        "a matrix that is refused for: $words",
        "INPUT_UNREADABLE",
        words,
    )
end

end
