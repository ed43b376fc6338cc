# The linear model without drum: `rows FILE ROUNDS` prints the median microseconds of a body, `score FILE
# OUTPUT` scores a file.

using DelimitedFiles

const WEIGHTS = collect(1.0:10.0)

predictions(source) = first(readdlm(source, ',', Float64, header = true)) * WEIGHTS

function median_of(body, rounds)
    times = Float64[]
    for _ in 1:rounds
        start = time_ns()
        string("{\"predictions\":[", join(predictions(IOBuffer(body)), ","), "]}")
        push!(times, (time_ns() - start) / 1000)
    end
    return sort(times)[div(rounds + 1, 2)]
end

if ARGS[1] == "rows"
    println(median_of(read(ARGS[2]), parse(Int, ARGS[3])))
else
    open(ARGS[3], "w") do output
        println(output, "Predictions")
        writedlm(output, predictions(ARGS[2]), ',')
    end
end
