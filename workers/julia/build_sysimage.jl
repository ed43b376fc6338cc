# `julia build_sysimage.jl IMAGE`: a system image with the worker and the packages of the active project,
# compiled for what a worker does. It belongs to this Julia and this source: with another source it still
# loads, but the worker is read from the source again.

include("rehearsal.jl")

# -- the machines of a rehearsal -------------------------------------------------------------------

# A machine of each kind, saved as MLJ does: reading and asking one compiles for half a minute.
const SAVE_MACHINES = """
using MLJ
table, numbers = (a = [1.0, 2.0, 3.0, 4.0], b = [4.0, 3.0, 2.0, 1.0]), [1.0, 2.0, 3.0, 4.0]
for (model, target, file) in (
    (ConstantClassifier(), coerce(["yes", "no", "yes", "no"], Multiclass), ARGS[1]),
    (ConstantRegressor(), numbers, ARGS[2]),
)
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

# -- building --------------------------------------------------------------------------------------

"""
Run with --output-o: loads everything, and compiles the signatures of the trace; those with names of a user's
module are left out.
"""
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
# Without a name for it in Main, where a worker of another source would find it.
let worker = Base.require(Base.PkgId("DrumlineWorker"))
    worker.compile_signatures($(repr(trace)), Module())
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
    return filter(
        name -> (id = Base.identify_package(name); id !== nothing && Base.locate_package(id) !== nothing),
        names,
    )
end

function find_linker()
    for name in ("cc", "gcc", "clang")
        Sys.which(name) === nothing || return name
    end
    println(
        stderr,
        "a system image needs a linker, and neither cc, gcc nor clang is on PATH; install one (Debian: " *
            "apt install gcc libc6-dev), or go on without",
    )
    exit(1)
end

function main(image)
    if haskey(Base.loaded_modules, Base.PkgId("DrumlineWorker"))
        println(
            stderr,
            "this Julia was started with a worker's system image; start it with the one that came with " *
                "it (--sysimage)",
        )
        exit(1)
    end
    linker = find_linker()
    folder = mktempdir()
    println("system image: looking at what a worker compiles")
    trace = trace_worker(folder, save_machines(folder))
    object = joinpath(folder, "image.o")
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    start = `$julia --startup-file=no --history-file=no`
    println("system image: compiling (a few minutes)")
    run_quietly(
        `$start --sysimage=$(base_image()) --cpu-target=native -O2 --output-o=$object -e $(builder(trace))`,
        "compiling the system image",
    )
    println("system image: linking")
    whole =
        Sys.isapple() ? `-Wl,-all_load $object -undefined dynamic_lookup` :
            `-Wl,--whole-archive $object -Wl,--no-whole-archive`
    run_quietly(`$linker -shared -o $image.new $whole`, "linking the system image")
    has_worker = "exit(Base.PkgId(\"DrumlineWorker\") in keys(Base.loaded_modules) ? 0 : 1)"
    run_quietly(`$julia --sysimage=$image.new --startup-file=no -e $has_worker`, "loading the system image")
    mv("$image.new", image; force = true)
    println("system image: $(round(Int, filesize(image) / 1e6)) MB")
end

length(ARGS) == 1 || (println(stderr, "usage: julia build_sysimage.jl IMAGE"); exit(2))
main(abspath(ARGS[1]))
