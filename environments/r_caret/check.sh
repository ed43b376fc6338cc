#!/bin/sh
# Whether the environment in $DRUM_ENVIRONMENT_FOLDER still has the packages at their versions and can load them. The last line tells.
set -eu
folder=${DRUM_ENVIRONMENT_FOLDER:?names the folder to check}
. ./packages.sh
"$folder/bin/Rscript" --vanilla - "$folder/packages.txt" $packages <<'R' 2>&1
wanted <- utils::read.table(commandArgs(TRUE)[1], col.names = c("name", "version"), colClasses = "character")[-1, ]
version <- function(name) tryCatch(utils::packageDescription(name, fields = "Version"), warning = function(warning) "gone")
found <- vapply(wanted$name, version, "")
wrong <- which(found != wanted$version)
if (length(wrong) > 0) {
  cat(paste(wanted$name[wrong], "is", found[wrong], "was", wanted$version[wrong], collapse = "; "), "\n")
  quit("no", 1)
}
for (name in commandArgs(TRUE)[-1]) suppressMessages(loadNamespace(name))
cat(nrow(wanted), "packages at their versions\n")
R
