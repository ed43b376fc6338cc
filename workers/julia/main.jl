# `julia main.jl CACHE` starts the worker: the one compiled into the system image where that is of this
# source, else the one compiled into the folder CACHE, else from the source. All of this is interpreted, as
# long as there is no loop in it and no function.

let folder = @__DIR__, cache = string(popfirst!(ARGS), "-", VERSION), id = Base.PkgId("DrumlineWorker")
    worker = get(Base.loaded_modules, id, nothing)
    if worker !== nothing
        if !worker.is_made_of(folder)
            println(
                stderr,
                "the system image is of another version of the worker, which starts more slowly from its " *
                    "source; build it again, e.g. drum environment install julia_mlj --sysimage",
            )
            worker = nothing
        end
    elseif isabspath(cache)
        compiled = string(cache, "/compiled")
        flags, builder = `--startup-file=no --history-file=no`, string(folder, "/build_cache.jl")
        isdir(compiled) || run(ignorestatus(`$(Base.julia_cmd()) $flags $builder $cache`))
        # Who may write there decides what code runs here: that must be nobody but this user, to whom the
        # folder of this process belongs.
        place = stat(cache)
        if isdir(compiled) && place.uid == stat("/proc/self").uid && place.mode & 0o022 == 0
            packages, depots = copy(LOAD_PATH), copy(DEPOT_PATH)
            append!(empty!(LOAD_PATH), [string(cache, "/worker"), "@stdlib"])
            append!(push!(empty!(DEPOT_PATH), cache), depots)
            try
                worker = Base.require(id)
            catch # the source does as well
            end
            append!(empty!(LOAD_PATH), packages)
            append!(empty!(DEPOT_PATH), depots)
        end
    end
    if worker === nothing
        include(string(folder, "/DrumlineWorker.jl"))
    else
        global const DrumlineWorker = worker
    end
end

exit(Base.invokelatest(DrumlineWorker.main))
