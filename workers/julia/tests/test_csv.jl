# The typing rules of CSV.jl 0.8.5, rule by rule; and what is refused.

module TestCsv

using ..Checks
import ..DrumlineWorker: Csv
import Dates: Date, DateTime, Time
import Random

read_csv(text::AbstractString) = Csv.read_csv(Vector{UInt8}(text))
names_of(text) = read_csv(text)[1]
column(text) = read_csv(text)[2][1]

"A column of these cells."
cells(values...) = column("x\n" * join(values, '\n') * "\n")

# -- types -----------------------------------------------------------------------------------------

equal(() -> cells("1", "2"), "ints", [1, 2])
equal(() -> column("x,y\n1,0\n,0\n"), "ints with an empty cell", Union{Missing,Int64}[1, missing])
equal(() -> cells("1", "2.5"), "int and float", [1.0, 2.5])
equal(() -> cells("1", "1e5"), "int and exponent", [1.0, 1e5])
equal(() -> cells("NaN", "nan", "Inf", "-inf"), "NaN and infinities", [NaN, NaN, Inf, -Inf])
equal(() -> cells("NA", "null"), "NA and null are text", ["NA", "null"])
equal(() -> column("x,y\n,0\n,0\n"), "all empty", Missing[missing, missing])
equal(() -> cells("x", "y"), "text", ["x", "y"])
equal(() -> cells("\"1\""), "a quoted int", [1])
equal(() -> column("x,y\n\"\",0\n1,0\n"), "an empty quoted cell", Union{Missing,Int64}[missing, 1])
equal(() -> cells("1", "x"), "int and text", ["1", "x"])
equal(() -> cells("True", "TRUE", "true", "False"), "bools", [true, true, true, false])
equal(() -> cells("2020-01-02"), "a date", [Date(2020, 1, 2)])
equal(() -> cells("2020-01-02T03:04:05"), "a date with a time", [DateTime(2020, 1, 2, 3, 4, 5)])
equal(
    () -> cells("2020-01-02T03:04:05.678"), "a date with milliseconds", [DateTime(2020, 1, 2, 3, 4, 5, 678)],
)
equal(
    () -> cells("2020-01-02 03:04:05"),
    "a date and a time with a blank between them",
    ["2020-01-02 03:04:05"],
)
equal(() -> cells("03:04:05"), "a time", [Time(3, 4, 5)])
equal(() -> cells("9223372036854775808", "1"), "an int beyond 64 bits", [9223372036854775808.0, 1.0])
equal(
    () -> cells("9223372036854775807", "-9223372036854775808"),
    "the largest ints",
    [typemax(Int64), typemin(Int64)],
)
equal(() -> cells("007", "+5"), "leading zeros and a plus", [7, 5])
equal(
    () -> cells("\"1,000\"", "0x10", "1/2", "1_000"),
    "numbers in other spellings are text",
    ["1,000", "0x10", "1/2", "1_000"],
)
equal(() -> cells(" 1", "2 "), "blanks around ints", [1, 2])
equal(() -> cells(" x", "y "), "text keeps its blanks", [" x", "y "])
equal(() -> cells("1", "", "2.5"), "a blank line is skipped, in a single column too", [1.0, 2.5])
equal(() -> column("x,y\n1,a\n\n2,b\n"), "a blank line is skipped", [1, 2])
equal(() -> cells("2020-01-02", "x"), "date and text", ["2020-01-02", "x"])
equal(() -> cells("2020-02-30"), "a day that does not exist", ["2020-02-30"])
equal(() -> cells("true", "1"), "bool and 1", [true, true])
equal(() -> cells("1", "true"), "1 and bool", ["1", "true"])
equal(() -> cells("tRue"), "a bool in mixed case is text", ["tRue"])
equal(() -> cells("2020-01"), "a month", [Date(2020, 1, 1)])
equal(() -> cells("03:04"), "a time without seconds", [Time(3, 4)])
equal(() -> cells("2020-01-02T03:04"), "a date with a time without seconds", [DateTime(2020, 1, 2, 3, 4)])
equal(() -> cells("1f5"), "an exponent with f", [1e5])
equal(() -> cells("  ", "1"), "a cell of blanks is text", ["  ", "1"])
equal(() -> cells("1", "007", "x"), "text keeps the digits as they were written", ["1", "007", "x"])
equal(() -> column("x,y\n,0\nx,0\n"), "text with an empty cell", Union{Missing,String}[missing, "x"])
equal(() -> cells("-", "."), "a sign or point alone is text", ["-", "."])

# -- shape -----------------------------------------------------------------------------------------

