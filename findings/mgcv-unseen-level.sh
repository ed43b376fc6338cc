#!/usr/bin/env bash
# One unseen factor level changes what mgcv predicts for the other rows
#
# Guess:   predict() of a gam gives NA, or an error, for a row with a level that training had not, and leaves the other rows
#          alone.
# Happens: it warns, leaves that row out of the model matrix, and fills the matrix with the rows that are left, over and over.
#          The row with level "s", predicted alone as 40, is 30 beside a row with an unseen level, which gets a number, too.
#          In a batch of three rows the counts do not fit, and it is an error.
# Matters: a server that puts the rows of several clients into one batch, or one client with one new category, returns wrong
#          numbers for good rows. The warning goes to the log, where nobody connects it with them.
# Version: R 4.2 of Debian 12, mgcv 1.8-41
# Seen:    alone 40; with an unseen level beside it 30 and, for the unseen level, 40
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download r-cran-mgcv=1.8-41-1 >/dev/null 2>&1 || { echo "needs Debian 12 with its package lists" >&2; exit 2; }
for package in *.deb; do dpkg --extract "$package" library; done
export R_LIBS="$folder/library/usr/lib/R/site-library:$folder/library/usr/lib/R/library"
cat >finding.R <<'END'
suppressPackageStartupMessages(library(mgcv))
set.seed(1)
rows <- data.frame(level = factor(rep(c("p", "q", "r", "s"), 50)), x = rnorm(200))
rows$y <- 10 * as.integer(rows$level) + rows$x
model <- gam(y ~ s(x) + level, data = rows)
warned <- character()
predicted <- function(levels) withCallingHandlers(
  round(as.vector(predict(model, data.frame(x = 0, level = levels)))),
  warning = function(condition) {
    warned <<- c(warned, conditionMessage(condition))
    invokeRestart("muffleWarning")
  }
)
alone <- predicted("s")
beside <- predicted(c("s", "unseen"))
three <- tryCatch(predicted(c("p", "q", "unseen")), error = function(condition) "an error")
cat("mgcv", format(packageVersion("mgcv")), "\n")
cat("guess:     the row with level s is 40 in every batch\n")
cat("behaviour: a row with an unseen level in the batch makes it another number, with a warning\n")
cat("seen:      alone", alone, "; beside an unseen level", beside, "; three rows", three, "\n")
cat("warnings: ", unique(warned), "\n")
quit(status = if (alone == 40 && identical(beside, c(30, 40)) && identical(three, "an error") && length(warned) > 0) 0 else 1)
END
R_LIBS_SITE="$folder/none" R_LIBS_USER="$folder/none" Rscript --vanilla finding.R
