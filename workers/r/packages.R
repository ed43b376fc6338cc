# R packages: which are there, their versions, and what to do where one is missing.

BASE_PACKAGES <- c(
  "base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods", "parallel", "splines", "stats",
  "stats4", "tcltk",
  "tools", "utils"
)

#' Whether the package could be loaded.
is_installed <- function(package) length(find.package(package, quiet = TRUE)) > 0

#' Version of an installed package without loading it; NULL when there is none.
version_of <- function(package) {
  folder <- find.package(package, quiet = TRUE)
  if (length(folder) == 0) return(NULL)
  described <- file.path(folder[1], "Meta", "package.rds")
  if (file.exists(described)) readRDS(described)$DESCRIPTION[["Version"]]
}

#' Versions by name of what is attached beside R itself, and of `needed`.
package_versions <- function(needed) {
  names <- setdiff(unique(c(.packages(), needed)), BASE_PACKAGES)
  versions <- lapply(names, version_of)
  names(versions) <- names
  as_map(versions[!vapply(versions, is.null, NA)])
}

#' Makes the methods of these packages known, which `what` needs. Raises PACKAGE_MISSING.
load_packages <- function(packages, what, progress = function(...) NULL) {
  for (at in seq_along(packages)) {
    progress(sprintf("importing %s (%d of %d)", packages[at], at, length(packages)), at - 1, length(packages))
    tryCatch(
      loadNamespace(packages[at]), packageNotFoundError = function(error) stop(package_missing(what, error))
    )
  }
}

#' The error for a packageNotFoundError, with the command that mends it.
package_missing <- function(what, error, line = NULL, trace = NULL) {
  package <- error$package
  where <- if (is.null(line)) "" else sprintf(" (line %d)", line)
  rscript <- file.path(R.home("bin"), "Rscript")
  install <- sprintf(
    "%s -e 'install.packages(\"%s\")', on Debian also apt-get install r-cran-%s", rscript, package,
    tolower(package)
  )
  form <- "%s needs the package %s%s, which %s lacks; add it: %s"
  worker_error("PACKAGE_MISSING", sprintf(form, what, package, where, R.version.string, install), trace)
}

# Packages of classes that are named otherwise.
CLASS_PACKAGES <- c(
  svm = "e1071", naiveBayes = "e1071", multinom = "nnet", lda = "MASS", qda = "MASS", polr = "MASS",
  rlm = "MASS", gam = "mgcv", xgb.Booster = "xgboost", lgb.Booster = "lightgbm", cv.glmnet = "glmnet",
  C5.0 = "C50", coxph = "survival", survreg = "survival", lme = "nlme", knn3 = "caret", classbagg = "ipred",
  regbagg = "ipred", workflow = "workflows", model_fit = "parsnip"
)

#' The package whose namespace holds the methods of the model's class, none for those of R itself.
package_of_class <- function(model) {
  classes <- class(model)
  if (isS4(model)) return(setdiff(attr(classes, "package"), BASE_PACKAGES))
  known <- CLASS_PACKAGES[intersect(classes, names(CLASS_PACKAGES))]
  if (length(known) > 0) return(known[[1]])
  Find(is_installed, setdiff(classes, BASE_PACKAGES))
}
