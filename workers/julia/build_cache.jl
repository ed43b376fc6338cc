# `julia build_cache.jl CACHE`: a folder with a copy of the worker's source, compiled for what a worker does.
# Julia keeps what it has found out about the source: a start then has little more to do than to make machine
# code of it.

include("rehearsal.jl")

const ABANDONED_AFTER = 600 # seconds; a build takes ten

"""
Copies the source, whose time nobody changes there, compiles the copy in a folder of its own, and renames
that, so that no start ever sees half of it.
"""
function main(cache)
    claim(joinpath(cache, "building")) do building
        println(stderr, "compiling the worker for Julia $VERSION, once (about ten seconds)")
        # the user's packages have no part in it
        foreach(name -> delete!(ENV, name), ("JULIA_PROJECT", "JULIA_LOAD_PATH"))
        worker = joinpath(cache, "worker")
        for part in ("", "artifacts")
            mkpath(joinpath(worker, part))
            for file in readdir(joinpath(DrumlineWorker.HERE, part))
                endswith(file, ".jl") &&
                    cp(joinpath(DrumlineWorker.HERE, part, file), joinpath(worker, part, file); force = true)
            end
        end
        ENV["DRUM_WORKER_TRACE"] = trace_worker(mktempdir(), String[])
        append!(empty!(LOAD_PATH), [worker, "@stdlib"])
        pushfirst!(DEPOT_PATH, building)
        Base.compilecache(Base.PkgId("DrumlineWorker"))
        mv(joinpath(building, "compiled"), joinpath(cache, "compiled"))
    end
end

"Runs `action` with a new folder, which tells other starts that one is at it; not at all where another is."
function claim(action, folder)
    isdir(folder) && time() - mtime(folder) > ABANDONED_AFTER && rm(folder; recursive = true)
    mkpath(dirname(folder); mode = 0o700)
    try
        mkdir(folder)
    catch
        isdir(folder) || rethrow()
        return
    end
    try
        action(folder)
    finally
        rm(folder; recursive = true)
    end
end

length(ARGS) == 1 || (println(stderr, "usage: julia build_cache.jl CACHE"); exit(2))
try
    main(abspath(ARGS[1]))
catch error
    words = DrumlineWorker.words_of(error)
    println(
        stderr,
        "the worker could not be compiled into $(ARGS[1]), and starts more slowly from its source: " *
            "$words; make the folder writable, or set XDG_CACHE_HOME",
    )
    exit(1)
end
