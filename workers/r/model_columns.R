# What R's model objects say of the columns that they were fitted with: signatures (signature.R).

#' NULL for a model that knows nothing of its columns.
model_signature <- function(model) {
  if (isS4(model) || !is.list(model)) return(NULL)
  fields <- unclass(model)
  reader <- Find(function(class) inherits(model, class), names(COLUMN_READERS))
  terms <- terms_of(fields)
  if (is.null(terms) && !is.null(reader)) COLUMN_READERS[[reader]](fields)
  else if (!is.null(terms)) columns_of_terms(terms, model)
  else if (is.data.frame(prototype_of(fields))) columns_of_frame(prototype_of(fields))
}

#' The terms that predict() reads; gbm() has a name of its own for them.
terms_of <- function(fields) Find(function(value) inherits(value, "terms"), list(fields$terms, fields$Terms))

#' A data.frame with the columns as they were, of hardhat, vetiver, workflows, ipred and others.
prototype_of <- function(fields) {
  candidates <- list(
    fields$ptype, fields$prototype, fields$blueprint$ptypes$predictors,
    fields$pre$mold$blueprint$ptypes$predictors, fields$X
  )
  Find(is.data.frame, candidates)
}

whole <- function(columns) list(columns = unname(columns), is_whole = TRUE)

#' Numbers by their names, where the model has them.
columns_of_numbers <- function(names) if (length(names) > 0) whole(lapply(names, known_column, "float64"))

# -- classes that keep their columns in a way of their own ---------------------------------------------------

#' Numbers are all that is not a factor here, logicals among them.
number_or_flag <- function(name) known_column(name, "float64", takes_flags = TRUE)

level_or_number <- function(name, levels) {
  if (is.character(levels)) known_column(name, "utf8", levels) else number_or_flag(name)
}

#' `fields` of a model without terms to its signature. A reader that comes first wins.
COLUMN_READERS <- list(
  randomForest = function(fields) {
    levels <- fields$forest$xlevels
    whole(Map(level_or_number, names(levels), levels))
  },
  gbm = function(fields) whole(Map(level_or_number, fields$var.names, fields$var.levels)),
  ranger = function(fields) {
    names <- fields$forest$independent.variable.names
    levels <- fields$forest$covariate.levels
    if (!is.null(levels)) whole(Map(level_or_number, names, levels))
    else whole(lapply(names, known_column, "float64", takes_flags = TRUE, may_be_factor = TRUE))
  },
  naiveBayes = function(fields) {
    whole(lapply(names(fields$tables), function(name) {
      if (fields$isnumeric[[name]]) known_column(name, "float64")
      else known_column(name, "utf8", colnames(fields$tables[[name]]))
    }))
  },
  svm = function(fields) columns_of_numbers(colnames(fields$SV)),
  lda = function(fields) columns_of_numbers(colnames(fields$means)),
  qda = function(fields) columns_of_numbers(colnames(fields$means)),
  knn3 = function(fields) columns_of_numbers(colnames(fields$learn$X)),
  knnreg = function(fields) columns_of_numbers(colnames(fields$learn$X)),
  nls = function(fields) {
    list(columns = unname(lapply(names(fields$dataClasses), known_column, "float64")), is_whole = FALSE)
  }
)

# -- prototypes ----------------------------------------------------------------------------------------------

columns_of_frame <- function(frame) {
  whole(lapply(names(frame), function(name) {
    column <- frame[[name]]
    if (is.factor(column)) known_column(name, "utf8", levels(column), is_ordered = is.ordered(column))
    else if (is.character(column)) known_column(name, "utf8")
    else if (is.logical(column)) known_column(name, "bool")
    else if (inherits(column, "Date")) known_column(name, "date")
    else if (is.numeric(column)) known_column(name, "float64")
    else known_column(name)
  }))
}

# -- terms ---------------------------------------------------------------------------------------------------

# Functions of numbers alone, in which a column of a formula may stand.
OF_NUMBERS <- c(
  "+", "-", "*", "/", "^", "%%", "%/%", "(", "I", "offset", "abs", "exp", "expm1", "log", "log1p", "log2",
  "log10", "sqrt", "sin", "cos", "tan", "round", "floor", "ceiling", "pmin", "pmax", "scale", "poly", "ns",
  "bs", "rcs", "s", "te", "ti", "t2", "lo"
)

#' Variables of the formula; its response is none of them. What else a method looks for in the data stays.
columns_of_terms <- function(terms, model) {
  terms <- stats::delete.response(terms)
  groups <- if (is.data.frame(model$groups)) lapply(names(model$groups), known_column, "utf8") # lme()
  columns <- lapply(variables_in(terms), columns_of_variable, terms, model)
  columns <- c(unlist(columns, recursive = FALSE), groups)
  names <- vapply(columns, `[[`, "", "name")
  # Of two that speak of a column, the one that knows more counts.
  types <- vapply(columns, function(column) if (is.null(column$type)) "none" else column$type, "")
  best <- order(match(types, c("float64", "utf8", "bool", "none")))
  list(columns = columns[best][match(unique(names), names[best])], is_whole = FALSE)
}

variables_in <- function(terms) as.list(attr(terms, "variables"))[-1]

