#!/usr/bin/env bash
# Predictions on large integers read by data.table use their bits as decimals
#
# Guess:   fread() reads the identifier 8000000000 as a number that predict() computes with, as read.csv() does.
# Happens: fread() makes an integer64 of it: 64 bits that only the package bit64 knows how to read. Without that package,
#          which data.table merely suggests, predict() takes the bits for a double, about 4e-314, and answers with the
#          intercept. The only warning says that the column will print strangely.
# Matters: whoever swaps read.csv() for the faster fread() gets wrong numbers for columns beyond 2^31 (times in milliseconds,
#          account numbers, large sums), on the machines alone that lack bit64.
# Version: R 4.2 of Debian 12, data.table 1.14.8
# Seen:    read.csv 8, fread 0; class integer64
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download r-cran-data.table=1.14.8+dfsg-1 >/dev/null 2>&1 || { echo "needs Debian 12 with its package lists" >&2; exit 2; }
for package in *.deb; do dpkg --extract "$package" library; done
export R_LIBS="$folder/library/usr/lib/R/site-library:$folder/library/usr/lib/R/library"
cat >finding.R <<'END'
library(data.table)
if (requireNamespace("bit64", quietly = TRUE)) stop("this finding is about a library without bit64; remove it")
model <- lm(y ~ amount, data.frame(amount = c(5e9, 6e9, 7e9, 9e9), y = c(5, 6, 7, 9)))
writeLines(c("amount", "8000000000"), "rows.csv")
plain <- round(unname(predict(model, read.csv("rows.csv"))), 6)
table <- suppressWarnings(fread("rows.csv"))
fast <- round(unname(predict(model, table)), 6)
cat("data.table", format(packageVersion("data.table")), "\n")
cat("guess:     8 from both readers\n")
cat("behaviour: the prediction is that of 0 after fread\n")
cat("seen:      read.csv", plain, ", fread", fast, "; class", class(table$amount), "\n")
quit(status = if (plain == 8 && fast == 0 && class(table$amount) == "integer64") 0 else 1)
END
R_LIBS_SITE="$folder/none" R_LIBS_USER="$folder/none" Rscript --vanilla finding.R
