# The worker as a module: what hello needs at once, the rest (structured.jl) once hello has been sent.

module DrumlineWorker

Base.Experimental.@optlevel 0

include("msgpack_subset.jl")
include("frames.jl")
include("protocol.jl")
include("tracebacks.jl")

include("source_mark.jl")

"Whether this module is being compiled into the cache or a system image."
const COMPILING = ccall(:jl_generating_output, Cint, ()) != 0
const SOURCE_MARK = COMPILING ? source_mark(HERE) : 0x00000000

"Whether this compiled worker is of the source in the folder."
is_made_of(folder::String) = SOURCE_MARK == source_mark(folder)

const METHODS = [
    "ping", "load", "predict", "transform", "post_process", "score_unstructured", "chat", "models",
    "call", "serve",
]
const USAGE =
    "this is the Julia worker of drum, which drum starts itself: run `drum score` or `drum server`\n" *
    "expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited descriptors) and " *
    "DRUM_MAX_FRAME (bytes): "

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

# 0 where Julia keeps its level of optimisation elsewhere
const LEVEL_AT = Base.fieldindex(Base.JLOptions, :opt_level, false)
const LEVEL_OFFSET = LEVEL_AT == 0 ? 0 : fieldoffset(Base.JLOptions, LEVEL_AT)
const USUAL_LEVEL = Ref(Int8(2)) # the one that Julia was started with

"""
Whether machine code is to be made quickly rather than well, until user code comes. Most of what the worker
needs is small functions of Julia's own library, compiled for its types: making these well takes a third of a
start. Julia lets a module choose a level for its own functions only.
"""
function compile_quickly(quickly::Bool)
    LEVEL_AT == 0 && return
    level = convert(Ptr{Int8}, cglobal(:jl_options)) + LEVEL_OFFSET
    quickly && (USUAL_LEVEL[] = unsafe_load(level))
    unsafe_store!(level, quickly ? min(USUAL_LEVEL[], Int8(1)) : USUAL_LEVEL[])
    return nothing
end

"What the worker is, and what it can do (protocol/SPEC.md section 6)."
hello() = WireMap(
    "protocol" => PROTOCOL_VERSION,
    "language" => "julia",
    "language_version" => string(VERSION),
    "worker_version" => WORKER_VERSION,
    "executable" => joinpath(Sys.BINDIR, Base.julia_exename()),
    "capabilities" => WireMap(
        "methods" => METHODS, "payloads" => ["bytes", "file", "table"], "concurrency" => 1,
    ),
)

"Says hello, then answers requests until the end of input. Returns the exit status."
function main()
    stream = try
        open_stream()
    catch error
        print(stderr, USAGE, text_of(error), "\n")
        return 64
    end
    compile_quickly(true)
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

"""
Compiles the signatures that --trace-compile has written to `file`. Those with names that `scope` does not
know are left out.
"""
function compile_signatures(file::String, scope::Module)
    for (id, loaded) in Base.loaded_modules
        name = Symbol(id.name)
        isdefined(scope, name) || Core.eval(scope, :(const $name = $loaded))
    end
    for line in eachline(file)
        try
            Core.eval(scope, Meta.parse(line))
        catch
        end
    end
end

if COMPILING
    include("structured.jl")
    precompile(is_made_of, (String,))
    haskey(ENV, "DRUM_WORKER_TRACE") && compile_signatures(ENV["DRUM_WORKER_TRACE"], @__MODULE__)
end

end
