# Does what the data ask for, so that every language makes the same mistakes; e2e/four.test.ts compares the
# answers.

load_model <- function(code_dir) "faults"

score <- function(data, model, ...) {
  what <- data$what[1]
  rows <- nrow(data)
  if (what == "raise") stop("no luck with 42")
  if (what == "exit") quit(save = "no", status = 7)
  if (what == "crash") tools::pskill(Sys.getpid(), 6)
  if (what == "sleep") Sys.sleep(60)
  if (what == "print") {
    print("printed by the hook")
    cat("printed by cat\n")
    message("printed by message")
    system("echo printed by a child")
  }
  if (what == "nothing") return(NULL)
  if (what == "text") return("a text")
  if (what == "rows") rows <- rows + 1
  both <- function(yes, no) data.frame(yes = rep(yes, rows), no = rep(no, rows))
  switch(what,
    columns = data.frame(no = rep(0.25, rows), maybe = 0.5),
    labels = data.frame(perhaps = rep(0.5, rows), maybe = 0.5),
    sum = both(0.5, 0.25),
    words = both("much", "little"),
    both(0.75, 0.25)
  )
}
