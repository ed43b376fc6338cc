# Keeps the level of what user code logs: each line begins with a mark (protocol/SPEC.md section 1).

import Logging

"Writes what Julia's own logger would, with the marks."
struct MarkingLogger <: Logging.AbstractLogger
    output::IO
    text::IOBuffer
    logger::Logging.ConsoleLogger
    lock::ReentrantLock
end

function MarkingLogger(output::IO)
    text = IOBuffer()
    return MarkingLogger(output, text, Logging.ConsoleLogger(text), ReentrantLock())
end

Logging.min_enabled_level(one::MarkingLogger) = Logging.min_enabled_level(one.logger)
Logging.shouldlog(one::MarkingLogger, rest...) = Logging.shouldlog(one.logger, rest...)
Logging.catch_exceptions(one::MarkingLogger) = Logging.catch_exceptions(one.logger)

function Logging.handle_message(one::MarkingLogger, level, rest...; details...)
    lock(one.lock) do
        Logging.handle_message(one.logger, level, rest...; details...)
        letter =
            level >= Logging.Error ? 'e' : level >= Logging.Warn ? 'w' : level >= Logging.Info ? 'i' : 'd'
        lines = split(chomp(String(take!(one.text))), '\n')
        isequal(lines, [""]) || print(one.output, join(string('\x01', letter, line, '\n') for line in lines))
    end
    return nothing
end
