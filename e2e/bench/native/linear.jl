# The linear model without drum: `row FILE` prints the median microseconds of one row, `score FILE OUTPUT` scores a file.

using DelimitedFiles

const WEIGHTS = collect(1.0:10.0)
const ROUNDS = 1000

predictions(source) = first(readdlm(source, ',', Float64, header = true)) * WEIGHTS

function median_row(body)
    times = Float64[]
    for _ in 1:ROUNDS
        start = time_ns()
        string("{\"predictions\":[", join(predictions(IOBuffer(body)), ","), "]}")
        push!(times, (time_ns() - start) / 1000)
    end
    return sort(times)[div(ROUNDS, 2)]
end

if ARGS[1] == "row"
    println(median_row(read(ARGS[2])))
else
    open(ARGS[3], "w") do output
        println(output, "Predictions")
        writedlm(output, predictions(ARGS[2]), ',')
    end
end
