# A worker that says where its code came from: for the tests of the cache and of the system image.

module Builds

using ..WorkerProcess
import ..DrumlineWorker

export SOURCE, FROM_SOURCE, FROM_CACHE, FROM_IMAGE, life, is_users_alone, copied

const SOURCE = DrumlineWorker.HERE

"Says where the worker's code came from, and fails for more than one row."
const CUSTOM = """
load_model(code_dir) = 0
function score(data, model)
    length(data.x) == 1 || error("too many rows")
    file = String(first(methods(Main.DrumlineWorker.main)).file)
    is_package = haskey(Base.loaded_modules, Base.PkgId("DrumlineWorker"))
    in_image = is_package && Base.moduleroot(Main.DrumlineWorker) !== Main
    (Predictions = [startswith(file, ENV["XDG_CACHE_HOME"]) ? 1.0 : in_image ? 2.0 : 0.0],)
end
"""
const FROM_SOURCE, FROM_CACHE, FROM_IMAGE = 0.0, 1.0, 2.0

"""
Where the code of a worker of this environment comes from, what it logged, and the trace of an error in its
hook.
"""
function life(cache, environment...; source = SOURCE)
    worker = start(; environment = ("XDG_CACHE_HOME" => cache, environment...), source = source)
    load(worker, CUSTOM)[1] === nothing || error("not loaded: $(log_of(worker))")
    origin = columns(predict_csv(worker, "x\n1\n")[2])[1].second[1]
    trace = DrumlineWorker.field(predict_csv(worker, "x\n1\n2\n")[1], "traceback")
    log = log_of(worker)
    stop(worker)
    return origin, log, trace
end

is_users_alone(trace) =
    occursin("custom.jl:3", trace) && !occursin("main.jl", trace) && !occursin("model.jl", trace)

"Another place of the same source, and a later state of it."
function copied(addition = "")
    place = joinpath(realpath(mktempdir()), "worker")
    cp(SOURCE, place)
    open(io -> write(io, addition), joinpath(place, "json.jl"), "a")
    return place
end

end
