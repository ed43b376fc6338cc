# Packages of the active project: whether they are there, their versions, and what is told of those that are
# not.

"The identity of a package that the active project has and that is installed; nothing otherwise."
function find_package_id(name::String)
    id = Base.identify_package(name)
    return id === nothing || Base.locate_package(id) === nothing ? nothing : id
end

"The package of this name that is loaded, by whomever; nothing otherwise."
function loaded_package(name::String)
    for (id, loaded) in Base.loaded_modules
        id.name == name && return loaded
    end
    return nothing
end

"Loads those of the packages that are not loaded. Raises PACKAGE_MISSING, all that are missing named."
function import_packages(what::String, names::Vector{String})
    names = filter(name -> loaded_package(name) === nothing, names)
    missing_names = filter(name -> find_package_id(name) === nothing, names)
    isempty(missing_names) || throw(package_missing(what, missing_names))
    foreach(name -> Base.require(find_package_id(name)), names)
end

"The version in the package's own Project.toml; nothing where it has none."
function version_of_package(loaded::Module)
    file = pathof(loaded)
    file === nothing && return nothing
    project = joinpath(dirname(dirname(file)), "Project.toml")
    isfile(project) || return nothing
    found = match(r"^version\s*=\s*\"([^\"]+)\""m, read(project, String))
    return found === nothing ? nothing : String(found[1])
end

"The command that adds packages to the active project."
function command_to_add(names)
    project = something(Base.active_project(), "")
    where = isempty(project) ? "" : "--project=$(dirname(project)) "
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    return "$julia $(where)-e 'using Pkg; Pkg.add([$(join(repr.(names), ", "))])'"
end

"The error for packages that `what` needs and the active project lacks."
function package_missing(what, names, traceback = nothing; line = nothing)
    which = length(names) == 1 ? "the package $(names[1])" : "the packages $(join(names, ", "))"
    where = line === nothing ? "" : " (line $line)"
    project = something(Base.active_project(), "no project")
    message =
        "$what needs $which$where, which $project lacks; add $(length(names) == 1 ? "it" : "them"): " *
            "$(command_to_add(names))"
    return WorkerError("PACKAGE_MISSING", message, traceback)
end

"The package that an exception says is not there; nothing where it says no such thing."
function missing_package_of(@nospecialize(error))
    error isa ArgumentError || return nothing
    found = match(r"^Package (\w+)(?: \[[-0-9a-f]+\])? (?:not found|is required but)", error.msg)
    return found === nothing ? nothing : String(found[1])
end

"Name to version of the packages that say how data is read and scored."
function package_versions(table)
    shown = table === nothing ? Pair{String,Any}[] : Pair{String,Any}[Pair{String,Any}(table...)]
    for name in ("CSV", "MLJ", "MLJBase", "JLSO", "Tables")
        loaded = loaded_package(name)
        loaded === nothing || push!(shown, Pair{String,Any}(name, version_of_package(loaded)))
    end
    return WireMap(shown)
end
