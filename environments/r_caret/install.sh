#!/bin/sh
# Makes the environment in $DRUM_ENVIRONMENT_FOLDER: finds R with the packages, or installs them where apt-get and the rights for it
# are there, and leaves bin/Rscript and packages.txt. The last line of a failure says what to run.
set -eu
. ./packages.sh
folder=${DRUM_ENVIRONMENT_FOLDER:?names the folder to fill}

fail() {
  echo "$1" >&2
  exit 1
}

# Whether there is an R from 4.0 on with every package; says on stderr what it lacks.
is_complete() {
  rscript=$(command -v Rscript) || { echo "there is no Rscript on PATH" >&2; return 1; }
  "$rscript" --vanilla -e 'quit("no", as.integer(getRversion() < "4.0"))' || { echo "$rscript is older than 4.0" >&2; return 1; }
  lacking=$(missing_packages "$rscript" | tr '\n' ' ')
  [ -z "$lacking" ] || { echo "$rscript lacks $lacking" >&2; return 1; }
}

echo "[1/4] looking for R with its packages"
if ! is_complete; then
  command -v apt-get >/dev/null || fail "install R 4.0 or later, then: Rscript -e 'install.packages(strsplit(\"$packages\", \" \")[[1]])'"
  [ "$(id -u)" = 0 ] || fail "run: sudo apt-get install --no-install-recommends $debian_packages"
  echo "[2/4] installing $debian_packages"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends $debian_packages; } >&2 ||
    fail "apt-get failed; when it works again run: apt-get install --no-install-recommends $debian_packages"
  is_complete || fail "apt-get has installed R too old or with too little; install R 4.0 or later with: $packages"
fi

echo "[3/4] writing down what is there"
mkdir -p "$folder/bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$rscript" >"$folder/bin/Rscript"
chmod +x "$folder/bin/Rscript"
"$rscript" --vanilla - $packages >"$folder/packages.txt" <<'R'
installed <- installed.packages()
wanted <- commandArgs(TRUE)
all <- unique(c(wanted, unlist(tools::package_dependencies(wanted, installed, recursive = TRUE))))
all <- sort(intersect(setdiff(all, rownames(installed)[installed[, "Priority"] %in% "base"]), rownames(installed)))
versions <- installed[match(all, rownames(installed)), "Version"]
writeLines(paste(c("R", all), c(as.character(getRversion()), versions)))
R

echo "[4/4] building the worker's C object, where there is a compiler"
sh ./build_object.sh "$rscript" ../../workers/r
