# Messages on the two inherited descriptors (protocol/SPEC.md sections 1 and 2): length prefix, receive
# buffer, writes. Reads and writes block and go by the numbers of the descriptors, below Julia's own streams.

const F_GETFL, F_SETFL, F_SETFD, FD_CLOEXEC = Cint(3), Cint(4), Cint(2), Cint(1)
const POLLIN = Int32(1)
const O_NONBLOCK = Cint(Sys.isapple() ? 0x0004 : 0x0800)
const FIRST_BUFFER = 1 << 16

"""
Requests in, responses out. One grow-only buffer receives; its bytes from `start` to `stop` are still to be
read.
"""
mutable struct Stream
    incoming::Cint
    outgoing::Cint
    most::Int
    buffer::Vector{UInt8}
    start::Int
    stop::Int
    ahead::Vector{Any} # messages that were read while a request ran, as receive_message gives them
    cancelled::Vector{Any} # ids of those of them, and of the one that runs, that nobody waits for any more
    ended::Bool # the input, as read so far
    # whether other tasks are to run while it waits: a Channel's may have something to do after it was closed
    shared::Bool
end

Stream(incoming, outgoing, most) =
    Stream(incoming, outgoing, most, Vector{UInt8}(undef, FIRST_BUFFER), 1, 0, [], [], false, false)

"""
Keeps a descriptor from child processes and makes it wait for data. Raises SystemError for one that is not
open.
"""
function make_private(descriptor::Cint)
    flags = fcntl(descriptor, F_GETFL, Cint(0))
    fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK)
    fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return nothing
end

function fcntl(descriptor::Cint, command::Cint, argument::Cint)
    answer = ccall(:fcntl, Cint, (Cint, Cint, Cint...), descriptor, command, argument)
    answer == -1 && systemerror("fcntl of an inherited descriptor")
    return answer
end

"""
One frame, at once: how long the next request takes is not known, and no finished response may wait for it.
False when nobody reads any more.
"""
function write_frame(descriptor::Cint, body::Vector{UInt8})
    size = length(body)
    frame = Vector{UInt8}(undef, 4 + size)
    for at in 1:4
        frame[at] = (size >> (8 * (at - 1))) % UInt8
    end
    copyto!(frame, 5, body, 1, size)
    at = 1
    GC.@preserve frame while at <= length(frame)
        count = ccall(
            :write,
            Cssize_t,
            (Cint, Ptr{UInt8}, Csize_t),
            descriptor,
            pointer(frame, at),
            length(frame) - at + 1,
        )
        if count >= 0
            at += count
        elseif Libc.errno() != Libc.EINTR
            return false
        end
    end
    return true
end

"The next frame's first and last place in the buffer, valid until the next call; nothing at the end of input."
function next_frame(stream::Stream)
    fill_buffer(stream, 4) || return nothing
    size = 0
    for at in 3:-1:0
        size = size << 8 | stream.buffer[stream.start + at]
    end
    size > stream.most && throw(WorkerError(
        "FRAME_TOO_LARGE",
        later(string, "a frame announces ", size, " bytes, the limit is ", stream.most),
    ))
    fill_buffer(stream, 4 + size)
    first = stream.start + 4
    stream.start = first + size
    return first, first + size - 1
end

"Whether something lies unread, be it the end of input."
has_come(stream::Stream) = stream.stop >= stream.start || is_readable(stream.incoming)

"A struct pollfd: the descriptor, then two halves, of which the low one is what is asked for."
poll_request(descriptor::Cint) = Int32[descriptor, POLLIN]

is_readable(descriptor::Cint) =
    ccall(:poll, Cint, (Ptr{Int32}, Culong, Cint), poll_request(descriptor), 1, 0) > 0

"Waits while other tasks run, which takes some microseconds more than a read that just waits."
wait_for_input(descriptor::Cint) =
    @threadcall(:poll, Cint, (Ptr{Int32}, Culong, Cint), poll_request(descriptor), 1, -1)

"Reads until `need` bytes lie in the buffer. False when the input ended before the first of them."
function fill_buffer(stream::Stream, need::Int)
    while stream.stop - stream.start + 1 < need
        make_room(stream, need)
        count = read_some(stream)
        if count == 0
            have = stream.stop - stream.start + 1
            have == 0 && return false
            throw(WorkerError(
                "FRAME_TRUNCATED",
                later(string, "the input ended inside a frame, ", have, " bytes of ", need, " had come"),
            ))
        end
        stream.stop += count
    end
    return true
end

"Reads what there is, behind what is there. 0 at the end of input, as which a broken stream counts too."
function read_some(stream::Stream)
    stream.shared && !is_readable(stream.incoming) && later(wait_for_input, stream.incoming)
    buffer = stream.buffer
    GC.@preserve buffer while true
        room = length(buffer) - stream.stop
        count = ccall(
            :read,
            Cssize_t,
            (Cint, Ptr{UInt8}, Csize_t),
            stream.incoming,
            pointer(buffer, stream.stop + 1),
            room,
        )
        count >= 0 && return Int(count)
        Libc.errno() == Libc.EINTR || return 0
    end
end

function make_room(stream::Stream, need::Int)
    have = stream.stop - stream.start + 1
    stream.start + need - 1 <= length(stream.buffer) && stream.stop < length(stream.buffer) && have > 0 &&
        return
    larger = need > length(stream.buffer) ? Vector{UInt8}(
        undef, max(need, 2 * length(stream.buffer)),
    ) : stream.buffer
    have > 0 && copyto!(larger, 1, stream.buffer, stream.start, have)
    stream.buffer = larger
    stream.start, stream.stop = 1, have
    return
end
