# The worker compiled into a system image: that it is built, found, and left alone where it is of another
# source.

module TestSystemImage

using ..Checks
using ..Builds

image = joinpath(realpath(mktempdir()), "worker.so")
julia = joinpath(Sys.BINDIR, Base.julia_exename())
log = tempname()
built = run(pipeline(
    ignorestatus(`$julia --startup-file=no $(joinpath(SOURCE, "build_sysimage.jl")) $image`);
    stdout = log,
    stderr = log,
    append = true,
))
check(() -> success(built) || error(read(log, String)), "a system image is built")
none = realpath(mktempdir())
imaged = life(none, "JULIA_SYS_IMAGE" => image)
equal(() -> imaged[1:2], "the worker in the image is used, and nothing is logged", (FROM_IMAGE, ""))
check(() -> is_users_alone(imaged[3]), "a trace out of the image has the user's frames alone")
check(
    () -> is_users_alone(life(none, "JULIA_SYS_IMAGE" => image; source = copied())[3]),
    "and with the same source at another place",
)
equal(() -> readdir(none), "beside an image no cache is built", String[])
stale = life(none, "JULIA_SYS_IMAGE" => image; source = copied("# a later state\n"))
equal(() -> stale[1], "an image of another source is no worker", FROM_SOURCE)
check(
    () -> startswith(stale[2], "the system image is of another version") && count("\n", stale[2]) == 1,
    "this is told, and how to mend it, and nothing else",
)

end
