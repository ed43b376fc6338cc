# The C object: built once by however many start first, and no loss where it cannot be built.

if (IS_NATIVE) {
  test("starts at the same time leave one whole object behind", {
    cache <- code_folder(list())
    processes <- lapply(1:3, function(at) start_worker(paste0("XDG_CACHE_HOME=", cache)))
    for (process in processes) expect_same(receive(process)[[2]], "hello")
    # The later ones have inherited what the test writes to the earlier ones.
    for (process in rev(processes)) expect_same(finish(process), 0L)
    expect_same(length(list.files(file.path(cache, "drumline"))), 1L)
    expect_same(list.files(list.files(file.path(cache, "drumline"), full.names = TRUE)), "drumline.so")
  })

  test("a cache that cannot be written, a build that fails or an object that does not load leaves base R", {
    said <- function(process) {
      expect_same(receive(process)[[2]], "hello")
      expect_same(call_worker(process, "ping")$error, NULL)
      expect_same(finish(process), 0L)
    }
    said(start_worker("XDG_CACHE_HOME=/proc/none"))
    folder <- code_folder(list(cc = "#!/bin/sh\nexit 1", make = "#!/bin/sh\nexit 1"))
    system2("chmod", c("+x", file.path(folder, c("cc", "make"))))
    said(start_worker(paste0("XDG_CACHE_HOME=", folder), paste0("PATH=", folder, ":", Sys.getenv("PATH"))))
    expect_same(list.files(file.path(folder, "drumline")), character())
    cache <- code_folder(list())
    before <- Sys.getenv("XDG_CACHE_HOME", NA)
    Sys.setenv(XDG_CACHE_HOME = cache)
    object <- worker$object_folder(file.path(WORKER, "src"))
    if (is.na(before)) Sys.unsetenv("XDG_CACHE_HOME") else Sys.setenv(XDG_CACHE_HOME = before)
    dir.create(object, recursive = TRUE)
    writeLines("no object", file.path(object, "drumline.so"))
    said(start_worker(paste0("XDG_CACHE_HOME=", cache)))
  })

  test("a cache that others may write to is not used", {
    hook <- paste0(
      LOAD, "score <- function(data, model) data.frame(path = getLoadedDLLs()$drumline[['path']])"
    )
    cache <- code_folder(list())
    variables <- paste0("XDG_CACHE_HOME=", cache)
    path_of <- function() {
      with_model(
        list(custom.R = hook),
        function(process, loaded) predict_csv(process, "a\n1\n")$path,
        variables = variables
      )
    }
    is_kept <- function(path) startsWith(path, normalizePath(cache))
    expect(is_kept(path_of()), "the object is not out of the cache")
    Sys.chmod(list.files(file.path(cache, "drumline"), full.names = TRUE), "0777", use_umask = FALSE)
    expect(!is_kept(path_of()), "the object is out of a cache that others may write to")
  })

  test("user code that closes all connections does not close the frames", {
    hook <- paste0(LOAD, "score <- function(data, model) { closeAllConnections(); data }")
    with_model(
      list(custom.R = hook),
      function(process, loaded) expect_same(predict_csv(process, "a\n1\n"), list(a = 1L))
    )
  })
} else {
  test("user code that closes all connections ends the worker, which says why", {
    hook <- paste0(LOAD, "score <- function(data, model) { closeAllConnections(); data }")
    with_model(list(custom.R = hook), function(process, loaded) {
      send(process, list(0, 9, "predict", csv_payload("a\n1\n")))
      expect_same(receive(process), NULL)
      expect_same(wait(process), 0L)
      expect_in("call no closeAllConnections()", log_of(process))
    })
  })
}
