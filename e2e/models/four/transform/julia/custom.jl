# Transforms as the data ask for; e2e/transform.test.ts compares the answers of the languages.

using SparseArrays

struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end

load_model(code_dir) = 2

function transform(data, model, target)
    data isa AbstractMatrix && return data
    what = data.what[1]
    rows = length(data.what)
    what == "raise" && error("no luck with 42")
    what == "refuse" && throw(CustomHTTPError("no tea", 418))
    what == "sparse" && return DataFrame(sparse([data.x [1.0; zeros(rows - 1)]]), ["a", "b"])
    what == "nothing" && return nothing
    what == "text" && return "a text"
    what == "tuple" && return data, target
    what == "rows" && return (what = data.what[1:(end - 1)],)
    what == "columns" && return DataFrame()
    result = DataFrame([data.what, data.x .* model], ["what", what == "nameless" ? " " : " twice\nx "])
    target === nothing || (result.y = target[!, 1])
    return result
end
