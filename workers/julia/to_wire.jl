# Columns to the tables and matrices of protocol/SPEC.md section 8.

"A table of the wire. Raises HOOK_RESULT_INVALID for cells that it has no type for."
function table_to_wire(names, columns)
    rows = isempty(columns) ? 0 : length(columns[1])
    return WireMap(
        "rows" => rows,
        "columns" => Any[column_to_wire(String(name), column) for (name, column) in zip(names, columns)],
    )
end

function column_to_wire(name::String, @nospecialize(column))
    column isa Vector{Float64} && return wire_column(name, "float64", bytes_of_numbers(column))
    column isa Vector{Int64} && return wire_column(name, "int64", bytes_of_numbers(column))
    cells = narrowed(column)
    type = nonmissingtype(eltype(cells))
    present = Missing <: eltype(cells) ? Bool[cell !== missing for cell in cells] : nothing
    validity = present === nothing || all(present) ? nothing : bitmap(present)
    type === Union{} && return wire_column(name, "float64", zeros(UInt8, 8 * length(cells)), validity)
    type === Bool && return wire_column(name, "bool", bitmap(Bool[cell === true for cell in cells]), validity)
    if type <: Integer
        within = all(cell -> cell === missing || typemin(Int64) <= cell <= typemax(Int64), cells)
        return within ? numeric(name, "int64", Int64, cells, validity) : numeric(
            name, "float64", Float64, cells, validity,
        )
    end
    type <: Union{Float32,Float16} && return numeric(name, "float32", Float32, cells, validity)
    type <: Real && !any(cell -> cell isa Bool, cells) &&
        return numeric(name, "float64", Float64, cells, validity)
    type === Dates.Date && return numeric(name, "date", Int32, map(days_since_epoch, cells), validity)
    type === Dates.DateTime && return timestamps(name, map(micros_since_epoch, cells), validity)
    type <: Union{AbstractString,Symbol,AbstractChar,Dates.Time} &&
        return texts(name, "utf8", map(as_text, cells), validity)
    return texts(
        name,
        "json",
        String[cell === missing ? "" : json_cell(name, cell, column) for cell in cells],
        validity,
    )
end

"""
The cells with the narrowest type that holds them all; nothing counts as missing, and a categorical value is
what it stands for.
"""
function narrowed(@nospecialize(column))
    type = nonmissingtype(eltype(column))
    isconcretetype(type) && (type <: Union{Real,AbstractString,Dates.TimeType}) && return column
    return map(plain_cell, column)
end

"What a categorical value stands for; missing for nothing; any other cell itself."
function plain_cell(@nospecialize(cell))
    cell === nothing && return missing
    type = typeof(cell)
    nameof(type) in (:CategoricalValue, :CategoricalString) || return cell
    owner = parentmodule(type)
    return isdefined(owner, :unwrap) ? Base.invokelatest(owner.unwrap, cell) : Base.invokelatest(get, cell)
end

days_since_epoch(day) = day === missing ? missing : Dates.value(day - EPOCH_DATE)
micros_since_epoch(time) = time === missing ? missing : 1000 * Dates.value(time - EPOCH_TIME)
as_text(cell) = cell === missing ? "" : sendable(string(cell))

function json_cell(name, @nospecialize(cell), column)
    try
        return sendable(write_json(cell))
    catch error
        error isa JsonFault || rethrow()
        expected = "expected numbers, text, bools, dates or what JSON can hold"
        message =
            "the column $name has elements of type $(eltype(column)), such as a $(typeof(cell)), " *
                "$expected; convert them"
        throw(WorkerError("HOOK_RESULT_INVALID", message))
    end
end

# -- columns of one type ---------------------------------------------------------------------------

wire_column(name, type, data, validity = nothing, offsets = nothing) =
    WireMap(
        "name" => sendable(name),
        "type" => type,
        "data" => data,
        "validity" => validity,
        "offsets" => offsets,
    )

numeric(name, kind, type, cells, validity) =
    wire_column(
        name,
        kind,
        bytes_of_numbers(type[cell === missing ? zero(type) : type(cell) for cell in cells]),
        validity,
    )

function timestamps(name, cells, validity)
    column = numeric(name, "timestamp", Int64, cells, validity)
    push!(column.pairs, "timezone" => nothing)
    return column
end

function texts(name, kind, cells, validity)
    offsets = Vector{Int32}(undef, length(cells) + 1)
    offsets[1] = 0
    size = 0
    for (row, cell) in enumerate(cells)
        size += sizeof(cell)
        size <= typemax(Int32) || throw(WorkerError(
            "HOOK_RESULT_INVALID",
            "the column $name has more than $(typemax(Int32)) bytes of text, expected at most so many",
        ))
        offsets[row + 1] = size
    end
    data = Vector{UInt8}(undef, size)
    for (row, cell) in enumerate(cells)
        copyto!(data, offsets[row] + 1, codeunits(cell), 1, sizeof(cell))
    end
    return wire_column(name, kind, data, validity, bytes_of_numbers(offsets))
end

"A matrix of the wire, where every column is a sparse vector of numbers; else nothing."
function matrix_to_wire(names, columns)
    isempty(columns) && return nothing
    all(
        column -> column isa SparseArrays.AbstractSparseVector &&
            eltype(column) <: Union{AbstractFloat,Integer},
        columns,
    ) || return nothing
    type = reduce(promote_type, map(eltype, columns); init = Union{})
    kind, number = type <: Integer ? ("int64", Int64) : type <: Union{Float32,Float16} ? (
        "float32", Float32,
    ) : ("float64", Float64)
    indices = map(SparseArrays.nonzeroinds, columns)
    all_values = map(SparseArrays.nonzeros, columns)
    return WireMap(
        "rows" => length(columns[1]),
        "names" => Any[sendable(String(name)) for name in names],
        "type" => kind,
        "starts" => bytes_of_numbers(Int32[0; cumsum(map(length, indices))]),
        "row_indices" => bytes_of_numbers(Int32[row - 1 for rows in indices for row in rows]),
        "values" => bytes_of_numbers(number[value for values in all_values for value in values]),
    )
end

"The little-endian bytes of the numbers."
function bytes_of_numbers(numbers::Vector{T}) where {T}
    ordered = ENDIAN_BOM == 0x04030201 ? numbers : htol.(numbers)
    data = Vector{UInt8}(undef, sizeof(T) * length(numbers))
    GC.@preserve ordered data unsafe_copyto!(
        pointer(data), convert(Ptr{UInt8}, pointer(ordered)), length(data),
    )
    return data
end

function bitmap(flags::Vector{Bool})
    data = zeros(UInt8, cld(length(flags), 8))
    for (row, flag) in enumerate(flags)
        data[(row - 1) >> 3 + 1] |= UInt8(flag) << ((row - 1) & 7)
    end
    return data
end
