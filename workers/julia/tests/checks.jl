# Counts what holds and what does not; a check that throws has failed.

module Checks

export check, equal, refused

import ..DrumlineWorker: WorkerError, ValueFault

const passed = Ref(0)
const failed = String[]

"Runs `test`, which is to return true."
function check(test, name::AbstractString)
    fault = try
        answer = Base.invokelatest(test)
        answer === true ? nothing : "expected true, got $(shown(answer))"
    catch error
        "raised $(first(sprint(showerror, error), 300)) $(where_of(catch_backtrace()))"
    end
    report(name, fault)
end

"Runs `test`, which is to return something that isequal to `expected`, of the same type."
function equal(test, name::AbstractString, expected)
    fault = try
        answer = Base.invokelatest(test)
        same = isequal(answer, expected) && typeof(answer) == typeof(expected)
        same ? nothing : "expected $(shown(expected)), got $(shown(answer))"
    catch error
        "expected $(shown(expected)), raised $(first(sprint(showerror, error), 300)) " *
            "$(where_of(catch_backtrace()))"
    end
    report(name, fault)
end

"Runs `test`, which is to raise an error of the code whose message has all the `words`."
function refused(test, name::AbstractString, code::AbstractString, words::AbstractString...)
    fault = try
        "expected $code, got $(shown(Base.invokelatest(test)))"
    catch error
        if !(error isa Union{WorkerError,ValueFault})
            "expected $code, raised $(first(sprint(showerror, error), 300)) $(where_of(catch_backtrace()))"
        elseif error.code != code || !all(word -> occursin(word, error.message), words)
            "expected $code with $(join(repr.(words), ", ")), got $(error.code): $(error.message)"
        end
    end
    report(name, fault)
end

"Runs the tests of a file; one that ends with an error has failed."
function completed(run, file::AbstractString)
    try
        run()
    catch error
        report(file, "raised $(first(sprint(showerror, error), 1000)) $(where_of(catch_backtrace()))")
    end
end

function report(name, fault)
    fault === nothing && return passed[] += 1
    push!(failed, name)
    println("FAILED ", name, ": ", replace(fault, '\n' => ' '))
end

shown(value) = first(repr(value), 300)

function where_of(backtrace)
    is_shown(file) = startswith(file, dirname(@__DIR__)) && !endswith(file, "checks.jl")
    frames = [frame for frame in stacktrace(backtrace) if is_shown(String(frame.file))]
    return join(("$(basename(String(frame.file))):$(frame.line)" for frame in first(frames, 3)), " < ")
end

first(items, count) = items[1:min(count, length(items))]
first(text::AbstractString, count) = Base.first(text, count)

end

using .Checks
