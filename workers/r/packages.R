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

# Packages of classes that are named otherwise, for when they are not installed.
CLASS_PACKAGES <- c(
  svm = "e1071", naiveBayes = "e1071", multinom = "nnet", lda = "MASS", qda = "MASS", polr = "MASS",
  rlm = "MASS", lqs = "MASS", gam = "mgcv", xgb.Booster = "xgboost", lgb.Booster = "lightgbm",
  cv.glmnet = "glmnet", C5.0 = "C50", coxph = "survival", survreg = "survival", lme = "nlme", gls = "nlme",
  knn3 = "caret", knnreg = "caret", classbagg = "ipred", regbagg = "ipred", party = "partykit",
  workflow = "workflows", model_fit = "parsnip"
)

#' The package whose namespace holds the methods of the model's class, none for those of R itself.
package_of_class <- function(model) {
  if (isS4(model)) return(setdiff(attr(class(model), "package"), BASE_PACKAGES))
  for (class in oldClass(model)) {
    if (class %in% names(CLASS_PACKAGES)) return(CLASS_PACKAGES[[class]])
    method <- utils::getS3method("predict", class, optional = TRUE, envir = globalenv())
    if (!is.null(method)) return(package_of_function(method))
    wanted <- paste0("predict.", class)
    package <- packages_where(function(about) wanted %in% c(about$exports, methods_in(about)))
    if (length(package) > 0) return(if (class %in% package) class else package[1])
    if (is_installed(class)) return(class)
  }
  NULL
}

package_of_function <- function(method) {
  setdiff(environmentName(topenv(environment(method))), c(BASE_PACKAGES, "R_GlobalEnv"))
}

#' Installed packages whose namespace, read without loading it, is so.
packages_where <- function(is_so) {
  folders <- list.dirs(.libPaths(), recursive = FALSE)
  folders <- folders[!duplicated(basename(folders))]
  about <- file.path(folders, "Meta", "nsInfo.rds")
  is_there <- file.exists(about)
  is_found <- vapply(about[is_there], function(file) is_so(readRDS(file)), NA)
  basename(folders[is_there][is_found])
}

#' S3 methods that a namespace registers, as generic.class.
methods_in <- function(about) {
  methods <- about$S3methods
  if (length(methods) > 0) paste(methods[, 1], methods[, 2], sep = ".")
}

#' Attaches what defines the functions of a model's formula, which predict() evaluates among the data: ns() of
#' splines and the like. Raises ARTIFACT_UNSUPPORTED.
attach_for_formula <- function(model) {
  terms <- if (is.list(model) && !isS4(model)) terms_of(unclass(model))
  if (is.null(terms)) return(invisible())
  terms <- stats::delete.response(terms)
  scope <- if (is.environment(environment(terms))) environment(terms) else globalenv()
  functions <- lapply(variables_in(terms), function(variable) parts_of(variable)$functions)
  for (name in unique(unlist(functions))) {
    if (exists(name, scope, mode = "function")) next
    packages <- packages_where(function(about) name %in% about$exports)
    own <- intersect(c(package_of_class(model), BASE_PACKAGES), packages)
    package <- c(own, if (length(packages) == 1) packages)[1]
    if (is.na(package)) {
      form <- paste0(
        "the formula of the model calls %s(), which %s; add library(PACKAGE) to custom.R, ",
        "or define a score hook"
      )
      what <- if (length(packages) == 0) "no installed package exports" else paste(named(packages), "export")
      fail("ARTIFACT_UNSUPPORTED", form, name, what)
    }
    library(package, character.only = TRUE, warn.conflicts = FALSE)
  }
}

# Packages that DRUM attaches before it reads a hook file.
HOOK_PACKAGES <- c("Matrix", "caret", "recipes", "stringi")

#' Attaches those of them that are installed and have a function that the expressions name and nobody defines.
attach_for_hooks <- function(expressions) {
  names <- setdiff(all.names(expressions, unique = TRUE), assigned_in(expressions))
  names <- Filter(function(name) !exists(name, globalenv()), names)
  if (length(names) == 0) return(invisible())
  for (package in Filter(is_installed, HOOK_PACKAGES)) {
    about <- readRDS(file.path(find.package(package), "Meta", "nsInfo.rds"))
    if (!any(names %in% c(about$exports, about$exportMethods))) next
    suppressPackageStartupMessages(library(package, character.only = TRUE, warn.conflicts = FALSE))
  }
}

#' Names that expressions give values to, the parameters of functions among them.
assigned_in <- function(expression) {
  if (missing(expression)) return(character())
  if (is.expression(expression)) return(unlist(lapply(expression, assigned_in)))
  if (is.pairlist(expression)) return(c(names(expression), unlist(lapply(expression, assigned_in))))
  if (!is.call(expression)) return(character())
  head <- expression[[1]]
  is_assignment <- is.symbol(head) && as.character(head) %in% c("<-", "=", "<<-", "for")
  own <- if (is_assignment) as.character(expression[[2]])
  c(own, unlist(lapply(as.list(expression)[-1], assigned_in)))
}
