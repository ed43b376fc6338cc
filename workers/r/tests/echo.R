# Sends back every frame that comes, and the code of the first that cannot be read; for test_streams.R.

local({
  HERE <- dirname(
    dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1])))
  )
  for (file in c("protocol.R", "frames.R", "native_object.R", "base_frames.R", "msgpack_subset.R")) {
    sys.source(file.path(HERE, file), environment())
  }
  wire <- open_wire(HERE, 3, 4)
  repeat {
    message <- wire$receive(as.numeric(Sys.getenv("DRUM_MAX_FRAME")))
    if (is.null(message)) break
    is_fault <- inherits(message, "fault")
    wire$write(wire$encode(list(is_fault, message[[1]]))) # the value, or the code of the fault
    if (is_fault) break
  }
  wire$close()
}, new.env(parent = baseenv()))
