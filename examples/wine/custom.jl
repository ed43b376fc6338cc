# Which of three cultivars a wine was made of, by its distance to the centre of each: plain Julia, no package
# needed.

using DelimitedFiles

struct Centres
    columns::Vector{String}
    cultivars::Vector{String}
    values::Matrix{Float64}
    spread::Vector{Float64}
end

function load_model(code_dir)
    cells, header = readdlm(joinpath(code_dir, "centres.csv"), ',', header = true)
    names, values = string.(cells[:, 1]), Float64.(cells[:, 2:end])
    return Centres(string.(header[2:end]), names[1:end-1], values[1:end-1, :], values[end, :])
end

function score(data, model)
    wines = hcat((data[!, name] for name in model.columns)...)
    closeness(wine, centre) = exp(-sum(((wine .- centre) ./ model.spread) .^ 2) / 2)
    parts = [
        closeness(wines[row, :], model.values[at, :])
        for row in axes(wines, 1), at in eachindex(model.cultivars)
    ]
    shares = parts ./ sum(parts, dims = 2)
    return NamedTuple{Tuple(Symbol.(model.cultivars))}(Tuple(eachcol(shares)))
end
