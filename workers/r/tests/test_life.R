# The life of a real worker process: hello, requests, broken frames, the end of input; and what user code may
# do meanwhile.

with_worker <- function(check, ...) {
  process <- start_worker(...)
  on.exit(suppressWarnings(try(finish(process), silent = TRUE)))
  check(process)
}

test("hello comes first and says who speaks", with_worker(function(process) {
  hello <- receive(process)
  expect_same(hello[1:2], list(2, "hello"))
  said <- hello[[3]]
  expect_same(said$protocol, 1)
  expect_same(said$language, "r")
  expect_same(said$language_version, as.character(getRversion()))
  expect(file.access(said$executable, 1) == 0, "executable: ", said$executable)
  expect_same(said$capabilities$payloads, list("bytes", "file", "table"))
  expect_same(said$capabilities$concurrency, 1)
  for (method in said$capabilities$methods) {
    code <- call_worker(process, method)$error$code
    expect(!identical(code, "METHOD_UNKNOWN"), method, " is announced but unknown")
  }
}))

test("the version and language are those of worker.json", {
  described <- paste(readLines(file.path(WORKER, "worker.json")), collapse = "")
  expect_in(sprintf("\"version\": \"%s\"", worker$WORKER_VERSION), described)
  expect_in("\"language\": \"r\"", described)
})

test("requests are refused by name, before load and when unknown", with_worker(function(process) {
  expect_same(call_worker(process, "ping")$result, worker$as_map(list()))
  for (method in c("predict", "transform", "post_process", "score_unstructured", "chat", "models")) {
    expect_same(call_worker(process, method)$error$code, "NOT_LOADED")
  }
  for (method in c("train", "", "methods", "main")) {
    expect_same(call_worker(process, method)$error$code, "METHOD_UNKNOWN")
  }
  expect_in(
    "\"train\" is no method of this worker; it has call, chat, fit, load, models, ping",
    call_worker(process, "train")$error$message
  )
}))

test("load checks its fields", with_worker(function(process) {
  good <- load_params(list())
  for (field in c("code_directory", "target_type", "artifacts")) {
    for (value in list(NULL, 5, as.raw(1))) {
      bad <- good
      bad[field] <- list(value)
      error <- call_worker(process, "load", bad)$error
      expect_same(error$code, "PARAMS_INVALID")
      expect_in(field, error$message)
    }
  }
  good$hooks <- list(1)
  expect_same(call_worker(process, "load", good)$error$code, "PARAMS_INVALID")
}))

test("frames that hold no message are answered with id 0, and the worker goes on", {
  with_worker(function(process) {
    receive(process)
    for (body in list(as.raw(0xC1), raw(0), as.raw(c(0xC0, 0xC0)), as.raw(0x90))) {
      send_bytes(process, c(writeBin(length(body), raw(), endian = "little"), body))
      answer <- receive(process)
      expect_same(answer[1:2], list(1, 0))
    }
    expect_same(call_worker(process, "ping")$error, NULL)
  })
})

test("a frame that cannot be delimited is answered and ends the worker with 65", {
  for (bytes in list(as.raw(c(255, 255, 255, 127)), as.raw(c(9, 0, 0, 0, 1)))) {
    process <- start_worker()
    receive(process)
    send_bytes(process, bytes)
    close(process$input)
    answer <- receive(process)
    expect_same(answer[[2]], 0)
    expect(answer[[3]]$code %in% c("FRAME_TOO_LARGE", "FRAME_TRUNCATED"), answer[[3]]$code)
    expect_same(receive(process), NULL)
    expect_same(wait(process), 65L)
    close(process$output)
  }
})

test("requests that come at once are answered in order, and the end of input is status 0", {
  process <- start_worker()
  send(
    process,
    list(0, 1, "ping", worker$as_map(list())),
    list(2, "cancel", list(id = 1)),
    list(0, 2, "nope", worker$as_map(list()))
  )
  answers <- list(receive(process), receive(process), receive(process))
  expect_same(vapply(answers[2:3], function(answer) answer[[2]], 0), c(1, 2))
  expect_same(finish(process), 0L)
})

