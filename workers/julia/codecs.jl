# Payload to data: CSV, Matrix Market, table; and bytes for hooks that read themselves. What hooks return, as columns.

const CSV_TYPES = (nothing, "", "text/csv", "text/plain")
const MATRIX_TYPE = "text/mtx"

"Format to the version of the package that reads it: both are read here."
payload_formats() = WireMap("csv" => nothing, "mtx" => nothing)

"A payload as the bytes that came."
function bytes_of(payload::WireMap)
    kind = take(payload, "kind", String)
    kind == "bytes" && return take(payload, "data", Vector{UInt8})
    kind == "file" && return later(read_payload_file, take(payload, "path", String))
    throw(WorkerError("INPUT_UNSUPPORTED", string("read_input_data reads bytes, got a payload of kind ", kind, "; send the data itself")))
end

"The payload with the bytes that it stands for in the field data."
as_bytes(payload::WireMap) = WireMap([payload.pairs; Pair{String,Any}("data", bytes_of(payload)); Pair{String,Any}("kind", "bytes")])

function read_payload_file(path::String)
    try
        return read(path)
    catch error
        error isa Base.IOError || error isa SystemError || rethrow()
        throw(WorkerError("INPUT_UNREADABLE", "the input file $path cannot be read: $(text_of(error)); check the path"))
    end
end

"The names and columns of a payload, or a sparse matrix and its names, which are nothing where none came."
function read_payload(payload::WireMap)
    kind = take(payload, "kind", String)
    if kind == "table"
        return later(columns_of_table, field(payload, "table"))
    end
    kind in ("bytes", "file") || throw(WorkerError("INPUT_UNSUPPORTED", string("a payload is of kind bytes, file or table, got ", kind)))
    mimetype = field(payload, "mimetype")
    mimetype in CSV_TYPES && return Csv.read_csv(bytes_of(payload))
    mimetype == MATRIX_TYPE && return later(read_matrix, payload)
    message = "expected text/csv or text/mtx; send one of these, or define read_input_data"
    throw(WorkerError("INPUT_UNSUPPORTED", string("the media type ", described(mimetype), " is not read, ", message)))
end

function columns_of_table(table)
    _, names, columns = read_table(table)
    return Csv.unique_names(names), columns
end

function read_matrix(payload::WireMap)
    names = take_texts(payload, "column_names"; optional = true)
    matrix = read_matrix_market(bytes_of(payload))
    if names !== nothing && length(names) != size(matrix, 2)
        message = "$(length(names)) column names came for $(size(matrix, 2)) columns of the matrix; send one name a column"
        throw(WorkerError("INPUT_UNREADABLE", message))
    end
    return names, matrix
end

"""
What a hook returned as (names, columns, labelled): a data frame, anything else that Tables.jl calls a table, a NamedTuple or Dict of vectors,
a vector of NamedTuples; a matrix or vector of bare values, whose names mean nothing. Raises HOOK_RESULT_INVALID.
"""
function columns_of_result(hook::String, @nospecialize(result))
    found = named_columns(result)
    found === nothing && (found = later(bare_columns, result))
    found === nothing && throw(later(no_table, hook, result))
    columns = found[2]::Vector{AbstractVector}
    for column in columns
        length(column) == length(columns[1]) || throw(later(uneven, hook, columns))
    end
    return found
end

function no_table(hook, @nospecialize(result))
    return WorkerError("HOOK_RESULT_INVALID", "$hook returned $(kind_of(result)), expected a data frame; return one, e.g. DataFrame(Predictions = values)")
end

kind_of(@nospecialize(value)) = value === nothing ? "nothing" : "a $(typeof(value))"

function uneven(hook, columns)
    rows = join(unique(map(length, columns)), ", ")
    return WorkerError("HOOK_RESULT_INVALID", "$hook returned columns of $rows rows, expected one length; return a data frame")
end

function named_columns(@nospecialize(result))
    result isa DataTable.DataFrame && return names(result), copy(DataTable.columns_of(result)), true
    return later(other_columns, result)
end

function other_columns(@nospecialize(result))
    tables = loaded_package("Tables")
    if result isa NamedTuple && !isempty(result) && all(column -> column isa AbstractVector, result)
        return String[String(name) for name in keys(result)], AbstractVector[result...], true
    elseif result isa AbstractDict && !isempty(result) && all(column -> column isa AbstractVector, values(result))
        order = sort!(collect(keys(result)); by = string)
        return String[string(name) for name in order], AbstractVector[result[name] for name in order], true
    elseif tables !== nothing && tables.istable(result)
        columns = tables.columns(result)
        order = collect(tables.columnnames(columns))
        return String[String(name) for name in order], AbstractVector[tables.getcolumn(columns, name) for name in order], true
    elseif result isa AbstractVector{<:NamedTuple} && !isempty(result)
        return String[String(name) for name in keys(result[1])], AbstractVector[[row[name] for row in result] for name in keys(result[1])], true
    end
    return nothing
end

function bare_columns(@nospecialize(result))
    result isa AbstractMatrix && return string.(0:(size(result, 2) - 1)), AbstractVector[result[:, at] for at in axes(result, 2)], false
    return result isa AbstractVector ? (["0"], AbstractVector[result], false) : nothing
end

"Rows of a table, a matrix or a vector; of anything else that read_input_data may return it is not known what a row is."
rows_of(@nospecialize(data)) = data isa DataTable.DataFrame ? DataTable.nrow(data) : later(rows_of_other, data)

function rows_of_other(@nospecialize(data))
    data isa Union{AbstractMatrix,AbstractVector} && return size(data, 1)
    data isa Union{NamedTuple,AbstractDict} && !isempty(data) && first(values(data)) isa AbstractVector && return length(first(values(data)))
    tables = loaded_package("Tables")
    tables !== nothing && tables.istable(data) || return nothing
    return Int(tables.rowcount(tables.columns(data)))
end
