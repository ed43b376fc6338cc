# The worker compiled into the cache and into a system image: who builds it, who finds it, and what is told where that fails.

module TestBuilds

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker

const SOURCE = DrumlineWorker.HERE
const BUILDING = "compiling the worker for Julia $VERSION, once"

"Says where the worker's code came from, and fails for more than one row."
const CUSTOM = """
load_model(code_dir) = 0
function score(data, model)
    length(data.x) == 1 || error("too many rows")
    file = String(first(methods(Main.DrumlineWorker.main)).file)
    is_package = haskey(Base.loaded_modules, Base.PkgId("DrumlineWorker"))
    (Predictions = [startswith(file, ENV["XDG_CACHE_HOME"]) ? 1.0 : is_package && Base.moduleroot(Main.DrumlineWorker) !== Main ? 2.0 : 0.0],)
end
"""
const FROM_SOURCE, FROM_CACHE, FROM_IMAGE = 0.0, 1.0, 2.0

"Where the code of a worker of this environment comes from, what it logged, and the trace of an error in its hook."
function life(cache, environment...; source = SOURCE)
    worker = start(; environment = ("XDG_CACHE_HOME" => cache, environment...), source = source)
    load(worker, CUSTOM)[1] === nothing || error("not loaded: $(log_of(worker))")
    origin = columns(predict_csv(worker, "x\n1\n")[2])[1].second[1]
    trace = DrumlineWorker.field(predict_csv(worker, "x\n1\n2\n")[1], "traceback")
    log = log_of(worker)
    stop(worker)
    return origin, log, trace
end

is_users_alone(trace) = occursin("custom.jl:3", trace) && !occursin("main.jl", trace) && !occursin("model.jl", trace)

"Another place of the same source, and a later state of it."
function copied(addition = "")
    place = joinpath(realpath(mktempdir()), "worker")
    cp(SOURCE, place)
    open(io -> write(io, addition), joinpath(place, "json.jl"), "a")
    return place
end

# -- the cache ----------------------------------------------------------------------------------------------------------

cache = realpath(mktempdir())
first_life = life(cache)
equal(() -> first_life[1], "the first start builds the cache and uses it", FROM_CACHE)
check(() -> occursin(BUILDING, first_life[2]), "the first start says that it builds")
check(() -> is_users_alone(first_life[3]), "a trace out of the cache has the user's frames alone")
second_life = life(cache)
equal(() -> second_life[1], "the second start uses what the first has built", FROM_CACHE)
check(() -> !occursin(BUILDING, second_life[2]), "the second start builds nothing")
elsewhere = life(cache; source = copied())
equal(() -> (elsewhere[1], occursin(BUILDING, elsewhere[2])), "the same source at another place uses it too", (FROM_CACHE, false))
check(() -> is_users_alone(elsewhere[3]), "a trace at another place has the user's frames alone")

kept = joinpath(cache, "drumline", only(readdir(joinpath(cache, "drumline"))))
equal(() -> sort(readdir(kept)), "nothing is left of the building", ["compiled", "worker"])
compiled = joinpath(kept, "compiled", "v$(VERSION.major).$(VERSION.minor)", "DrumlineWorker.ji")
write(compiled, "no such thing")
check(() -> life(cache)[1] in (FROM_SOURCE, FROM_CACHE), "a file that is broken harms no start")

chmod(kept, 0o777)
equal(() -> life(cache)[1], "a folder that others may write to is not used", FROM_SOURCE)
chmod(kept, 0o700)
rm(joinpath(kept, "compiled"); recursive = true)
mkdir(joinpath(kept, "building"))
busy = life(cache)
equal(() -> (busy[1], occursin(BUILDING, busy[2])), "while another start builds, the source does", (FROM_SOURCE, false))

unusable = tempname()
write(unusable, "")
told = life(unusable)
equal(() -> told[1], "without a folder to write to, the source does", FROM_SOURCE)
check(() -> occursin("could not be compiled into $unusable", told[2]) && occursin("XDG_CACHE_HOME", told[2]), "why is told, and what helps")

# -- the system image -----------------------------------------------------------------------------------------------------

image = joinpath(realpath(mktempdir()), "worker.so")
julia = joinpath(Sys.BINDIR, Base.julia_exename())
log = tempname()
built = run(pipeline(ignorestatus(`$julia --startup-file=no $(joinpath(SOURCE, "build_sysimage.jl")) $image`); stdout = log, stderr = log, append = true))
check(() -> success(built) || error(read(log, String)), "a system image is built")
none = realpath(mktempdir())
imaged = life(none, "JULIA_SYS_IMAGE" => image)
equal(() -> imaged[1:2], "the worker in the image is used, and nothing is logged", (FROM_IMAGE, ""))
check(() -> is_users_alone(imaged[3]), "a trace out of the image has the user's frames alone")
check(() -> is_users_alone(life(none, "JULIA_SYS_IMAGE" => image; source = copied())[3]), "and with the same source at another place")
equal(() -> readdir(none), "beside an image no cache is built", String[])
stale = life(none, "JULIA_SYS_IMAGE" => image; source = copied("# a later state\n"))
equal(() -> stale[1], "an image of another source is no worker", FROM_SOURCE)
check(() -> startswith(stale[2], "the system image is of another version") && count("\n", stale[2]) == 1, "this is told, and how to mend it, and nothing else")

end
