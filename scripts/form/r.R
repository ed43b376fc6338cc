# Lints every R file of the repository by the rules of .lintr: `Rscript scripts/form/r.R`. Prints a line a
# lint, then how many files were checked; exits 1 when there is any lint. Needs the package lintr.

here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])))
setwd(file.path(here, "..", ".."))

if (!requireNamespace("lintr", quietly = TRUE)) {
  message("scripts/form/r.R needs the R package lintr; on Debian: apt-get install r-cran-lintr")
  quit("no", 1)
}

#' Files that git knows or would take, so that nothing installed or built is linted.
r_files <- function() {
  words <- c("ls-files", "--cached", "--others", "--exclude-standard", "--", shQuote("*.R"), shQuote("*.r"))
  found <- system2("git", words, stdout = TRUE)
  sort(found[file.exists(found)])
}

line_of <- function(lint) {
  sprintf("%s:%d:%d: %s (%s)", lint$filename, lint$line_number, lint$column_number, lint$message, lint$linter)
}

#' Lines that are not indented by a multiple of two: Debian's lintr has no linter for it. Lines inside of
#' strings do not count.
odd_indents <- function(file) {
  tokens <- utils::getParseData(parse(file, keep.source = TRUE, encoding = "UTF-8"), includeText = FALSE)
  tokens <- tokens[tokens$terminal, ]
  in_strings <- unlist(Map(seq_len, tokens$line2 - tokens$line1)) +
    rep(tokens$line1, tokens$line2 - tokens$line1)
  first <- tokens[!duplicated(tokens$line1) & !tokens$line1 %in% in_strings, ]
  odd <- first[first$col1 %% 2 == 0, ]
  sprintf("%s:%d:%d: Indent by a multiple of two spaces. (indentation)", file, odd$line1, odd$col1)
}

files <- r_files()
if (length(files) == 0) stop("git lists no R files; run this in a checkout of the repository")
options(lintr.linter_file = file.path(getwd(), ".lintr"))
lints <- unlist(lapply(files, function(file) {
  found <- lintr::lint(file)
  c(vapply(found, function(lint) line_of(replace(lint, "filename", file)), ""), odd_indents(file))
}))
if (length(lints) > 0) writeLines(lints)
cat(sprintf("%d R files checked, %d lints\n", length(files), length(lints)))
quit("no", if (length(lints) > 0) 1 else 0)
