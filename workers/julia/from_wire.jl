# Tables of protocol/SPEC.md section 8 to columns; what does not fit the section is refused with
# PARAMS_INVALID.

const EPOCH_DATE = Dates.Date(1970)
const EPOCH_TIME = Dates.DateTime(1970)
const WIDTHS = Dict("float64" => 8, "float32" => 4, "int64" => 8, "date" => 4, "timestamp" => 8)
const KINDS = ["float64", "float32", "int64", "bool", "utf8", "json", "date", "timestamp"]
const MOST_ROWS = MOST_INT - 1

"""
The number of rows, the names as they came, and a column for each, with missing where a row is. Points in time
are DateTime in UTC, which has milliseconds; json becomes Julia values, a decimal Float64, a duration
Dates.Nanosecond. Categories are their strings.
"""
function read_table(table)
    table isa WireMap || invalid_params("a table is $(described(table)), expected a map of rows and columns")
    rows, columns = field(table, "rows"), field(table, "columns")
    is_int(rows) && 0 <= rows <= MOST_ROWS ||
        invalid_params("the rows of a table are $(described(rows)), expected an int from 0")
    columns isa Vector{Any} ||
        invalid_params("the columns of a table are $(described(columns)), expected an array")
    rows = Int(rows)
    foreach(column -> check_column(column, rows), columns)
    return rows, String[field(column, "name") for column in columns], AbstractVector[
        values_of(column, rows)
        for column in columns
    ]
end

invalid_params(message) = throw(WorkerError("PARAMS_INVALID", message))

# -- checking --------------------------------------------------------------------------------------

function check_column(@nospecialize(column), rows::Int)
    column isa WireMap ||
        invalid_params(
            "a column is $(described(column)), expected a map of name, type, data, validity, offsets",
        )
    name, kind = field(column, "name"), field(column, "type")
    name isa String || invalid_params("the name of a column is $(described(name)), expected a str")
    kind isa String && kind in KINDS ||
        invalid_params("the column '$name' is of type $(described(kind)), expected $(join(KINDS, ", "))")
    fault = fault_of(column, kind, rows)
    fault === nothing || invalid_params("the column '$name' has $fault")
end

"What is wrong with a column's buffers, or nothing."
function fault_of(column::WireMap, kind::String, rows::Int)
    data, validity, offsets = field(column, "data"), field(column, "validity"), field(column, "offsets")
    bits = cld(rows, 8)
    data isa Vector{UInt8} || return "as data $(described(data)), expected a bin"
    if validity !== nothing && !(validity isa Vector{UInt8} && length(validity) == bits)
        return "as validity $(described(validity)), expected nil or a bin of $bits bytes for $rows rows"
    end
    kind in ("utf8", "json") && return fault_of_text(data, offsets, rows)
    offsets === nothing || return "as offsets $(described(offsets)), expected nil for the type $kind"
    size = kind == "bool" ? bits : rows * WIDTHS[kind]
    length(data) == size || return "$(length(data)) bytes of data, expected $size for $rows rows"
    timezone = field(column, "timezone")
    kind != "timestamp" || timezone isa Union{String,Nothing} ||
        return "as timezone $(described(timezone)), expected a str or nil"
    return nothing
end

function fault_of_text(data::Vector{UInt8}, @nospecialize(offsets), rows::Int)
    if !(offsets isa Vector{UInt8}) || length(offsets) != 4 * (rows + 1)
        return "as offsets $(described(offsets)), expected a bin of $(4 * (rows + 1)) bytes for $rows rows"
    end
    ends = numbers_of(Int32, offsets)
    if ends[1] != 0 || ends[end] != length(data) || !issorted(ends)
        return "offsets that do not rise from 0 to $(length(data)), the size of its data"
    end
    isvalid(String, data) || return "data that is not UTF-8; encode strings as UTF-8"
    # The first byte of a character is no continuation byte.
    any(at -> at < length(data) && data[at + 1] & 0xc0 == 0x80, ends) &&
        return "an offset inside a UTF-8 character"
    return nothing
end

# -- reading ---------------------------------------------------------------------------------------

function values_of(column::WireMap, rows::Int)
    kind, data = field(column, "type")::String, field(column, "data")::Vector{UInt8}
    validity = field(column, "validity")
    present = validity === nothing ? nothing : bits_of(validity, rows)
    present !== nothing && all(present) && (present = nothing)
    values = if kind == "bool"
        bits_of(data, rows)
    elseif kind in ("utf8", "json")
        texts = texts_of(data, numbers_of(Int32, field(column, "offsets")))
        field(column, "logical") == "decimal" ? decimals_of(field(column, "name"), texts, present) :
        kind == "utf8" ? texts : json_cells(field(column, "name"), texts, present)
    elseif kind == "date"
        # A place that is missing may hold any number, also one beyond the calendar.
        [
            EPOCH_DATE + Dates.Day(present === nothing || present[row] ? day : 0)
            for (row, day) in enumerate(numbers_of(Int32, data))
        ]
    elseif kind == "timestamp"
        [EPOCH_TIME + Dates.Millisecond(fld(micros, 1000)) for micros in numbers_of(Int64, data)]
    else
        numbers = numbers_of(kind == "float64" ? Float64 : kind == "float32" ? Float32 : Int64, data)
        field(column, "logical") == "duration" ? Dates.Nanosecond.(numbers) : numbers
    end
    return present === nothing ? values : with_missing(values, present)
end

"The numbers whose little-endian bytes these are."
function numbers_of(::Type{T}, data::Vector{UInt8}) where {T}
    numbers = Vector{T}(undef, length(data) ÷ sizeof(T))
    GC.@preserve numbers data unsafe_copyto!(
        convert(Ptr{UInt8}, pointer(numbers)), pointer(data), length(data),
    )
    return ENDIAN_BOM == 0x04030201 ? numbers : ltoh.(numbers)
end

bits_of(data::Vector{UInt8}, rows::Int) =
    Bool[data[(row - 1) >> 3 + 1] >> ((row - 1) & 7) & 0x01 == 0x01 for row in 1:rows]

texts_of(data::Vector{UInt8}, ends::Vector{Int32}) =
    String[String(data[(ends[row] + 1):ends[row + 1]]) for row in 1:(length(ends) - 1)]

function decimals_of(name, texts, present)
    return Float64[
        present === nothing || present[row] ? decimal_of(name, text) : NaN
        for (row, text) in enumerate(texts)
    ]
end

function decimal_of(name, text)
    number = tryparse(Float64, text)
    number === nothing && invalid_params("the column '$name' holds $(repr(text)), which is no decimal")
    return number
end

function json_cells(name, texts, present)
    try
        return Any[
            present === nothing || present[row] ? read_json(text) : nothing
            for (row, text) in enumerate(texts)
        ]
    catch error
        error isa JsonFault || rethrow()
        invalid_params("the column '$name' holds a string that is no JSON: $(error.message)")
    end
end
