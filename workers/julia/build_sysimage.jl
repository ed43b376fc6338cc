# `julia build_sysimage.jl IMAGE`: a system image with the worker and the packages of the active project, compiled for what a worker does.
# It belongs to this Julia and this source: with another source it still loads, but the worker is read from the source again.

include("DrumlineWorker.jl")

import .DrumlineWorker: WireMap, encode

"Runs a command whose output is shown only when it fails."
function run_quietly(command, what)
    output = tempname()
    process = run(pipeline(ignorestatus(command); stdin = devnull, stdout = output, stderr = output, append = true))
    success(process) && return
    println(stderr, join(last_lines(output, 15), '\n'))
    println(stderr, "$what failed; the worker runs without a system image, too")
    exit(1)
end

last_lines(file, count) = (lines = readlines(file); lines[max(1, end - count + 1):end])

# -- what a worker does -------------------------------------------------------------------------------------------------

const CUSTOM = """
module Custom
export load_model, score
init(code_dir) = nothing
load_model(code_dir) = 1.0
transform(data, model) = data
score(data, model; kwargs) = data.int[1] > 5 ? error("a fault") : DataFrame(Predictions = data.float .* model)
post_process(predictions, model) = predictions
end
"""
const CSV = "int,float,some,text,bool,date,time\n1,0.5,,x,true,2020-01-02,2020-01-02T03:04:05\n2,1.5e3,3,\"y\",false,2020-01-03,2020-01-02T03:04:05\n"
const MATRIX = "%%MatrixMarket matrix coordinate real general\n1 2 1\n1 1 1.5\n"

# A machine of each kind, saved as MLJ does: reading and asking one compiles for half a minute.
const SAVE_MACHINES = """
using MLJ
table, numbers = (a = [1.0, 2.0, 3.0, 4.0], b = [4.0, 3.0, 2.0, 1.0]), [1.0, 2.0, 3.0, 4.0]
for (model, target, file) in ((ConstantClassifier(), coerce(["yes", "no", "yes", "no"], Multiclass), ARGS[1]), (ConstantRegressor(), numbers, ARGS[2]))
    saved = machine(model, table, target)
    fit!(saved; verbosity = 0)
    MLJ.save(file, saved)
end
"""

"Paths of the two machines, none where the project has no MLJ, or one that saves in another way."
function save_machines(folder)
    "MLJ" in project_packages() || return String[]
    files = [joinpath(folder, name) for name in ("classes.jlso", "numbers.jlso")]
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    saving = `$julia --startup-file=no --history-file=no --sysimage=$(base_image()) -e $SAVE_MACHINES $files`
    success(pipeline(saving; stdin = devnull, stdout = devnull, stderr = devnull)) && return files
    println("system image: MLJ is here, but does not save .jlso files; they will be read without it")
    return String[]
end

"The frames of a worker's life, as a file that stands in for its stream."
function write_requests(file, folder, machines)
    write(joinpath(folder, "custom.jl"), CUSTOM)
    load_of(hook_file, artifacts, target_type) = WireMap(
        "code_directory" => folder, "hook_file" => hook_file, "artifacts" => Any[artifacts...], "target_type" => target_type,
        "positive_class_label" => "yes", "negative_class_label" => "no", "class_labels" => nothing,
    )
    load = load_of(joinpath(folder, "custom.jl"), String[], "binary")
    payload(text, mimetype) = WireMap("payload" => WireMap("kind" => "bytes", "data" => Vector{UInt8}(text), "mimetype" => mimetype, "charset" => nothing))
    column(name) = WireMap("name" => name, "type" => "float64", "data" => zeros(UInt8, 8), "validity" => nothing, "offsets" => nothing)
    table = WireMap("rows" => 1, "columns" => Any[column("yes"), column("no")])
    calls = [
        "ping" => WireMap(), "unknown" => WireMap(), "load" => load, "predict" => payload(CSV, "text/csv"), "predict" => payload("int,float\n9,1\n", nothing),
        "predict" => payload("", "text/csv"), "predict" => payload(MATRIX, "text/mtx"), "transform" => payload(CSV, "text/csv"),
        "post_process" => WireMap("predictions" => table),
    ]
    for (machine, target_type) in zip(machines, ("binary", "regression"))
        push!(calls, "load" => load_of(nothing, [machine], target_type), "predict" => payload("a,b\n1.5,2.5\n", "text/csv"))
    end
    open(file, "w") do io
        for (id, (method, params)) in enumerate(calls)
            frame = encode(Any[0, id, method, params])
            write(io, htol(UInt32(length(frame))), frame)
        end
    end
