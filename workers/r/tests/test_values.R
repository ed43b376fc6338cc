# The vectors of values and messages through this worker's reader and writer.

is_among <- function(bytes, forms) any(vapply(forms, identical, NA, bytes))

check_value <- function(vector) {
  value <- worker$wire$decode(vector$data)
  expect(is_same(value, vector$value[[1]]), "read as another value")
  expect(is_among(worker$wire$encode(value), vector$canonical), "written in another form")
  for (form in vector$canonical) {
    expect(
      is_among(worker$wire$encode(worker$wire$decode(form)), vector$canonical),
      "a canonical form is written in another"
    )
  }
}

for (file in c("values", "messages")) {
  vectors <- read_vectors(file)
  for (vector in accepted(vectors)) test(paste("value", vector$name), check_value(vector))
}

for (vector in refused(read_vectors("values"))) {
  test(paste("value", vector$name), expect_code(vector$verdict, worker$wire$decode(vector$data)))
}

for (vector in accepted(read_vectors("messages"))) {
  test(paste("message", vector$name), {
    value <- worker$wire$decode(vector$data)
    kind <- vector$value[[1]][[1]]
    if (kind == 1) expect_code("MESSAGE_INVALID", worker$read_request(value))
    parts <- if (kind == 2) c(list(0), vector$value[[1]][2:3]) else vector$value[[1]][2:4]
    if (kind != 1) {
      expect(is_same(unname(worker$read_request(value)), unname(parts)), "read as another message")
    }
  })
}

for (vector in refused(read_vectors("messages"))) {
  test(
    paste("message", vector$name),
    expect_code(vector$verdict, worker$read_request(worker$wire$decode(vector$data)))
  )
}

test("both encoders write the same bytes, and refuse the same", {
  values <- list(
    NULL, TRUE, NA, 1L, NA_integer_, -3.5, NA_real_, "\u00e9", NA_character_, list(), worker$as_map(list()),
    list(a = 1L, b = list("x")), raw(300)
  )
  for (value in values) expect_same(worker$wire$encode(value), worker$encode(value))
  for (value in list(1:2, character(), 1i, sum, list(quote(x)))) {
    expect_code("VALUE_TYPE", worker$wire$encode(value))
  }
  deep <- 1
  for (at in 1:64) deep <- list(deep)
  expect_same(worker$wire$decode(worker$wire$encode(deep)), deep)
  expect_code("VALUE_DEPTH", worker$wire$encode(list(deep)))
})
