# A payload to a native table: CSV, Matrix Market, table; and bytes for hooks that read themselves.

const CSV_TYPES = (nothing, "", "text/csv", "text/plain")
const MATRIX_TYPE = "text/mtx"

"Format to the version of the package that reads it: both are read here."
payload_formats() = WireMap("csv" => nothing, "mtx" => nothing)

"A payload as the bytes that came."
function bytes_of(payload::WireMap)
    kind = take(payload, "kind", String)
    kind == "bytes" && return take(payload, "data", Vector{UInt8})
    kind == "file" && return later(read_payload_file, take(payload, "path", String))
    throw(WorkerError(
        "INPUT_UNSUPPORTED",
        string("read_input_data reads bytes, got a payload of kind ", kind, "; send the data itself"),
    ))
end

"The payload with the bytes that it stands for in the field data."
as_bytes(payload::WireMap) =
    WireMap([payload.pairs; Pair{String,Any}("data", bytes_of(payload)); Pair{String,Any}("kind", "bytes")])

function read_payload_file(path::String)
    try
        return read(path)
    catch error
        error isa Base.IOError || error isa SystemError || rethrow()
        throw(WorkerError(
            "INPUT_UNREADABLE", "the input file $path cannot be read: $(text_of(error)); check the path",
        ))
    end
end

"The names and columns of a payload, or a sparse matrix and its names, which are nothing where none came."
function read_payload(payload::WireMap)
    kind = take(payload, "kind", String)
    if kind == "table"
        return later(columns_of_table, field(payload, "table"))
    end
    kind in ("bytes", "file") || throw(
        WorkerError("INPUT_UNSUPPORTED", string("a payload is of kind bytes, file or table, got ", kind)),
    )
    mimetype = field(payload, "mimetype")
    mimetype in CSV_TYPES && return Csv.read_csv(bytes_of(payload))
    mimetype == MATRIX_TYPE && return later(read_matrix, payload)
    message = "expected text/csv or text/mtx; send one of these, or define read_input_data"
    throw(WorkerError(
        "INPUT_UNSUPPORTED", string("the media type ", described(mimetype), " is not read, ", message),
    ))
end

function columns_of_table(table)
    _, names, columns = read_table(table)
    return Csv.unique_names(names), columns
end

function read_matrix(payload::WireMap)
    names = take_texts(payload, "column_names"; optional = true)
    matrix = read_matrix_market(bytes_of(payload))
    if names !== nothing && length(names) != size(matrix, 2)
        message =
            "$(length(names)) column names came for $(size(matrix, 2)) columns of the matrix; send one " *
                "name a column"
        throw(WorkerError("INPUT_UNREADABLE", message))
    end
    return names, matrix
end
