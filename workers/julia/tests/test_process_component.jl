# Wrapper classes in a real worker: how they are loaded, and what e2e/wrappers does not reach of their
# answers.

module TestProcessComponent

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker
import ..DrumlineWorker: WireMap, field

"(error, result) of loading the class `name` of a file with this source."
function load_class(worker, name, source; file = "$name.jl", parameters = WireMap())
    folder = folder_of(nothing)
    mkpath(dirname(joinpath(folder, file)))
    source === nothing || write(joinpath(folder, file), source)
    component = WireMap("name" => name, "parameters" => parameters, "unit" => nothing, "image" => nothing)
    return load(worker, nothing; folder = folder, target = "unstructured", component = component)
end

ask(worker, message; method = "predict") =
    call(worker, "call", WireMap("method" => method, "message" => message))[2]

answer(worker, message; options...) = String(chomp(field(ask(worker, message; options...), "message")))
array(text) = "{\"data\":{\"ndarray\":$text}}"
content(worker, message) = match(r"\"ndarray\":(.*)},\"meta\"", answer(worker, message))[1]
told(answer) = (code_of(answer[1]), field(answer[1], "message"))
info(answer) = DrumlineWorker.read_json(field(answer, "message"))["status"]["info"]

"Whether load refuses with the code and all of the words."
function refuses(name, worker, code, words, loaded...; options...)
    got = told(load_class(worker, loaded...; options...))
    check(() -> got[1] == code && all(word -> occursin(word, got[2]), words) || got, name)
end

worker = start()

# -- load ------------------------------------------------------------------------------------------

refuses(
    "a class without a file", worker, "HOOK_FILE_BROKEN", ("there is no file", "Absent.jl", "name the file"),
    "Absent", nothing,
)
refuses(
    "a file without the class", worker, "HOOK_FILE_BROKEN", ("has no struct Other", "name the struct"),
    "Other", "struct Another end",
)
refuses(
    "a file that does not parse", worker, "HOOK_FILE_BROKEN", ("Unended.jl does not parse",),
    "Unended", "struct Unended",
)
refuses(
    "a file that needs a package", worker, "PACKAGE_MISSING", ("the package Nowhere", "Pkg.add"),
    "Packaged", "using Nowhere",
)
refuses(
    "a constructor that raises", worker, "HOOK_FAILED", ("Raising raised ErrorException: no file",),
    "Raising", "struct Raising\n    Raising() = error(\"no file\")\nend",
)
refuses(
    "a constructor without names", worker, "HOOK_FAILED", ("Plain raised MethodError", "Base.@kwdef"),
    "Plain", "struct Plain\n    scale\nend"; parameters = WireMap("scale" => 1),
)
refuses(
    "load that raises", worker, "HOOK_FAILED", ("Unready.load raised ErrorException: no weights",),
    "Unready", "struct Unready end\nload(model::Unready) = error(\"no weights\")",
)
refuses(
    "metadata that JSON does not have", worker, "HOOK_RESULT_INVALID", ("init_metadata returned",),
    "Strange", "struct Strange end\ninit_metadata(model::Strange) = Dict(\"a\" => 1im)",
)
equal(() -> code_of(call(worker, "call")[1]), "call before a class is loaded", "NOT_LOADED")

const NESTED = """
Base.@kwdef struct Nested{T<:Real}
    scale::T
end
const MODE = Ref("array")
load(model::Nested) = throw(SeldonNotImplementedError("none"))
tags(model::Nested) = MODE[] == "tags" ? 3 : Dict(:scale => model.scale)
metadata(model::Nested) = (name = "nested",)
metrics(model::Nested) = MODE[] == "metrics" ? Dict() : []
tags(model::Int) = "another's"
predict_rest(model::Nested, message) =
    get(message, "whole", false) ? message : throw(SeldonNotImplementedError("none"))
function predict(model::Nested, X, names; other = 1)
    X isa String && (MODE[] = X)
    MODE[] == "unfit" && return Dict("a" => sum)
    MODE[] == "symbols" && return [:a "b"; missing nothing]
    MODE[] == "float32" && return Float32[0.1]
    MODE[] == "sparse" && return [[1, 2] [3, 4]]'
    MODE[] == "ragged" && return [[1], [2, 3]]
    MODE[] == "type" && return string(typeof(X), names)
    MODE[] == "own" && return X[1]
    return X
end
"""
error, result = load_class(
    worker, "folder.deep.Nested", NESTED; file = "folder/deep.jl", parameters = WireMap("scale" => 2),
)
equal(() -> error, "a class in a file of a folder", nothing)
equal(() -> field(result, "hooks"), "its methods that answer messages", Any["predict"])
equal(() -> field(field(result, "metadata"), "name"), "its metadata", "nested")
equal(
    () -> code_of(predict_csv(worker, "a\n1\n")[1]), "a wrapper class does not score tables", "NOT_LOADED",
)

