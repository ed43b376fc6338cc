# The target type transform: what the hook gets and may return, and matrices that stay sparse.

TRANSFORM_CSV <- "a,what\n1.5,x\n-2,y\n"
TARGET <- list(kind = "bytes", data = charToRaw("y\n1\n0\n"), mimetype = "text/csv", charset = NULL)

#' What the request transform answers to a hook of this text.
transform_with <- function(hook, params, ...) {
  answer <- NULL
  with_model(list(custom.R = paste0(LOAD, hook)), function(process, loaded) {
    expect_same(loaded$result$predictor, NULL)
    answer <<- call_worker(process, "transform", params)
  }, target_type = "transform", ...)
  answer
}

request <- function(...) c(csv_payload(TRANSFORM_CSV), list(sparse = TRUE, ...))

test("a hook of two, three or any number of parameters gets as many", {
  hooks <- c(
    "transform <- function(data, model) data.frame(n = rep(nargs(), nrow(data)))",
    "transform <- function(data, model, y = NULL)
       data.frame(n = rep(nargs(), nrow(data)), y = if (is.null(y)) NA else y$y)",
    "transform <- function(data, model, ...)
       data.frame(n = rep(nargs(), nrow(data)), y = if (is.null(..1)) NA else ..1$y)"
  )
  for (at in seq_along(hooks)) {
    without <- transform_with(hooks[at], request())$result
    with_target <- transform_with(hooks[at], request(target = TARGET))$result
    expect_same(columns_of(without$table)$n, rep(if (at == 1) 2L else 3L, 2))
    expect_same(without["target"], list(target = NULL))
    if (at > 1) expect_same(columns_of(with_target$table)$y, 1:0)
    expect_same(columns_of(with_target$target), list(y = 1:0))
    expect_same(with_target$rows, 2)
  }
})

test("the target is never read by read_input_data", {
  hook <- paste0(
    "read_input_data <- function(x) data.frame(n = rep(length(x), 2))\ntransform <- function(data, model, ",
    "y) cbind(data, y)"
  )
  expect_same(
    columns_of(transform_with(hook, request(target = TARGET))$result$table),
    list(n = rep(nchar(TRANSFORM_CSV), 2), y = 1:0)
  )
})

test("a target of other rows is refused before the hook runs", {
  hook <- "transform <- function(data, model, y) quit('no', 7)"
  error <- transform_with(hook, request(target = modifyList(TARGET, list(data = charToRaw("y\n1\n")))))$error
  expect_same(error$code, "INPUT_UNREADABLE")
  expect_in("the target has 1 rows for 2 of input", error$message)
  expect_same(transform_with(hook, request(target = 5))$error$code, "PARAMS_INVALID")
})

#' A hook that returns what the data's one cell says, in R.
EVALUATES <- paste0(LOAD, "transform <- function(data, model, y) {
  names <- list(NULL, c('u', 'v'))
  m <- Matrix::sparseMatrix(i = c(1, 2), j = c(1, 2), x = c(1.5, -2), dims = c(2, 2), dimnames = names)
  eval(parse(text = data$what[1]))
}")
KINDS_OF_MATRIX <- list(
  "m" = "float64", "methods::as(m, 'TsparseMatrix')" = "float64",
  "methods::as(m, 'RsparseMatrix')" = "float64",
  "Matrix::Diagonal(x = c(1.5, -2))" = "float64", "Matrix::forceSymmetric(m)" = "float64", "m != 0" = "int64",
  "methods::as(m, 'nMatrix')" = "int64"
)

EVALUATING <- list(custom.R = EVALUATES)

test("what the hook returns", {
  with_model(EVALUATING, target_type = "transform", check = function(process, loaded) {
    transformed <- function(text, ...) {
      call_worker(process, "transform", c(csv_payload(sprintf("what\n\"%s\"\nb\n", text)), list(...)))
    }
    for (returned in c("NULL", "list(data, 1)", "1:3", "'text'")) {
      error <- transformed(returned, sparse = TRUE)$error
      expect_same(error$code, "HOOK_RESULT_INVALID")
      expect_in("transform returned", error$message)
    }
    for (kind in names(KINDS_OF_MATRIX)) {
      result <- transformed(kind, sparse = TRUE)$result
      expect_same(result["table"], list(table = NULL), kind)
      matrix <- result$matrix
      expect_same(matrix$type, KINDS_OF_MATRIX[[kind]], kind)
      expect_same(matrix$names, if (grepl("Diagonal", kind)) list("0", "1") else list("u", "v"), kind)
      expect_same(readBin(matrix$starts, "integer", 9), 0:2, kind)
      expect_same(readBin(matrix$row_indices, "integer", 9), 0:1, kind)
      values <-
        if (matrix$type == "float64") readBin(matrix$values, "double", 9)
        else worker$wide_of(matrix$values, 2)
      expect_same(values, if (matrix$type == "float64") c(1.5, -2) else c(1, 1), kind)
      # Who does not ask for matrices gets their numbers in a table.
      table <- transformed(kind)$result
      expect_same(table["matrix"], list(matrix = NULL), kind)
      expect_same(as.double(columns_of(table$table)[[1]]), c(values[1], 0), kind)
    }
    result <- transformed("Matrix::Matrix(c(1, 2, 3, 4), 2)", sparse = TRUE)$result
    expect_same(result["matrix"], list(matrix = NULL))
    expect_same(columns_of(result$table), list("0" = c(1, 2), "1" = c(3, 4)))
  })
})