equal(() -> names_of("a,a,a\n1,2,3\n"), "repeated names", ["a", "a_1", "a_2"])
equal(() -> names_of("a,,c\n1,2,3\n"), "an empty name", ["a", "Column2", "c"])
equal(() -> names_of(" a ,b\n1,2\n"), "names keep their blanks", [" a ", "b"])
equal(() -> read_csv("\ufeffa,b\n1,2\n"), "a byte order mark", (["a", "b"], AbstractVector[[1], [2]]))
equal(
    () -> read_csv("a,b\r\n1,x\r\n2,y\r\n"),
    "line ends of Windows",
    (["a", "b"], AbstractVector[[1, 2], ["x", "y"]]),
)
equal(() -> cells("\"x\ny\"", "z"), "a quoted line end", ["x\ny", "z"])
equal(() -> cells("\"say \"\"x\"\"\"", "z"), "doubled quotes", ["say \"x\"", "z"])
equal(
    () -> read_csv("\"a,b\",c\n1,2"),
    "a quoted name, no line end at the end",
    (["a,b", "c"], AbstractVector[[1], [2]]),
)
equal(() -> read_csv("a,b\n"), "header only", (["a", "b"], AbstractVector[Missing[], Missing[]]))

equal(
    () -> read_csv("a,b\n1\n2,3\n")[2][2],
    "a short row is filled with missing",
    Union{Missing,Int64}[missing, 3],
)
for (text, what) in (
    ("a,b\n1,2,\n3,4,\n", "in every row"),
    ("a,b\r\n1,2,\r\n3,4\r\n", "in one row"),
    ("a,b\n1,2,\"\"\n3,4,", "in quotes and at the end"),
)
    table = (["a", "b"], AbstractVector[[1, 3], [2, 4]])
    equal(() -> read_csv(text), "one empty cell more is nothing, $what", table)
end
for (text, words) in (
    ("a,b\n1,2\nr,1,2\n", "line 3: the row has 3 cells, expected 2"),
    ("a,b\n1,2,,\n", "line 2: the row has 4 cells, expected 2"),
    ("a,b\r1,\"x\r\ny\"\r1,2,3\r", "line 4: the row has 3 cells, expected 2"),
    ("a\n1,x\n", "line 2: the row has 2 cells, expected 1"),
)
    refused(() -> read_csv(text), "a row that is too long: $words", "INPUT_UNREADABLE", words)
end
equal(() -> names_of(",a\n0,1\n"), "an index column as pandas and R write it", ["Column1", "a"])
equal(
    () -> read_csv("a,b\r1,\"x\ry\"\n2,z\r\n"),
    "CR, LF and CR LF end lines, and within quotes they stay",
    (["a", "b"], AbstractVector[[1, 2], ["x\ry", "z"]]),
)

for (text, at, byte, place) in (
    ("town,x\nMalm\xf6,1\n", 11, "f6", "the column town of row 0"),
    ("town,x\nLund,2\nb,\"a\xf6\"\n", 18, "f6", "the column x of row 1"),
    ("a,b\r\n1\r\n3,\xe9\r\n", 10, "e9", "the column b of row 1"),
    ("a,\xf6\n1,2\n", 2, "f6", "the header; encode it as UTF-8; a request may name its charset instead"),
    ("\ufeffa,b\n1,\xed\xa0\x80\n", 9, "ed", "the column b of row 0"),
)
    words = "the CSV is not UTF-8: byte $at (counted from 0) is 0x$byte, in $place"
    refused(() -> read_csv(text), "what is not UTF-8: $words", "INPUT_UNREADABLE", words)
end

refused(() -> read_csv(""), "an empty body", "INPUT_EMPTY")
refused(() -> read_csv("\r\n\n"), "blank lines alone", "INPUT_EMPTY")
refused(() -> read_csv("a\n1\n\"x\n"), "a quote that is never closed", "INPUT_UNREADABLE", "line 3")
refused(() -> read_csv("a\n\"x\"y\n"), "text behind a quote", "INPUT_UNREADABLE", "line 2")

# -- floats ----------------------------------------------------------------------------------------

"Whether a text is read as Julia reads it, to the last bit."
exact(text) = Csv.float_of(Vector{UInt8}(text), 1, ncodeunits(text)) === parse(Float64, text)

random = Random.MersenneTwister(7)
check(
    () -> all(exact(string(rand(random) * 10.0^rand(random, -8:8))) for _ in 1:2000),
    "floats as Julia prints them",
)
check(
    () -> all(
        exact("$(rand(random, UInt64) % UInt64(10)^rand(random, 1:19))e$(rand(random, -40:40))")
        for _ in 1:5000
    ),
    "digits with an exponent",
)
check(
    () -> all(exact("$(rand(random, Int32)).$(rand(random, UInt64))") for _ in 1:2000),
    "more than nineteen digits",
)
for text in (
    "0.1",
    "-0.0",
    "1e22",
    "1e23",
    "4.9e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308",
    "9007199254740993",
    "0.000001",
    "5e-1",
    "123456789012345678e-18",
)
    check(() -> exact(text), "the float $text")
end
equal(() -> cells("1e400", "-1e-400"), "beyond the range of a float", [Inf, -0.0])

# -- speed, with room for a busy machine -----------------------------------------------------------

one_row = Vector{UInt8}(
    join(("c$at" for at in 1:10), ',') * "\n" * join((rand(random) for _ in 1:10), ',') * "\n"
)
Csv.read_csv(one_row)
check(
    () -> minimum(@elapsed(Csv.read_csv(one_row)) for _ in 1:200) < 150e-6,
    "one row takes less than 150 microseconds",
)

end
