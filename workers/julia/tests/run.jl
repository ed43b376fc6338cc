# All tests of the Julia worker: `julia workers/julia/tests/run.jl`, or those files alone whose names hold one
# of the words given. One line for each test that fails; the last line counts them. Two processes share the
# files.

const THIS_FILE = @__FILE__
const SHARE = "--share" # run.jl --share CLAIMS: a process that runs files which it is the first to claim
# first, so that no process ends long after the other
const LONGEST = ["test_system_image.jl", "test_cache.jl"]
const SUM = r"^(\d+) passed, (\d+) failed$"

is_test(file) = startswith(file, "test_") && (isempty(ARGS) || any(word -> occursin(word, file), ARGS))

"Runs the files in two processes; returns (passed, failed)."
function run_shared()
    claims = mktempdir()
    julia = joinpath(Sys.BINDIR, Base.julia_exename())
    command = `$julia --startup-file=no $THIS_FILE $SHARE $claims`
    sums = Vector{Tuple{Int,Int}}(undef, 2)
    @sync for at in 1:2
        @async sums[at] = watch_process(open(pipeline(command; stderr = stderr)))
    end
    return sum(first, sums), sum(last, sums)
end

"Shows the lines of a process; returns its (passed, failed)."
function watch_process(process)
    found = nothing
    for line in eachline(process)
        line_of_sum = match(SUM, line)
        line_of_sum === nothing ? println(line) : (found = Tuple(parse.(Int, line_of_sum.captures)))
    end
    wait(process)
    found === nothing || return found
    println("FAILED a process of the tests ended with $(process.exitcode) before it had counted them")
    return 0, 1
end

"Runs those of the files that no other process has claimed; returns (passed, failed)."
function run_claimed(files, claims)
    for file in files
        claims === nothing || claim(joinpath(claims, file)) || continue
        Checks.completed(() -> include(file), file)
    end
    return Checks.passed[], length(Checks.failed)
end

"Whether this process is the first to claim the place."
claim(place) =
    try
        mkdir(place)
        true
    catch error
        error isa Base.IOError && isdir(place) || rethrow()
        false
    end

if isempty(ARGS)
    passed, failed = run_shared()
else
    include(joinpath(@__DIR__, "..", "DrumlineWorker.jl"))
    DrumlineWorker.include(joinpath(DrumlineWorker.HERE, "structured.jl"))
    include("checks.jl")
    include("vectors.jl")
    include("worker_process.jl")
    include("builds.jl")
    @eval using .WorkerProcess
    claims = ARGS[1] == SHARE ? (popfirst!(ARGS); popfirst!(ARGS)) : nothing
    files = filter(
        is_test, sort(readdir(@__DIR__); by = file -> (!(file in LONGEST), file != LONGEST[1], file)),
    )
    passed, failed = run_claimed(files, claims)
end

println("$passed passed, $failed failed")
exit(failed == 0 && passed > 0 ? 0 : 1)