test("without its variables the worker says what it is", {
  output <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), file.path(WORKER, "main.R"), stdout = TRUE, stderr = TRUE
  ))
  expect_same(attr(output, "status"), 64L)
  expect_in("DRUM_PROTOCOL_IN", paste(output, collapse = "\n"))
})

NOISE <- r"[
load_model <- function(code_dir) 1
score <- function(data, model) {
  print("from print"); cat("from cat\n"); message("from message"); warning("from warning")
  sapply(1:2, print); system("echo from a child; echo from its stderr >&2; cat")
  writeLines("from stderr()", stderr())
  system("printf '\\001\\000\\000\\000\\300 a frame of our own\\n'"); cat("from stdout()\n", file = stdout())
  cat("read", length(readLines(file("stdin"))), length(readLines(stdin())), "lines\n"); readline("prompt? ")
  sink(tempfile()); print("into the sink")
  cat("variables", Sys.getenv("DRUM_PROTOCOL_IN"), Sys.getenv("R_DEFAULT_PACKAGES"), "end\n", file = stderr())
  cat("unfinished", file = stderr())
  data.frame(Predictions = data$a)
}]"

test("prints of every kind go to the log, never into a frame; reading finds the end", {
  with_model(list(custom.R = NOISE), function(process, loaded) {
    for (time in 1:2) expect_same(predict_csv(process, "a\n1\n2\n"), list(Predictions = 1:2))
    log <- log_of(process)
    wanted <- c(
      "from print", "from cat", "from message", "from warning", "[1] 2", "from a child", "from its stderr",
      "from stderr()",
      "a frame of our own", "from stdout()", "read 0 0 lines", "variables   end", "unfinished"
    )
    for (words in wanted) expect_in(words, log)
  })
})

#' What loads a shared object that prints and writes as native code does; empty where there is no compiler.
native_code <- function(text) {
  folder <- code_folder(list(noise.c = text))
  log <- system(sprintf("cd %s && R CMD SHLIB noise.c 2>&1", shQuote(folder)), intern = TRUE)
  file.path(folder, "noise.so")
}

test("native code prints to the log, with and without a line end", {
  object <- native_code('#include <stdio.h>
    #include <unistd.h>
    void noise(void) {
      puts("from puts"); printf("from printf"); if (write(1, "from write\\n", 11) < 0) return;
    }')
  score <- paste0(
    "score <- function(data, model) { dyn.load('%s'); .C('noise'); print('done'); data.frame(Predictions = ",
    "data$a) }"
  )
  hook <- paste0(LOAD, sprintf(score, object))
  with_model(list(custom.R = hook), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list(Predictions = 1L))
    expect_same(predict_csv(process, "a\n2\n"), list(Predictions = 2L))
    finish(process)
    for (words in c("from puts", "from printf", "from write")) expect_in(words, log_of(process))
  })
})

test("a hook may end the process", {
  process <- start_worker()
  params <- load_params(list(custom.R = paste0(LOAD, "score <- function(data, model) quit('no', 3)")))
  expect_same(call_worker(process, "load", params)$error, NULL)
  send(process, list(0, 9, "predict", csv_payload("a\n1\n")))
  expect_same(receive(process), NULL)
  expect_same(wait(process), 3L)
  close(process$input)
  close(process$output)
})

test("an interrupt in a hook is answered, and the worker goes on", {
  hook <- paste0(LOAD, "score <- function(data, model) {
    if (data$a[1] == 1) {
      tools::pskill(Sys.getpid(), 2)
      for (i in 1:1000) Sys.sleep(0.01)
    }
    data.frame(Predictions = data$a)
  }")
  with_model(list(custom.R = hook), function(process, loaded) {
    error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
    expect_same(error$code, "HOOK_FAILED")
    expect_in("the hook score raised interrupt", error$message)
    expect_same(predict_csv(process, "a\n2\n"), list(Predictions = 2L))
  })
})

