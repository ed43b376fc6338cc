# The artifact types against the table of the artifact interface in workers/README.md.

#' The members of the table: the names of its parameters where a member is a function, else NULL.
interface <- function(heading = "The artifact interface") {
  lines <- readLines(file.path(WORKER, "..", "README.md"), encoding = "UTF-8")
  from <- which(lines == paste("###", heading))
  expect_same(length(from), 1L, paste("headings", heading))
  section <- lines[-seq_len(from)]
  to <- grep("^#", section)
  if (length(to) > 0) section <- section[seq_len(to[1] - 1)]
  rows <- regmatches(section, regexec("^[|] `([a-z_]+)([(]([a-z_, ]*)[)])?` +[|]", section))
  rows <- rows[lengths(rows) > 0]
  members <- lapply(rows, function(row) if (nzchar(row[3])) strsplit(row[4], ", ")[[1]])
  structure(members, names = vapply(rows, `[`, "", 2))
}

#' Files of artifacts/, without the ending.
type_files <- function() sub("[.]R$", "", list.files(file.path(WORKER, "artifacts"), "[.]R$"))

test("the interface has a table that can be read", {
  members <- interface()
  expect(length(members) >= 9, "only ", length(members), " members were read")
  expect_same(members$rank, NULL)
  expect_same(members$predict, c("model", "table", "target_type", "labels"))
})

test("every file of artifacts/ is a type, and the smallest rank comes first", {
  types <- worker$artifact_types()
  expect_same(length(types), length(type_files()))
  ranks <- vapply(types, function(type) type$rank, 0)
  expect(!is.unsorted(ranks, strictly = TRUE), "the ranks are ", toString(ranks))
  expect_same(anyDuplicated(vapply(types, function(type) type$name, "")), 0L)
})

test("every type defines the whole interface", {
  members <- interface()
  optional <- interface("Optional members of a type")
  expect_same(names(optional), c("signature", "classes"))
  for (type in worker$artifact_types()) {
    for (name in names(members)) {
      expect(exists(name, envir = type, inherits = FALSE), type$name, " does not define ", name)
      member <- get(name, envir = type, inherits = FALSE)
      what <- paste(type$name, name)
      if (is.null(members[[name]])) expect(is.atomic(member) && length(member) > 0, what, " is no value")
      else expect_same(names(formals(member)), members[[name]], what)
    }
    for (name in intersect(names(optional), names(type))) {
      expect_same(names(formals(type[[name]])), optional[[name]], paste(type$name, name))
    }
    expect(
      all(grepl("^[.][a-z0-9]+$", type$extensions)),
      type$name,
      " has the extensions ",
      toString(type$extensions)
    )
    expect(is.character(type$holds) && nzchar(type$holds), type$name, " does not say what its files hold")
  }
})

test("the worker uses no more of a type than the interface", {
  text <- unlist(lapply(file.path(WORKER, sources()), readLines))
  used <- unlist(regmatches(text, gregexpr("\\b(?:type|predictor)[$]\\K[a-z_]+", text, perl = TRUE)))
  expect(length(used) > 5, "only ", length(used), " uses were found")
  members <- c(interface(), interface("Optional members of a type"))
  expect_same(setdiff(used, names(members)), character())
})
