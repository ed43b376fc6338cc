# Starts the worker: the one compiled into the system image where that is of this source, else from the source.

let folder = @__DIR__
    compiled = get(Base.loaded_modules, Base.PkgId("DrumlineWorker"), nothing)
    if compiled !== nothing && compiled.is_made_of(folder)
        global const DrumlineWorker = compiled
    else
        include(joinpath(folder, "DrumlineWorker.jl"))
    end
end

exit(DrumlineWorker.main())
