#!/bin/sh
# build_object.sh RSCRIPT WORKER_FOLDER: builds the R worker's C object into the user's cache, so that the first start need not.
# The worker does without it where it cannot be built, so that is no failure.
[ -f "$2/native_object.R" ] || exit 0
"$1" --vanilla - "$2" <<'R'
folder <- commandArgs(TRUE)
worker <- new.env(parent = baseenv())
sys.source(file.path(folder, "native_object.R"), worker)
object <- worker$built_object(normalizePath(file.path(folder, "src")))
cat(if (is.null(object)) "no compiler or no headers of R: the worker runs in base R, only slower" else "built", "\n")
R
exit 0
