# The worker compiled into the cache: who builds it, who finds it, and what is told where that fails.

module TestCache

using ..Checks
using ..Builds

const BUILDING = "compiling the worker for Julia $VERSION, once"

cache = realpath(mktempdir())
first_life = life(cache)
equal(() -> first_life[1], "the first start builds the cache and uses it", FROM_CACHE)
check(() -> occursin(BUILDING, first_life[2]), "the first start says that it builds")
check(() -> is_users_alone(first_life[3]), "a trace out of the cache has the user's frames alone")
second_life = life(cache)
equal(() -> second_life[1], "the second start uses what the first has built", FROM_CACHE)
check(() -> !occursin(BUILDING, second_life[2]), "the second start builds nothing")
elsewhere = life(cache; source = copied())
equal(
    () -> (elsewhere[1], occursin(BUILDING, elsewhere[2])),
    "the same source at another place uses it too",
    (FROM_CACHE, false),
)
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
equal(
    () -> (busy[1], occursin(BUILDING, busy[2])),
    "while another start builds, the source does",
    (FROM_SOURCE, false),
)

unusable = tempname()
write(unusable, "")
told = life(unusable)
equal(() -> told[1], "without a folder to write to, the source does", FROM_SOURCE)
check(
    () -> occursin("could not be compiled into $unusable", told[2]) && occursin("XDG_CACHE_HOME", told[2]),
    "why is told, and what helps",
)

end
