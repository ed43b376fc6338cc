#!/bin/sh
# start.sh JULIA MAIN: starts the worker MAIN, with the system image in JULIA_SYS_IMAGE where that is set and can be loaded.
julia=$1
main=$2
here=$(dirname "$main")
set -- --startup-file=no --history-file=no

if [ -n "${JULIA_SYS_IMAGE:-}" ]; then
    image=$JULIA_SYS_IMAGE
    unset JULIA_SYS_IMAGE
    if "$julia" --sysimage="$image" "$@" -e 'exit(0)' </dev/null >/dev/null 2>&1 3<&- 4>&-; then
        set -- --sysimage="$image" "$@"
    else
        echo "the system image $image (JULIA_SYS_IMAGE) cannot be loaded by $julia; starting without it" >&2
    fi
fi

# Where the worker of this source is kept, compiled: main.jl looks there. Its own copy of the source has times that nobody changes.
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
mark=$(cat "$here"/*.jl "$here"/artifacts/*.jl | cksum)
exec "$julia" "$@" "$main" "${cache:+$cache/drumline/julia-${mark%% *}}"
