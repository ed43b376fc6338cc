# Does not put up with missing values of some columns, and dies of those of others; e2e/validation.test.ts
# compares the reports of the languages.

load_model(code_dir) = "model"

function score(data, model)
    hasproperty(data, :visits) && all(ismissing, data.visits) && exit(7)
    hasproperty(data, :region) && all(ismissing, data.region) && error("the region must be known")
    # The bmi counts beside that of the other rows, which no model should do.
    largest = hasproperty(data, :bmi) ? maximum(coalesce.(data.bmi, 0)) : 0
    return (Predictions = coalesce.(data.age, 0) .- largest,)
end
