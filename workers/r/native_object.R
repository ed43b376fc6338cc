# The C object of src/: built once into a folder of the user's cache, where a C compiler and R's headers are.

#' Path of the C object, built now if it has to be; NULL where it cannot be.
built_object <- function(sources) {
  folder <- object_folder(sources)
  if (dir.exists(folder) && !is_ours(folder)) folder <- file.path(tempdir(), basename(folder))
  object <- file.path(folder, paste0("drumline", .Platform$dynlib.ext))
  if (file.exists(object)) return(object)
  if (!all(nzchar(Sys.which(c("make", "cc"))))) return(NULL)
  tryCatch(build(sources, folder, object), error = function(error) NULL, warning = function(warning) NULL)
}

#' One folder for each state of the sources and version of R, in the user's cache.
object_folder <- function(sources) {
  sums <- tools::md5sum(list.files(sources, "[.][ch]$", full.names = TRUE))
  cache <- Sys.getenv("XDG_CACHE_HOME")
  if (!nzchar(cache)) cache <- file.path(Sys.getenv("HOME", tempdir()), ".cache")
  name <- paste(c("r", as.character(getRversion()), R.version$platform, substr(sums, 1, 6)), collapse = "-")
  file.path(cache, "drumline", name)
}

#' Who may write there decides what code runs here: that must be nobody but this user, to whom the folder of
#' this process belongs.
is_ours <- function(folder) {
  found <- file.info(folder, "/proc/self")
  found$uid[1] %in% found$uid[2] && bitwAnd(found$mode[1], strtoi("022", 8)) == 0
}

#' Builds in a folder of its own beside the place and renames it there, so that concurrent starts never see
#' half of it.
build <- function(sources, folder, object) {
  dir.create(dirname(folder), recursive = TRUE, showWarnings = FALSE)
  trial <- paste0(folder, ".", Sys.getpid())
  dir.create(trial, mode = "0700")
  on.exit(unlink(trial, recursive = TRUE))
  file.copy(list.files(sources, "[.][ch]$", full.names = TRUE), trial)
  words <- c(file.path(R.home("bin"), "R"), "CMD", "SHLIB", "-o", basename(object))
  command <- sprintf(
    "cd %s && exec %s *.c >build.log 2>&1", shQuote(trial), paste(shQuote(words), collapse = " ")
  )
  if (system(command) != 0) return(NULL)
  unlink(list.files(trial, "[.]([cho]|log)$", full.names = TRUE))
  suppressWarnings(file.rename(trial, folder)) # Fails when another start was faster, which is as good.
  if (file.exists(object)) object
}