# -- answers ---------------------------------------------------------------------------------------

equal(
    () -> answer(worker, array("[[1,2]]")),
    "without a unit there is no requestPath",
    "{\"data\":{\"names\":[\"t:0\",\"t:1\"],\"ndarray\":[[1,2]]},\"meta\":{\"tags\":{\"scale\":2}}}",
)
for (sent, got) in (
    "[[1,null]]" => "[[1,null]]",
    "[1e16,1e-5,-0.0,123456789.5]" => "[1e+16,1e-05,-0.0,123456789.5]",
    "[9223372036854775807,-1]" => "[9223372036854775807,-1]",
    "[99999999999999999999]" => "[99999999999999999999]",
    "[[[1,2]],[[3,4]],[[5,6]]]" => "[[[1,2]],[[3,4]],[[5,6]]]",
    "[true,2]" => "[1,2]",
    "[\"a\",true,1.5]" => "[\"a\",\"True\",\"1.5\"]",
    "[{\"a\":1}]" => "[{\"a\":1}]",
    "[[],[]]" => "[[],[]]",
    "5" => "5",
    "[-Infinity]" => "[-Infinity]",
    "[\"\\ud83d\\ude00/\\n\"]" => "[\"\\ud83d\\ude00/\\n\"]",
)
    equal(() -> content(worker, array(sent)), "the array $sent", SubString(got))
end
for (mode, sent, got) in (
    ("symbols", array("[1]"), "\"ndarray\":[[\"a\",\"b\"],[null,null]]"),
    ("float32", array("[1]"), "\"ndarray\":[0.10000000149011612]"),
    ("sparse", "{\"strData\":\"sparse\"}", "\"tensor\":{\"shape\":[2,2],\"values\":[1,2,3,4]}"),
    ("type", array("[[1,2]]"), "\"strData\":\"Array{Int64,2}String[]\""),
    ("type", "{\"data\":{\"names\":[\"a\"],\"ndarray\":[\"b\"]}}", "Array{String,1}[\\\"a\\\"]"),
    ("type", array("[1.5,null]"), "Array{Union{Missing, Float64},1}"),
    ("type", "{\"binData\":\"YQ==\"}", "Array{UInt8,1}"),
)
    ask(worker, "{\"strData\":\"$mode\"}")
    check(() -> (text = answer(worker, sent); occursin(got, text) || text), "what is $mode of $sent")
end
for (mode, status, words) in (
    ("unfit", 500, "JSON has no form for a"),
    ("ragged", 500, "differ in length"),
    ("own", 500, "no method matching getindex(::Nothing"),
    ("tags", 500, "tags are"),
    ("metrics", 500, "Bad metric created during request: {}"),
)
    ask(worker, "{\"strData\":\"$mode\"}")
    failed = ask(worker, "{\"jsonData\":null}")
    check(
        () -> field(failed, "status") == status && occursin(words, info(failed)) || info(failed),
        "a class with unfit $mode",
    )
    ask(worker, "{\"strData\":\"array\"}")
end
equal(
    () -> answer(worker, "{\"whole\":true,\"status\":{\"code\":\"201\"}}"),
    "predict_rest takes whole messages",
    "{\"status\":{\"code\":\"201\"},\"whole\":true}",
)
failed = (ask(worker, "{\"strData\":\"own\"}"); ask(worker, "{\"jsonData\":null}"))
check(() -> occursin("deep.jl:", field(failed, "traceback")), "the user's own frames come with the answer")
check(() -> isempty(field(failed, "metrics")), "nothing was measured")
stop(worker)

end