test("recursion without end is answered, and the worker goes on", {
  for (deep in c("f <- function(n) f(n + 1)", "f <- function(n) { options(expressions = 5e5); f(n + 1) }",
      "f <- function(n) lapply(n, f)")) {
    hook <- paste0(
      LOAD,
      deep,
      "\nscore <- function(data, model) { if (data$a[1] == 1) f(1); data.frame(Predictions = data$a) }"
    )
    with_model(list(custom.R = hook), function(process, loaded) {
      error <- call_worker(process, "predict", csv_payload("a\n1\n"))$error
      expect_same(error$code, "HOOK_FAILED")
      expect(grepl("nested too deeply|stack|recursion", error$message), error$message)
      expect_same(predict_csv(process, "a\n2\n"), list(Predictions = 2L))
    })
  }
})

FORKS <- paste0(LOAD, '
score <- function(data, model) {
  sums <- parallel::mclapply(1:3, function(at) { cat("in fork", at, "\\n"); at * data$a[1] }, mc.cores = 2)
  data.frame(Predictions = rep(sum(unlist(sums)), nrow(data)))
}')

test("forks of user code compute and print", with_model(list(custom.R = FORKS), function(process, loaded) {
  expect_same(predict_csv(process, "a\n2\n"), list(Predictions = 12L))
  expect_in("in fork 3", log_of(process))
}))

test("programs that user code starts have no descriptor of the frames", {
  hook <- paste0(LOAD, r"[score <- function(data, model) {
    system("for n in 3 4 5 6 7 8 9; do printf junk >&$n; done 2>/dev/null", ignore.stdout = TRUE)
    each <- "for name in /proc/self/fd/*; do if [ -p $name ]; then readlink $name; fi; done"
    pipes <- system(each, intern = TRUE)
    data.frame(Predictions = sum(startsWith(pipes, "/"))) # Those without a name are no frames.
  }]")
  with_model(list(custom.R = hook), function(process, loaded) {
    for (time in 1:2) expect_same(predict_csv(process, "a\n1\n"), list(Predictions = 0L))
  })
})

test("a process that user code forks writes no frame, also where it goes on as the worker", {
  hook <- paste0(LOAD, r"[score <- function(data, model) {
    fork <- parallel:::mcfork()
    if (inherits(fork, "masterProcess")) return(data.frame(Predictions = -1))
    parallel::mccollect(fork) # until it has ended
    data
  }]")
  with_model(list(custom.R = hook), function(process, loaded) {
    for (time in 1:2) expect_same(predict_csv(process, "a\n1\n"), list(a = 1L))
  })
})

test("what user code has left running does not keep the worker from ending", {
  hook <- paste0(LOAD, "score <- function(data, model) { system('exec sleep 20', wait = FALSE); data }")
  with_model(list(custom.R = hook), function(process, loaded) {
    expect_same(predict_csv(process, "a\n1\n"), list(a = 1L))
    seconds <- system.time(status <- finish(process))[["elapsed"]]
    expect_same(status, 0L)
    expect(seconds < 10, "the worker took ", seconds, " s to end")
  })
})

test("strings are UTF-8 in every locale", {
  for (locale in c("C", "POSIX")) {
    score <- paste0(
      "score <- function(data, model) data.frame(Predictions = nchar(data$\u00e4), s = paste0(data$\u00e4, ",
      "'\u20ac'))"
    )
    with_model(list(custom.R = paste0(LOAD, score)), function(process, loaded) {
      expect_same(loaded$error, NULL)
      expect_same(
        predict_csv(process, "\u00e4\n\u6a21\u578b\n"), list(Predictions = 2L, s = "\u6a21\u578b\u20ac")
      )
    }, variables = paste0("LC_ALL=", locale))
  }
})
