# All tests of the Julia worker: `julia workers/julia/tests/run.jl`. One line for each that fails; the last line counts them.

include(joinpath(@__DIR__, "..", "DrumlineWorker.jl"))
DrumlineWorker.include(joinpath(DrumlineWorker.HERE, "structured.jl"))

include("checks.jl")
include("vectors.jl")
include("worker_process.jl")

using .WorkerProcess

for file in sort(readdir(@__DIR__))
    startswith(file, "test_") && (isempty(ARGS) || any(part -> occursin(part, file), ARGS)) && include(file)
end

println("$(Checks.passed[]) passed, $(length(Checks.failed)) failed")
exit(isempty(Checks.failed) && Checks.passed[] > 0 ? 0 : 1)
