# Makes a table of every type, and tells every cell of one: the same words in every language;
# e2e/mixed.test.ts compares them.

using Dates, Printf

load_model(code_dir) = "types"

transform(data, model) = (
    i = [1, missing, -2^40],
    f = [0.5, missing, -2.0],
    b = [true, missing, false],
    s = ["Zürich", missing, ""],
    d = [Date(2020, 2, 29), missing, Date(1969, 12, 31)],
    t = [DateTime(2020, 1, 2, 3, 4, 5, 250), missing, DateTime(1999, 12, 31)],
)

words(name, value) = string(name, "=", text(value))
text(::Missing) = "missing"
text(value::AbstractFloat) = @sprintf("%.2f", value)
text(value::DateTime) = Dates.format(value, dateformat"yyyy-mm-ddTHH:MM:SS.sss")
text(value) = string(value)

# R has no integers of 64 bits.
cell(name, value) = name == "i" && value isa AbstractFloat ? words(name, Int(value)) : words(name, value)

score(data, model) =
    (answer = [join((cell(name, data[row, name]) for name in names(data)), " ") for row in 1:nrow(data)],)
