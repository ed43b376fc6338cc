# The same arithmetic in every language; e2e/four.test.ts compares the answers.

load_model(code_dir) = (bmi = 25.0, visits = 0.0)

function transform(data, model)
    bmi = coalesce.(data.bmi, model.bmi)
    visits = coalesce.(data.visits, model.visits)
    risk = data.age ./ 100 .+ bmi ./ 50 .+ data.smoker .+ length.(data.region) ./ 10 .+ visits ./ 20
    return (risk = risk, region = data.region, age = data.age)
end

score(data, model) = (Predictions = -data.risk,)
