# What is told of an exception in user code: its words, and the user's own part of the stack.

const HERE = @__DIR__
const MOST_FRAMES = 16
const MOST_LOOKED_UP = 2000 # of the frames of a stack overflow: looking one up takes a while

"`ErrorException: text`, also when the exception cannot be shown."
words_of(@nospecialize(error)) = string(nameof(typeof(error)), ": ", text_of(error))

"What showerror prints, on one line."
function text_of(@nospecialize(error))
    try
        text = Base.invokelatest(sprint, showerror, error)
        # many exceptions print their own name, which words_of has already
        own = string(nameof(typeof(error)), ": ")
        text = startswith(text, own) ? text[(ncodeunits(own) + 1):end] : text
        return join(strip.(split(strip(text), '\n')), "; ")
    catch
        return "(no text, its showerror fails)"
    end
end

"""
The user's frames, innermost first, one a line: `function at file:line`; without those of Julia itself and of
the worker, and without the middle of a long one.
"""
function trace_of(@nospecialize(error), backtrace)
    lines =
        String[
            "  $(frame.func) at $(frame.file):$(frame.line)"
            for frame in frames_of(backtrace) if is_users(frame)
        ]
    if length(lines) > MOST_FRAMES
        half = MOST_FRAMES ÷ 2
        lines = [lines[1:half]; "  ... $(length(lines) - 2half) more frames"; lines[(end - half + 1):end]]
    end
    return join([words_of(error); lines], '\n')
end

"Every frame of the stack, for faults of the worker itself."
whole_trace_of(@nospecialize(error), backtrace) =
    join([words_of(error); ["  $frame" for frame in frames_of(backtrace)]], '\n')

function frames_of(backtrace)
    few =
        length(backtrace) <= MOST_LOOKED_UP ? backtrace :
            [backtrace[1:(MOST_LOOKED_UP ÷ 2)]; backtrace[(end - MOST_LOOKED_UP ÷ 2):end]]
    return stacktrace(few)
end

"""
A file of Julia's own is named relative to its sources. Those of a system image's worker may have been
elsewhere than main.jl.
"""
function is_users(frame)
    file = String(frame.file)
    is_ours = startswith(file, HERE) || startswith(file, Sys.STDLIB) || file == abspath(PROGRAM_FILE)
    return !frame.from_c && isabspath(file) && !is_ours
end
