# The worker's own table, in the words of DataFrames.

module TestDataFrame

using ..Checks
using ..DrumlineWorker.DataTable

table() = DataFrame(a = [1, 2, missing], b = ["x", "y", "z"])
changed(change) = (df = table(); change(df); df)

equal(() -> names(table()), "names are strings", ["a", "b"])
equal(() -> (size(table()), nrow(table()), ncol(table())), "size", ((3, 2), 3, 2))
equal(() -> table().b, "a column by its name", ["x", "y", "z"])
equal(() -> table()[!, :b], "a column itself", ["x", "y", "z"])
equal(() -> table()[:, "b"], "a copy of a column", ["x", "y", "z"])
check(() -> (df = table(); df[!, "b"] === df.b && df[:, :b] !== df.b), "! gives the column itself, : a copy")
equal(() -> table()[2, :b], "a cell", "y")
equal(() -> table()[[true, false, true], [:b]], "rows and columns", DataFrame(b = ["x", "z"]))
equal(() -> table()[2, :], "a row", (a = 2, b = "y"))
equal(() -> table()[2:3, :b], "a part of a column", ["y", "z"])
equal(() -> changed(df -> df.c = [1.5, 2.5, 3.5]).c, "a new column by its name", [1.5, 2.5, 3.5])
equal(() -> changed(df -> df[!, :b] = [7, 8, 9]).b, "a column replaced", [7, 8, 9])
equal(() -> changed(df -> df[:, :c] = [7, 8, 9]).c, "a new column by a copy", [7, 8, 9])
equal(() -> changed(df -> df[!, :c] .= 0).c, "a new column of one value", [0, 0, 0])
equal(() -> changed(df -> df.b .= "q").b, "a column overwritten in place", ["q", "q", "q"])
equal(() -> changed(df -> df[1, :b] = "q").b, "a cell replaced", ["q", "y", "z"])
equal(() -> changed(df -> df[1:2, :b] = ["p", "q"]).b, "cells replaced", ["p", "q", "z"])
equal(
    () -> coalesce.(table(), 0),
    "broadcasting over all columns",
    DataFrame(a = [1, 2, 0], b = ["x", "y", "z"]),
)
equal(() -> select(table(), Not(:a)), "all columns but one", DataFrame(b = ["x", "y", "z"]))
equal(() -> names(select(table(), "b", :a)), "columns in another order", ["b", "a"])
equal(() -> names(changed(df -> select!(df, Not([:b])))), "columns dropped in place", ["a"])
equal(() -> names(changed(df -> rename!(df, :a => :c))), "a column renamed", ["c", "b"])
equal(() -> Matrix(DataFrame(a = [1, 2], b = [3.5, 4.5])), "as a matrix", [1.0 3.5; 2.0 4.5])
equal(
    () -> convert(Matrix{Float64}, DataFrame(a = [1, 2])), "as a matrix of floats", reshape([1.0, 2.0], 2, 1),
)
equal(() -> hcat(DataFrame(a = [1]), DataFrame(b = [2])), "side by side", DataFrame(a = [1], b = [2]))
equal(() -> vcat(DataFrame(a = [1]), DataFrame(a = [2])), "one below the other", DataFrame(a = [1, 2]))
equal(() -> [row.b for row in eachrow(table())], "rows one by one", ["x", "y", "z"])
equal(
    () -> [eltype(column) for column in eachcol(table())], "columns one by one", [Union{Missing,Int}, String],
)
equal(() -> first(table(), 1).b, "the first rows", ["x"])
equal(() -> filter(row -> row.b != "x", table()).b, "rows that are kept", ["y", "z"])
equal(() -> DataFrame(Dict("b" => [1], "a" => [2])), "made of a dictionary", DataFrame(a = [2], b = [1]))
equal(() -> DataFrame("x y" => [1]), "made of pairs", DataFrame([[1]], ["x y"]))
equal(() -> DataFrame([1 2; 3 4], [:a, :b]), "made of a matrix", DataFrame(a = [1, 3], b = [2, 4]))
equal(() -> DataFrame((a = [1], b = [2])), "made of a named tuple", DataFrame(a = [1], b = [2]))
equal(() -> DataFrame(a = 1, b = [1, 2]).a, "one value stands for a column", [1, 1])
equal(() -> sprint(show, DataFrame(a = [1])), "shown", "1×1 DataFrame\na\n1")

raised(run) = try
    run()
    "nothing"
catch error
    sprint(showerror, error)
end

check(
    () -> occursin("column name :q not found in the data frame; it has a, b", raised(() -> table().q)),
    "a name that is not there",
)
check(() -> occursin("expected 3", raised(() -> table().c = [1])), "a column of another length")
check(
    () -> occursin("2 and 1 rows", raised(() -> DataFrame(a = [1, 2], b = [1]))), "columns of unequal length",
)

end
