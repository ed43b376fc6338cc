#!/bin/sh
# start.sh JULIA MAIN: starts the worker MAIN, with the system image in JULIA_SYS_IMAGE where that is set and can be loaded.
julia=$1
main=$2

if [ -n "${JULIA_SYS_IMAGE:-}" ]; then
    image=$JULIA_SYS_IMAGE
    unset JULIA_SYS_IMAGE
    if "$julia" --sysimage="$image" --startup-file=no --history-file=no -e 'exit(0)' </dev/null >/dev/null 2>&1 3<&- 4>&-; then
        exec "$julia" --sysimage="$image" --startup-file=no --history-file=no "$main"
    fi
    echo "the system image $image (JULIA_SYS_IMAGE) cannot be loaded by $julia; starting without it" >&2
fi
exec "$julia" --startup-file=no --history-file=no "$main"
