# The interface that workers/README.md writes down: every type of artifacts/ has it, and a new type is one
# file.

module TestArtifactTypes

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: ARTIFACT_TYPES, HERE, WireMap, field, read_json

"The members in the README's table: a name, and the arguments where it is a function."
function interface_members(heading)
    lines = readlines(joinpath(HERE, "..", "README.md"))
    start = findfirst(isequal("### $heading"), lines)
    stop = findnext(startswith("##"), lines, start + 1)
    rows = [match(r"^\| `(\w+)(?:\(([^)]*)\))?` +\|", line) for line in lines[start:stop]]
    return [
        (Symbol(row[1]), row[2] === nothing ? nothing : count(",", row[2]) + 1)
        for row in rows if row !== nothing
    ]
end

const MEMBERS = interface_members("The artifact interface")
const OPTIONAL = interface_members("Optional members of a type")
equal(() -> first.(MEMBERS)[[1, end]], "the table is found", [:rank, :predict])
equal(() -> first.(OPTIONAL), "the table of optional members is found", [:signature, :classes])
files = filter(endswith(".jl"), readdir(joinpath(HERE, "artifacts")))
equal(() -> length(ARTIFACT_TYPES), "every file of artifacts/ is a type", length(files))
check(() -> issorted(ARTIFACT_TYPES; by = type -> type.rank), "types are asked in the order of their ranks")

for type in ARTIFACT_TYPES, (member, arguments) in MEMBERS
    value = isdefined(type, member) ? getfield(type, member) : nothing
    if arguments === nothing
        form = Dict(:rank => Int, :name => String, :extensions => Vector{String}, :holds => String)[member]
        check(() -> value isa form, "$type has the constant $member, a $form")
    else
        check(() -> value isa Function, "$type has the function $member")
        check(
            () -> any(method -> method.nargs == arguments + 1, methods(value)),
            "$member of $type takes $arguments",
        )
    end
end
for type in ARTIFACT_TYPES, (member, arguments) in OPTIONAL
    isdefined(type, member) || continue
    check(
        () -> any(method -> method.nargs == arguments + 1, methods(getfield(type, member))),
        "$member of $type takes $arguments",
    )
end
endings = [ending for type in ARTIFACT_TYPES for ending in type.extensions]
check(
    () -> all(ending -> startswith(ending, '.') && ending == lowercase(ending), endings),
    "endings have a dot",
)
told = read_json(read(joinpath(HERE, "worker.json"), String))
equal(() -> sort(told["loadable_extensions"]), "worker.json names the endings", sort!(Any[endings...]))

# -- a type that is added --------------------------------------------------------------------------

const TALLY = """
# Counts in .tally files, for a test.

module Tally

const rank = 0
const name = "tally"
const extensions = [".tally"]
const holds = "a number"

struct Count
    number::Int
end

load(path) = Count(parse(Int, read(path, String)))
fits(model) = model isa Count
packages(model) = model.number == 0 ? ["NoSuchPackage"] : ["Random"]
find_fault(model, target_type) = target_type == "anomaly" ? "a tally finds no anomalies" : nothing

function predict(model, table, target_type, labels)
    labels === nothing || return labels, AbstractVector[[1.0], [0.0]], true
    return ["0"], AbstractVector[[model.number + table.a[1]]], false
end

end
"""

source = joinpath(realpath(mktempdir()), "worker")
cp(HERE, source)
write(joinpath(source, "artifacts", "tally.jl"), TALLY)
# Without a place for the cache the worker starts from its source.
worker = start(; source = source, environment = ("XDG_CACHE_HOME" => "", "HOME" => ""))

"(error, result) of loading a .tally file of this text."
function load_tally(text; options...)
    folder = folder_of(nothing)
    path = joinpath(folder, "model.tally")
    write(path, text)
    labels = [string(name) => value for (name, value) in options]
    return call(worker, "load", WireMap("code_directory" => folder, "artifacts" => Any[path], labels...))
end

error, result = load_tally("40"; target_type = "regression")
equal(
    () -> (error, result === nothing ? nothing : field(result, "predictor")),
    "a new type loads",
    (nothing, "tally"),
)
answer = predict_csv(worker, "a\n2\n")
equal(() -> columns(answer[2]), "a new type predicts", [Pair{String,Any}("0", [42])])
binary = (target_type = "binary", positive_class_label = "yes", negative_class_label = "no")
equal(() -> load_tally("40"; binary...)[1], "a new type loads for classes", nothing)
answer = predict_csv(worker, "a\n2\n")
both = [Pair{String,Any}("yes", [1.0]), Pair{String,Any}("no", [0.0])]
equal(() -> columns(answer[2]), "a new type gets the class labels", both)

for (text, target_type, code, words) in (
    ("40", "anomaly", "ARTIFACT_UNSUPPORTED", "a tally finds no anomalies; define a score hook"),
    ("40", "binary", "ARTIFACT_UNSUPPORTED", "the target type binary needs the class labels"),
    ("0", "regression", "PACKAGE_MISSING", "tally needs the package NoSuchPackage"),
    ("many", "regression", "ARTIFACT_UNREADABLE", "expected a number, in an environment like this one"),
)
    error = load_tally(text; target_type = target_type)[1]
    equal(() -> code_of(error), "a new type is refused: $words", code)
    check(
        () -> occursin(words, field(error, "message")),
        "the words are: $words (got $(field(error, "message")))",
    )
end
equal(() -> stop(worker), "a worker with a new type ends with 0", 0)

end
