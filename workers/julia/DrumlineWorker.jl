# The worker as a module: what hello needs at once, the rest (structured.jl) once hello has been sent.

module DrumlineWorker

Base.Experimental.@optlevel 0

include("msgpack_subset.jl")
include("protocol.jl")
include("descriptors.jl")
include("tracebacks.jl")

"A number that changes with every file of the source."
function source_mark(folder::String)
    mark = 0x00000000
    for part in (folder, joinpath(folder, "artifacts")), file in readdir(part)
        endswith(file, ".jl") && (mark = Base._crc32c(read(joinpath(part, file)), mark))
    end
    return mark
end

"Whether this module is being compiled into a system image."
const COMPILING = ccall(:jl_generating_output, Cint, ()) != 0
const SOURCE_MARK = COMPILING ? source_mark(HERE) : 0x00000000

is_made_of(folder::String) = SOURCE_MARK == source_mark(folder)

const METHODS = ["ping", "load", "predict", "transform", "post_process"]
const USAGE = """
this is the Julia worker of drum, which drum starts itself: run `drum score` or `drum server`
expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited descriptors) and DRUM_MAX_FRAME (bytes): """

"The two descriptors, made private to this process, and the largest frame."
function open_stream()
    names = ("DRUM_PROTOCOL_IN", "DRUM_PROTOCOL_OUT", "DRUM_MAX_FRAME")
    unset = [name for name in names if !haskey(ENV, name)]
    isempty(unset) || error(join(unset, ", "), " not set")
    incoming, outgoing, most = [parse(Int, pop!(ENV, name)) for name in names]
    make_private(Cint(incoming))
    make_private(Cint(outgoing))
    return Stream(incoming, outgoing, most)
end

hello() = WireMap(
    "protocol" => PROTOCOL_VERSION,
    "language" => "julia",
    "language_version" => string(VERSION),
    "worker_version" => WORKER_VERSION,
    "executable" => joinpath(Sys.BINDIR, Base.julia_exename()),
    "capabilities" => WireMap("methods" => METHODS, "payloads" => ["bytes", "file", "table"], "concurrency" => 1),
)

"Says hello, then answers requests until the end of input. Returns the exit status."
function main()
    stream = try
        open_stream()
    catch error
        print(stderr, USAGE, text_of(error), "\n")
        return 64
    end
    notify(stream, "hello", hello())
    show_native_prints_at_once()
    isdefined(@__MODULE__, :Model) || include(joinpath(HERE, "structured.jl"))
    return Base.invokelatest(answer_requests, stream)
end

"Native code's prints go to the log line by line. Julia's own do so anyway."
function show_native_prints_at_once()
    try
        output = unsafe_load(cglobal(:stdout, Ptr{Cvoid}))
        ccall(:setvbuf, Cint, (Ptr{Cvoid}, Ptr{UInt8}, Cint, Csize_t), output, C_NULL, 1, 0)
    catch # another C library: native prints appear when its buffer is full
    end
end

if COMPILING
    include("structured.jl")
    precompile(is_made_of, (String,))
end

end
