#!/bin/sh
# Fills DRUM_ENVIRONMENT_FOLDER with bin/julia, the packages of Project.toml where a registry can be reached, and packages.txt.
# With --sysimage it also builds a system image, which lets the worker start without compiling anything.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${DRUM_ENVIRONMENT_FOLDER:?set DRUM_ENVIRONMENT_FOLDER to an empty folder}
project="$folder/project"

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

new_enough() { # 1.5 or later
    "$1" --startup-file=no -e 'exit(VERSION >= v"1.5" ? 0 : 1)' >/dev/null 2>&1
}

# The first Julia that will do: on PATH, then juliaup's.
find_julia() {
    for candidate in "$(command -v julia || true)" "${JULIAUP_DEPOT_PATH:-$HOME/.juliaup}/bin/julia" "$HOME/.juliaup/bin/julia"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ] && new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

julia=$(find_julia)
libraries=
if [ -n "$julia" ]; then
    say "using $julia"
else
    . "$here/debian_julia.sh"
    unpack_debian_julia "$folder/julia"
    julia="$folder/julia/usr/bin/julia"
    for one in "$folder"/julia/usr/lib/*-linux-gnu*; do libraries="$libraries${libraries:+:}$one/julia:$one"; done
    new_enough_unpacked() { LD_LIBRARY_PATH="$libraries" new_enough "$julia"; }
    new_enough_unpacked || fail "the unpacked Julia does not start; install Julia 1.5 or later (https://julialang.org/downloads) so that julia is on PATH"
fi

. "$here/wrapper.sh"
write_wrapper "$folder/bin/julia" "$julia" "$libraries" "$project" "$folder/drumline.so"
version=$("$folder/bin/julia" --startup-file=no -e 'print(VERSION)')
say "Julia $version"

mkdir -p "$project"
cp "$here/Project.toml" "$project/Project.toml"
say "adding the packages of Project.toml; this can take a while"
if "$folder/bin/julia" --startup-file=no "$here/add_packages.jl" "$project" "$folder/packages.txt"; then
    say "the packages are there"
else
    rm -rf "$project"
    printf 'julia %s\n' "$version" >"$folder/packages.txt"
    say "no package registry answered: going on with Julia's standard library alone (hooks work, .jlso artifacts need the packages)"
fi

if [ "${1:-}" = --sysimage ]; then
    "$folder/bin/julia" --startup-file=no "$here/build_sysimage.jl" "$folder/drumline.so" || exit 1
fi
say "ready: $folder/bin/julia"