columns_of_variable <- function(variable, terms, model) {
  name <- variable_name(variable)
  class <- class_of_variable(name, terms, model)
  if (is.symbol(variable)) return(list(column_of_class(name, class, model)))
  used <- parts_of(variable)
  names <- Filter(function(name) !is_bound(name, environment(terms)), used$variables)
  is_factor <- length(names) == 1 && all(used$functions %in% c("factor", "as.factor"))
  levels <- if (is_factor) levels_in(model, name)
  is_number <- grepl("numeric|matrix", class) && all(used$functions %in% OF_NUMBERS)
  if (is_number) lapply(names, known_column, "float64")
  else if (anyNA(suppressWarnings(as.numeric(levels)))) list(known_column(names, "utf8", levels))
  else lapply(names, known_column)
}

#' In the words of the attribute dataClasses; of a model that has none, by what it keeps of its data.
class_of_variable <- function(name, terms, model) {
  classes <- attr(terms, "dataClasses")
  if (name %in% names(classes)) return(classes[[name]])
  for (frame in frames_in(model)) if (name %in% names(frame)) return(stats::.MFclass(frame[[name]]))
  "other"
}

column_of_class <- function(name, class, model) {
  if (class == "numeric") return(known_column(name, "float64"))
  if (class == "logical") return(known_column(name, "bool"))
  if (!class %in% c("factor", "ordered", "character")) return(known_column(name))
  levels <- levels_in(model, name)
  known_column(name, "utf8", levels, is_ordered = class == "ordered", lacks_levels = is.null(levels))
}

#' Functions and variables of an expression; a `package::name` counts as its name.
parts_of <- function(expression) {
  if (missing(expression)) return(NULL)
  if (is.symbol(expression)) return(list(functions = character(), variables = as.character(expression)))
  if (!is.call(expression)) return(list(functions = character(), variables = character()))
  head <- expression[[1]]
  if (is.call(head) && as.character(head[[1]]) %in% c("::", ":::")) head <- head[[3]]
  parts <- lapply(as.list(expression)[-1], parts_of)
  functions <- c(if (is.symbol(head)) as.character(head), unlist(lapply(parts, `[[`, "functions")))
  list(functions = functions, variables = unique(unlist(lapply(parts, `[[`, "variables"))))
}

#' A variable as stats::model.frame() names it.
variable_name <- function(variable) {
  if (is.symbol(variable)) return(as.character(variable))
  paste(deparse(variable, width.cutoff = 500L, backtick = TRUE), collapse = " ")
}

#' Whether the formula brings a value of this name with it, such as the k of ns(x, k), from the function
#' that made it. What the global environment or a package has of that name says nothing: pressure is a
#' data set of R.
is_bound <- function(name, environment) {
  if (!is.environment(environment)) return(FALSE)
  outermost <- topenv(environment)
  while (!identical(environment, outermost)) {
    value <- get0(name, envir = environment, inherits = FALSE)
    if (!is.null(value)) return(!is.function(value))
    environment <- parent.env(environment)
  }
  FALSE
}

#' The levels of a column wherever the model may keep them; NULL where it does not.
levels_in <- function(model, name) {
  fields <- unclass(model)
  known <- list(
    fields$xlevels[[name]], attr(model, "xlevels")[[name]], fields$forest$xlevels[[name]],
    if (name %in% fields$var.names) fields$var.levels[[match(name, fields$var.names)]],
    if (is.matrix(fields$contrasts[[name]])) rownames(fields$contrasts[[name]])
  )
  levels <- Find(is.character, known)
  for (frame in frames_in(model)) if (is.null(levels)) levels <- levels(frame[[name]])
  if (is.null(levels) && inherits(model, "svm")) levels_of_svm(fields, name) else levels
}

#' What the model keeps of its data.
frames_in <- function(model) Filter(is.data.frame, unclass(model)[c("model", "data")])

#' svm() keeps a column a level of the first factor alone; of any other it leaves the first level out.
levels_of_svm <- function(fields, name) {
  terms <- stats::delete.response(fields$terms)
  variables <- vapply(variables_in(terms), variable_name, "")
  is_factor <- attr(terms, "dataClasses")[variables] %in% c("factor", "ordered", "character", "logical")
  is_first <- identical(variables[is_factor][1], name)
  if (!is_first || sum(startsWith(variables, name)) > 1) return(NULL)
  codes <- grep("^[^:]*$", colnames(fields$SV), value = TRUE)
  substring(codes[startsWith(codes, name)], nchar(name) + 1)
}

# -- recipes -------------------------------------------------------------------------------------------------

#' Predictors of a trained recipe. What becomes of a level that is new is for its steps to say.
columns_of_recipe <- function(recipe) {
  about <- recipe$var_info
  rows <- which(about$role %in% "predictor" & about$source == "original")
  columns <- lapply(rows, function(row) {
    name <- about$variable[[row]]
    types <- about$type[[row]]
    known <- recipe$orig_lvls[[name]]
    if (isTRUE(known$factor)) {
      return(known_column(name, "utf8", known$values, is_ordered = isTRUE(known$ordered), is_open = TRUE))
    }
    words <- c(numeric = "float64", logical = "bool", string = "utf8", nominal = "utf8", date = "date")
    type <- words[intersect(names(words), types)]
    known_column(name, if (length(type) > 0) type[[1]])
  })
  list(columns = columns, is_whole = FALSE)
}
