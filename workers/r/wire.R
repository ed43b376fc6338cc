# The two ways to the frames: the C object of src/, built once into a cache folder, and base R where there is no compiler.
#
# A wire has
#   open(incoming, outgoing)    descriptors
#   receive(most)               list(value), a fault, or NULL at the end of input
#   has_come()                  whether receive() would find something, be it the end of input
#   write(body), close()        write gives FALSE when nobody is left to read
#   decode(body), encode(value) raise the VALUE_ errors
#   flush()                     sends what native code printed to the log
#   texts(data, offsets)        the strings of a column
#   cells(body)                 list(header line, columns) of a CSV, or NULL where read.csv is to read it

#' The wire over two descriptors. DRUM_R_PURE=1 chooses base R.
open_wire <- function(here, incoming, outgoing) {
  wire <- choose_wire(here, Sys.getenv("DRUM_R_PURE") != "1")
  wire$open(incoming, outgoing)
  wire
}

choose_wire <- function(here, may_be_native) {
  object <- if (may_be_native) built_object(file.path(here, "src"))
  if (is.null(object)) return(base_wire())
  tryCatch(native_wire(dyn.load(object)), error = function(error) base_wire()) # Built for a system that has changed since.
}

# -- the C object -----------------------------------------------------------------------------------------------------

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

#' Who may write there decides what code runs here: that must be nobody but this user, to whom the folder of this process belongs.
is_ours <- function(folder) {
  found <- file.info(folder, "/proc/self")
  found$uid[1] %in% found$uid[2] && bitwAnd(found$mode[1], strtoi("022", 8)) == 0
}

#' Builds in a folder of its own beside the place and renames it there, so that concurrent starts never see half of it.
build <- function(sources, folder, object) {
  dir.create(dirname(folder), recursive = TRUE, showWarnings = FALSE)
  trial <- paste0(folder, ".", Sys.getpid())
  dir.create(trial, mode = "0700")
  on.exit(unlink(trial, recursive = TRUE))
  file.copy(list.files(sources, "[.][ch]$", full.names = TRUE), trial)
  words <- c(file.path(R.home("bin"), "R"), "CMD", "SHLIB", "-o", basename(object))
  command <- sprintf("cd %s && exec %s *.c >build.log 2>&1", shQuote(trial), paste(shQuote(words), collapse = " "))
  if (system(command) != 0) return(NULL)
  unlink(list.files(trial, "[.]([cho]|log)$", full.names = TRUE))
  suppressWarnings(file.rename(trial, folder)) # Fails when another start was faster, which is as good.
  if (file.exists(object)) object
}

native_wire <- function(library) {
  symbols <- getDLLRegisteredRoutines(library)$.Call
  call <- function(name) symbols[[name]]
  decode <- call("drum_decode")
  encode <- call("drum_encode")
  receive <- call("drum_receive")
  has_come <- call("drum_has_come")
  write <- call("drum_write")
  flush <- call("drum_flush")
  texts <- call("drum_texts")
  cells <- call("drum_cells")
  open <- call("drum_open")
  list(
    is_native = TRUE,
    open = function(incoming, outgoing) .Call(open, incoming, outgoing),
    decode = function(body) unless_fault(.Call(decode, body)),
    encode = function(value) unless_fault(.Call(encode, value)),
    receive = function(most) .Call(receive, most),
    has_come = function() .Call(has_come),
    write = function(body) .Call(write, body),
    flush = function() .Call(flush),
    texts = function(data, offsets) .Call(texts, data, offsets),
    cells = function(body) .Call(cells, body),
    close = function() NULL
  )
}

unless_fault <- function(value) {
  if (inherits(value, "fault")) stop(worker_error(value[[1]], value[[2]]))
  value
}
