#!/usr/bin/env bash
# An svm of e1071 reads text columns by the levels that the batch happens to hold
#
# Guess:   predict() gives a row the same class in every batch, and an unseen category is an error or NA.
# Happens: a text column becomes a factor of the texts in the batch, and its dummy columns are taken by position. A batch with
#          four categories is accepted, whichever they are: "a", "p", "q", "r" are predicted as "p", "q", "r", "s" were in
#          training. A batch with fewer categories is an error, a single row always.
# Matters: read.csv() gives texts, no factors, so this is what a server of R models hands over. The class of a row depends on
#          its neighbours, in silence, and one row at a time cannot be predicted at all.
# Version: R 4.2 of Debian 12, e1071 1.7-13
# Seen:    "p" among p, q, r, s is yes, among a, p, q, r it is no; alone an error
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download r-cran-e1071=1.7-13-1 r-cran-class r-cran-proxy >/dev/null 2>&1 || { echo "needs Debian 12 with its package lists" >&2; exit 2; }
for package in *.deb; do dpkg --extract "$package" library; done
export R_LIBS="$folder/library/usr/lib/R/site-library:$folder/library/usr/lib/R/library"
cat >finding.R <<'END'
library(e1071)
set.seed(1)
rows <- data.frame(branch = factor(rep(c("p", "q", "r", "s"), 50)), x = rnorm(200))
rows$y <- factor(ifelse(rows$branch %in% c("p", "s"), "yes", "no"))
model <- svm(y ~ x + branch, rows)
predicted <- function(branches) tryCatch(
  paste(as.character(predict(model, data.frame(x = 0, branch = branches))), collapse = " "),
  error = function(condition) "an error"
)
known <- predicted(c("p", "q", "r", "s"))
shifted <- predicted(c("a", "p", "q", "r"))
alone <- predicted("p")
cat("e1071", format(packageVersion("e1071")), "\n")
cat("guess:     p and s are yes, q and r are no, in every batch; a is refused\n")
cat("behaviour: the places of the texts among those of the batch decide\n")
cat("seen:      p, q, r, s:", known, "; a, p, q, r:", shifted, "; p alone:", alone, "\n")
quit(status = if (known == "yes no no yes" && shifted == known && alone == "an error") 0 else 1)
END
R_LIBS_SITE="$folder/none" R_LIBS_USER="$folder/none" Rscript --vanilla finding.R