test("what cannot transform is refused when it is loaded", {
  process <- start_worker()
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  refuse <- function(files, code, words) {
    error <- call_worker(process, "load", load_params(files, target_type = "transform"))$error
    expect_same(error$code, code)
    expect_in(words, error$message)
  }
  refuse(list(model.rds = lm(mpg ~ wt, mtcars)), "ARTIFACT_UNSUPPORTED", "define a transform hook")
  refuse(
    list(custom.R = paste0(LOAD, "score <- function(data, model) data")), "ARTIFACT_UNSUPPORTED",
    "define a transform hook"
  )
  refuse(list(custom.R = "transform <- function(data, model) data"), "ARTIFACT_MISSING", "load_model")
})

for (vector in accepted(read_vectors("matrices"))) {
  # R has no float32, and integers of 32 bits.
  if (!vector$value[[1]]$type == "float64") next
  test(paste("matrix", vector$name), {
    sent <- worker$wire$decode(vector$data)
    ints <- function(name) readBin(sent[[name]], "integer", length(sent[[name]]) / 4)
    matrix <- methods::new(
      getClass("dgCMatrix", where = asNamespace("Matrix")), i = ints("row_indices"), p = ints("starts"),
      x = readBin(sent$values, "double", 100), Dim = as.integer(c(sent$rows, length(sent$names))),
      Dimnames = list(NULL, unlist(sent$names))
    )
    expect(
      any(vapply(vector$canonical, identical, NA, worker$wire$encode(worker$matrix_to_wire(matrix)))),
      "another matrix"
    )
  })
}

#' A recipe of a real data set that centres, makes dummies and drops the target, trained or not.
cars_recipe <- function(is_trained) {
  cars <- datasets::mtcars
  cars$gears <- ifelse(cars$gear > 3, "many", "few")
  steps <- recipes::recipe(mpg ~ hp + wt + gears, data = cars)
  steps <- recipes::step_dummy(recipes::step_center(steps, hp, wt), gears)
  list(cars = cars, recipe = if (is_trained) recipes::prep(steps, training = cars) else steps)
}

with_recipe <- function(is_trained, check, target_type = "transform") {
  made <- cars_recipe(is_trained)
  with_model(
    list(model.rds = made$recipe),
    function(process, loaded) check(process, loaded, made),
    target_type = target_type
  )
}

test("a trained recipe transforms without a hook", with_recipe(TRUE, function(process, loaded, made) {
  expect_same(loaded$result$predictor, "recipes")
  rows <- made$cars[1:3, c("hp", "wt", "gears")]
  text <- paste(
    c("hp,wt,gears", apply(rows, 1, function(row) paste(trimws(row), collapse = ","))), collapse = "\n"
  )
  columns <- columns_of(call_worker(process, "transform", csv_payload(paste0(text, "\n")))$result$table)
  expected <- as.list(as.data.frame(recipes::bake(made$recipe, new_data = rows)))
  expect_same(names(columns), names(expected))
  for (name in names(expected)) expect_same(as.numeric(columns[[name]]), as.numeric(expected[[name]]))
  error <- call_worker(process, "transform", csv_payload("hp\n1\n"))$error
  expect_same(error$code, "INPUT_INVALID")
  expect_in("the model needs the columns \"wt\", \"gears\"", error$message)
}))

test("a recipe that was not trained, or is to predict, is refused", {
  refusal_of <- function(...) {
    tryCatch(with_recipe(..., check = function(process, loaded, made) "none"), error = conditionMessage)
  }
  expect_in(
    paste0(
      "ARTIFACT_UNSUPPORTED: the model is a value of class recipe, which was not trained: save what prep() ",
      "returns"
    ),
    refusal_of(FALSE)
  )
  expect_in("transforms rows and predicts nothing", refusal_of(TRUE, target_type = "regression"))
})
