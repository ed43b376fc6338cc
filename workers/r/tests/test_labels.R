# Columns get back the labels that R's repair of names has changed.

relabelled <- function(names, labels) {
  frame <- structure(as.list(seq_along(names)), names = names, class = "data.frame", row.names = 1L)
  names(worker$with_labels(frame, labels))
}

test("columns with the labels' names stay as they are", {
  expect_same(relabelled(c("b", "a"), c("a", "b")), c("b", "a"))
  expect_same(relabelled(c("0", "1", "more"), c("1", "0")), c("0", "1", "more"))
  expect_same(relabelled(c("a b", "a.b"), c("a.b", "a b")), c("a b", "a.b"))
  expect_same(relabelled("Predictions", NULL), "Predictions")
})

test("repaired names become the labels, and others stay", {
  expect_same(relabelled(c("a.b", "X1", "x.y", "more"), c("x-y", "a b", "1")), c("a b", "1", "x-y", "more"))
  expect_same(relabelled(c("if.", "X_a", "\u00e9.t"), c("if", "_a", "\u00e9 t")), c("if", "_a", "\u00e9 t"))
})

test("X and a number is the label of that number", {
  expect_same(relabelled(c("X7.1", "X3"), c("7.10", "3.0")), c("7.10", "3.0"))
  expect_same(relabelled(c("X1e5", "Xabc"), c("100000", "abc")), c("100000", "Xabc"))
  expect_same(relabelled(c("X1", "X2"), c("X2", "1")), c("1", "X2"))
})

test("a name that may be two labels is refused", {
  error <- tryCatch(relabelled(c("a.b", "c"), c("a b", "a-b")), error = identity)
  expect_same(error$code, "HOOK_RESULT_INVALID")
  expect_in("\"a b\" and \"a-b\"", error$message)
  expect_code("HOOK_RESULT_INVALID", relabelled(c("a.b", "a.b.1"), c("a b", "a.b")))
})

test("labels that no column matches are left to the supervisor", {
  expect_same(relabelled(c("TRUE.", "other"), c("yes", "no")), c("TRUE.", "other"))
})

test("results of score and of a predictor are relabelled", {
  score <- paste0(LOAD, "score <- function(data, model) data.frame(`a b` = 0.25, `1` = 0.75)")
  with_model(list(custom.R = score), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list("a b" = 0.25, "1" = 0.75))
  }, target_type = "binary", positive_class_label = "1", negative_class_label = "a b")
  model <- structure(list(), class = "my_model")
  predictor <- "predict.my_model <- function(object, newdata, type) data.frame(`x y` = 1, z = 0)
    registerS3method('predict', 'my_model', predict.my_model, globalenv())"
  with_model(list(custom.R = predictor, model.rds = model), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list("x y" = 1, z = 0))
  }, target_type = "multiclass", class_labels = list("z", "x y"))
})
