# `julia add_packages.jl LIST`: installs what the active project names and appends "name version" of each
# direct dependency to LIST.

import Pkg

# A machine without a way to the registry is to learn that soon.
get!(ENV, "JULIA_PKG_PRECOMPILE_AUTO", "0")

try
    Pkg.instantiate()
catch error
    println(first(split(sprint(showerror, error), '\n')))
    exit(1)
end

open(ARGS[1], "a") do list
    for (_, package) in sort(collect(Pkg.dependencies()); by = pair -> pair.second.name)
        package.is_direct_dep && println(list, package.name, " ", something(package.version, "unknown"))
    end
end
