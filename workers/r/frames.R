# Messages on the two descriptors, by the C object of src/ or, where it cannot be built, by base R
# (base_frames.R).
#
# Both are a wire, a list of functions:
#   open(incoming, outgoing)    descriptors
#   receive(most)               list(value), a fault, or NULL at the end of input
#   has_come()                  whether receive() would find something, be it the end of input
#   write(body), close()        write gives FALSE when nobody is left to read
#   decode(body), encode(value) raise the VALUE_ errors
#   flush()                     sends what native code printed to the log
#   texts(data, offsets)        the strings of a column
#   cells(body, texts)          list(header line, columns) of a CSV, or NULL where csv.R is to read it

#' The wire over two descriptors. DRUM_R_PURE=1 chooses base R.
open_wire <- function(here, incoming, outgoing) {
  wire <- choose_wire(here, Sys.getenv("DRUM_R_PURE") != "1")
  wire$open(incoming, outgoing)
  wire
}

#' The wire, not yet open.
choose_wire <- function(here, may_be_native) {
  object <- if (may_be_native) built_object(file.path(here, "src"))
  if (is.null(object)) return(base_wire())
  # Built for a system that has changed since.
  tryCatch(native_wire(dyn.load(object)), error = function(error) base_wire())
}

#' The wire of the C object, a DLLInfo.
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
    cells = function(body, texts) .Call(cells, body, texts),
    close = function() NULL
  )
}

#' The value. Raises the fault that it may be.
unless_fault <- function(value) {
  if (inherits(value, "fault")) stop(worker_error(value[[1]], value[[2]]))
  value
}
