#!/bin/sh
# Fills DRUM_ENVIRONMENT_FOLDER with bin/julia, the packages of Project.toml where a registry can be reached, and packages.txt.
# With --sysimage it also builds a system image, with which a worker starts without compiling anything; that takes a few minutes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${DRUM_ENVIRONMENT_FOLDER:?set DRUM_ENVIRONMENT_FOLDER to an empty folder}
worker=${DRUM_JULIA_WORKER:-$here/../../workers/julia}

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

. "$here/debian_julia.sh"
. "$here/wrapper.sh"

new_enough() {
    "$1" --startup-file=no -e 'exit(VERSION >= v"1.5" ? 0 : 1)' >/dev/null 2>&1
}

# The first Julia that will do, as the program itself rather than a launcher that may start another version tomorrow.
find_julia() {
    for candidate in "$(command -v julia || true)" "${JULIAUP_DEPOT_PATH:-$HOME/.juliaup}/bin/julia" "$HOME/.juliaup/bin/julia"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ] && new_enough "$candidate"; then
            "$candidate" --startup-file=no -e 'print(joinpath(Sys.BINDIR, Base.julia_exename()))'
            return
        fi
    done
}

julia=$(find_julia)
libraries=
if [ -n "$julia" ]; then
    say "using $julia"
else
    unpack_debian_julia "$folder/julia"
    julia="$folder/julia/usr/bin/julia"
    for one in "$folder"/julia/usr/lib/*-linux-gnu*; do libraries="$libraries${libraries:+:}$one/julia:$one"; done
fi
write_wrapper "$folder/bin/julia" "$julia" "$libraries" "$folder/project" "$folder/drumline.so"
new_enough "$folder/bin/julia" || fail "Julia was unpacked but does not start here; install Julia 1.5 or later so that julia is on PATH"
version=$("$folder/bin/julia" --startup-file=no -e 'print(VERSION)')
say "Julia $version"

say "adding the packages of Project.toml (this can take a while)"
mkdir -p "$folder/project"
cp "$here/Project.toml" "$folder/project/Project.toml"
printf 'julia %s\n' "$version" >"$folder/packages.txt"
if "$folder/bin/julia" --startup-file=no "$here/add_packages.jl" "$folder/packages.txt" >"$folder/packages.log" 2>&1; then
    say "the packages are there"
else
    rm -rf "$folder/project"
    say "the packages could not be added: $(grep -v "^ *$" "$folder/packages.log" | tail -n 1 | sed "s/.*\[?25h//")"
    say "going on with the standard library alone: hooks work; .jlso artifacts, DataFrames and CSV need the packages"
fi
rm -f "$folder/packages.log"

if [ "${1:-}" = --sysimage ]; then
    [ -e "$worker/build_sysimage.jl" ] || fail "the Julia worker is not in $worker; set DRUM_JULIA_WORKER to its folder, or leave out --sysimage"
    "$folder/bin/julia" --startup-file=no "$worker/build_sysimage.jl" "$folder/drumline.so" || exit 1
fi
say "ready: $folder/bin/julia"