end

"The signatures that a worker compiles while it answers these frames."
function trace_worker(folder)
    requests, trace = joinpath(folder, "requests"), joinpath(folder, "trace")
    write_requests(requests, folder, save_machines(folder))
    variables = ["DRUM_PROTOCOL_IN" => "3", "DRUM_PROTOCOL_OUT" => "4", "DRUM_MAX_FRAME" => string(1 << 24)]
    main = joinpath(DrumlineWorker.HERE, "main.jl")
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    worker = `$julia --startup-file=no --history-file=no --sysimage=$(base_image()) --trace-compile=$trace $main`
    run_quietly(setenv(`sh -c "exec \"\$@\" 3<$requests 4>/dev/null" sh $worker`, merge(Dict(ENV), Dict(variables))), "rehearsing the worker")
    return trace
end

"The image that this Julia was started with."
base_image() = unsafe_string(Base.JLOptions().image_file)

# -- building -----------------------------------------------------------------------------------------------------------

"Run with --output-o: loads everything, and compiles the signatures of the trace; those with names of a user's module are left out."
builder(trace) = """
Base.reinit_stdio()
# No module is initialised while an image is written, and these two are what loading a package asks for.
isdefined(Sys, :BINDIR) && isdir(Sys.BINDIR) || @eval(Sys, BINDIR = $(repr(Sys.BINDIR)))
isdefined(Sys, :STDLIB) && isdir(Sys.STDLIB) || @eval(Sys, STDLIB = $(repr(Sys.STDLIB)))
Base.init_depot_path()
Base.init_load_path()
for name in $(repr(project_packages()))
    Base.require(Main, Symbol(name))
end
pushfirst!(LOAD_PATH, $(repr(DrumlineWorker.HERE)))
import DrumlineWorker
let scope = Module()
    for (id, loaded) in Base.loaded_modules
        Core.eval(scope, Expr(:(=), Symbol(id.name), loaded))
    end
    for line in eachline($(repr(trace)))
        try
            Core.eval(scope, Meta.parse(line))
        catch
        end
    end
end
empty!(LOAD_PATH)
empty!(DEPOT_PATH)
"""

"Names of the packages that the active project names and that are installed."
function project_packages()
    project = Base.active_project()
    project === nothing || !isfile(project) && return String[]
    within, names = false, String[]
    for line in eachline(project)
        startswith(strip(line), '[') && (within = strip(line) == "[deps]")
        found = within ? match(r"^\s*\"?(\w+)\"?\s*=", line) : nothing
        found === nothing || push!(names, found[1])
    end
    return filter(name -> (id = Base.identify_package(name); id !== nothing && Base.locate_package(id) !== nothing), names)
end

function find_linker()
    for name in ("cc", "gcc", "clang")
        Sys.which(name) === nothing || return name
    end
    println(stderr, "a system image needs a linker, and neither cc, gcc nor clang is on PATH; install one (Debian: apt install gcc libc6-dev), or go on without")
    exit(1)
end

function main(image)
    if haskey(Base.loaded_modules, Base.PkgId("DrumlineWorker"))
        println(stderr, "this Julia was started with a worker's system image; start it with the one that came with it (--sysimage)")
        exit(1)
    end
    linker = find_linker()
    folder = mktempdir()
    println("system image: looking at what a worker compiles")
    trace = trace_worker(folder)
    object = joinpath(folder, "image.o")
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    println("system image: compiling (a few minutes)")
    run_quietly(`$julia --startup-file=no --history-file=no --sysimage=$(base_image()) --cpu-target=native -O2 --output-o=$object -e $(builder(trace))`, "compiling the system image")
    println("system image: linking")
    whole = Sys.isapple() ? `-Wl,-all_load $object -undefined dynamic_lookup` : `-Wl,--whole-archive $object -Wl,--no-whole-archive`
    run_quietly(`$linker -shared -o $image.new $whole`, "linking the system image")
    run_quietly(`$julia --sysimage=$image.new --startup-file=no -e "exit(Base.PkgId(\"DrumlineWorker\") in keys(Base.loaded_modules) ? 0 : 1)"`, "loading the system image")
    mv("$image.new", image; force = true)
    println("system image: $(round(Int, filesize(image) / 1e6)) MB")
end

length(ARGS) == 1 || (println(stderr, "usage: julia build_sysimage.jl IMAGE"); exit(2))
main(abspath(ARGS[1]))
