# The packages of this environment, by their names in R; sourced by the other scripts.
packages="caret Matrix recipes randomForest rpart nnet MASS e1071 stringi"

# The names that Debian has for them, with R itself.
debian_packages="r-base-core $(for name in $packages; do printf 'r-cran-%s ' "$name" | tr '[:upper:]' '[:lower:]'; done)"

# Those of them that the R at $1 lacks, one a line.
missing_packages() {
  "$1" --vanilla -e 'writeLines(Filter(function(name) length(find.package(name, quiet = TRUE)) == 0, commandArgs(TRUE)))' $packages
}
