# The table that hooks get where the package DataFrames is not there: columns by name, in the words of
# DataFrames, as far as hooks commonly need them.

module DataTable

export DataFrame, Not, ncol, nrow, rename!, select, select!

"""
Columns of equal length under names that differ. `df.x`, `df[!, :x]` are the column itself, `df[:, :x]` is a
copy of it.
"""
struct DataFrame
    keys::Vector{Symbol}
    columns::Vector{AbstractVector}

    function DataFrame(columns::AbstractVector, keys::AbstractVector; copycols::Bool = true)
        length(columns) == length(keys) ||
            throw(DimensionMismatch("$(length(keys)) names came for $(length(columns)) columns"))
        count = -1
        for column in columns
            column isa AbstractVector || continue
            count == -1 || count == length(column) || throw(DimensionMismatch(
                "the columns have $count and $(length(column)) rows, expected the same number",
            ))
            count = length(column)
        end
        allunique(keys) || throw(ArgumentError("a column name came twice in $(join(keys, ", "))"))
        count == -1 && (count = 1) # a single value stands for a column of it
        return new(
            Symbol[Symbol(key) for key in keys],
            AbstractVector[column_of(column, count, copycols) for column in columns],
        )
    end
end

const Column = Union{Symbol,AbstractString,Integer}

"All columns but these: a name, a number or an array of them."
struct Not
    columns::Any
end

column_of(column::AbstractVector, count, copycols) =
    column isa AbstractRange ? collect(column) : copycols ? copy(column) : column
column_of(value, count, copycols) = fill(value, count)

DataFrame(pairs::Pair...; copycols::Bool = true) =
    DataFrame(Any[pair.second for pair in pairs], Any[pair.first for pair in pairs]; copycols = copycols)
DataFrame(; columns...) = DataFrame(collect(Any, values(values(columns))), collect(Symbol, keys(columns)))
DataFrame(columns::NamedTuple; copycols::Bool = true) =
    DataFrame(collect(Any, values(columns)), collect(Symbol, keys(columns)); copycols = copycols)
DataFrame(table::DataFrame; copycols::Bool = true) =
    DataFrame(columns_of(table), keys_of(table); copycols = copycols)
DataFrame(values::AbstractMatrix, keys::AbstractVector) =
    DataFrame(Any[values[:, at] for at in axes(values, 2)], keys)
DataFrame(values::AbstractMatrix, ::Symbol) = DataFrame(values, ["x$at" for at in axes(values, 2)])

function DataFrame(columns::AbstractDict; copycols::Bool = true)
    names = sort!(collect(keys(columns)), by = string) # a dictionary has no order of its own
    return DataFrame(Any[columns[name] for name in names], names; copycols = copycols)
end

"Names of the columns, not copied."
keys_of(table::DataFrame) = getfield(table, :keys)
"The columns, not copied."
columns_of(table::DataFrame) = getfield(table, :columns)

"The number of rows."
nrow(table::DataFrame) = isempty(columns_of(table)) ? 0 : length(columns_of(table)[1])
"The number of columns."
ncol(table::DataFrame) = length(columns_of(table))
Base.size(table::DataFrame) = (nrow(table), ncol(table))
Base.size(table::DataFrame, dimension::Integer) = size(table)[dimension]
Base.axes(table::DataFrame, dimension::Integer) = Base.OneTo(size(table, dimension))
Base.isempty(table::DataFrame) = nrow(table) == 0 || ncol(table) == 0
Base.names(table::DataFrame) = String[String(key) for key in keys_of(table)]
Base.propertynames(table::DataFrame, ::Bool = false) = copy(keys_of(table))
Base.copy(table::DataFrame) = DataFrame(table)
Base.:(==)(one::DataFrame, other::DataFrame) =
    keys_of(one) == keys_of(other) && columns_of(one) == columns_of(other)
Base.isequal(one::DataFrame, other::DataFrame) =
    keys_of(one) == keys_of(other) && isequal(columns_of(one), columns_of(other))

# -- reading ---------------------------------------------------------------------------------------

"The place of a column. Raises ArgumentError for a name that is not there."
function place(table::DataFrame, column::Union{Symbol,AbstractString})
    at = findfirst(isequal(Symbol(column)), keys_of(table))
    at === nothing && throw(ArgumentError(
        "column name :$column not found in the data frame; it has $(join(names(table), ", "))",
    ))
    return at
end

function place(table::DataFrame, column::Integer)
    1 <= column <= ncol(table) || throw(BoundsError(table, (!, column)))
    return Int(column)
end

places(table::DataFrame, ::Colon) = collect(1:ncol(table))
places(table::DataFrame, column::Column) = [place(table, column)]
places(table::DataFrame, columns::AbstractVector) = Int[place(table, column) for column in columns]
places(table::DataFrame, flags::AbstractVector{Bool}) = findall(flags)
places(table::DataFrame, pattern::Regex) = findall(name -> occursin(pattern, name), names(table))
places(table::DataFrame, left_out::Not) = setdiff(1:ncol(table), places(table, left_out.columns))

Base.getproperty(table::DataFrame, column::Symbol) = columns_of(table)[place(table, column)]
Base.getproperty(table::DataFrame, column::AbstractString) = columns_of(table)[place(table, column)]
Base.getindex(table::DataFrame, ::typeof(!), column::Column) = columns_of(table)[place(table, column)]
Base.getindex(table::DataFrame, ::Colon, column::Column) = copy(columns_of(table)[place(table, column)])
Base.getindex(table::DataFrame, row::Integer, column::Column) = columns_of(table)[place(table, column)][row]
Base.getindex(table::DataFrame, rows::AbstractVector, column::Column) =
    columns_of(table)[place(table, column)][rows]
Base.getindex(table::DataFrame, ::typeof(!), columns) = part(table, columns, identity)
Base.getindex(table::DataFrame, ::Colon, columns) = part(table, columns, copy)
Base.getindex(table::DataFrame, rows::AbstractVector, columns) = part(table, columns, column -> column[rows])
Base.getindex(table::DataFrame, row::Integer, columns) = row_of(part(table, columns, identity), row)

function part(table::DataFrame, columns, take_rows)
    chosen = places(table, columns)
    return DataFrame(
        AbstractVector[take_rows(columns_of(table)[at]) for at in chosen],
        keys_of(table)[chosen];
        copycols = false,
    )
end

row_of(table::DataFrame, row::Integer) =
    NamedTuple{Tuple(keys_of(table))}(Tuple(column[row] for column in columns_of(table)))

Base.eachcol(table::DataFrame) = columns_of(table)
Base.eachrow(table::DataFrame) = (row_of(table, row) for row in 1:nrow(table))
Base.first(table::DataFrame, count::Integer) = table[1:min(count, nrow(table)), :]
Base.last(table::DataFrame, count::Integer) = table[max(1, nrow(table) - count + 1):nrow(table), :]
Base.filter(keep, table::DataFrame) = table[Bool[keep(row) for row in eachrow(table)], :]
Base.Matrix(table::DataFrame) = ncol(table) == 0 ? Matrix{Any}(undef, 0, 0) : reduce(hcat, columns_of(table))
Base.Matrix{T}(table::DataFrame) where {T} = convert(Matrix{T}, Matrix(table))
Base.Array(table::DataFrame) = Matrix(table)
Base.convert(::Type{Matrix}, table::DataFrame) = Matrix(table)
Base.convert(::Type{Matrix{T}}, table::DataFrame) where {T} = Matrix{T}(table)

# -- writing ---------------------------------------------------------------------------------------

Base.setproperty!(table::DataFrame, column::Symbol, values) = set_column(table, column, values)
Base.setproperty!(table::DataFrame, column::AbstractString, values) = set_column(table, column, values)
Base.setindex!(table::DataFrame, values, ::typeof(!), column::Column) = set_column(table, column, values)
Base.setindex!(table::DataFrame, values::AbstractVector, rows::Union{Colon,AbstractVector}, column::Column) =
    set_cells(table, values, rows, column)
Base.setindex!(table::DataFrame, value, row::Integer, column::Column) =
    (columns_of(table)[place(table, column)][row] = value; table)

function set_cells(table::DataFrame, values, rows, column)
    rows isa Colon && !(column isa Integer) && !(Symbol(column) in keys_of(table)) &&
        return set_column(table, column, copy(values))
    columns_of(table)[place(table, column)][rows] = values
    return table
end

function set_column(table::DataFrame, column::Column, values)
    values isa AbstractVector ||
        throw(ArgumentError("a column is set to a vector; for one value use df[!, :$column] .= value"))
    if ncol(table) > 0 && length(values) != nrow(table)
        throw(DimensionMismatch("the column $column has $(length(values)) rows, expected $(nrow(table))"))
    end
    at = column isa Integer ? place(table, column) : findfirst(isequal(Symbol(column)), keys_of(table))
    if at === nothing
        push!(keys_of(table), Symbol(column))
        push!(columns_of(table), column_of(values, 0, false))
    else
        columns_of(table)[at] = column_of(values, 0, false)
    end
    return table
end

select(table::DataFrame, columns...) = table[:, chosen(table, columns)]

function select!(table::DataFrame, columns...)
    kept = chosen(table, columns)
    parts = keys_of(table)[kept], columns_of(table)[kept]
    append!(empty!(keys_of(table)), parts[1])
    append!(empty!(columns_of(table)), parts[2])
    return table
end

chosen(table::DataFrame, columns) =
    unique(reduce(vcat, (places(table, one) for one in columns); init = Int[]))

function rename!(table::DataFrame, changes::Pair...)
    for (old, new) in changes
        keys_of(table)[place(table, old)] = Symbol(new)
    end
    return table
end

function rename!(table::DataFrame, keys::AbstractVector)
    length(keys) == ncol(table) ||
        throw(DimensionMismatch("$(length(keys)) names came for $(ncol(table)) columns"))
    keys_of(table) .= Symbol.(keys)
    return table
end

Base.hcat(one::DataFrame, others::DataFrame...) =
    DataFrame(reduce(vcat, columns_of.((one, others...))), reduce(vcat, keys_of.((one, others...))))

Base.vcat(one::DataFrame, others::DataFrame...) =
    DataFrame(
        Any[reduce(vcat, (table[!, key] for table in (one, others...))) for key in keys_of(one)],
        keys_of(one),
    )

# -- element by element: coalesce.(df, 0), df .* 2, df[!, :x] .= 0 ---------------------------------

struct TableStyle <: Broadcast.BroadcastStyle end

Base.broadcastable(table::DataFrame) = table
Broadcast.BroadcastStyle(::Type{DataFrame}) = TableStyle()
Broadcast.BroadcastStyle(style::TableStyle, ::Broadcast.AbstractArrayStyle{0}) = style
Broadcast.instantiate(call::Broadcast.Broadcasted{TableStyle}) = call

function Base.copy(call::Broadcast.Broadcasted{TableStyle})
    flat = Broadcast.flatten(call)
    table = first(argument for argument in flat.args if argument isa DataFrame)
    columns = map(1:ncol(table)) do at
        broadcast(
            flat.f,
            (argument isa DataFrame ? columns_of(argument)[at] : argument for argument in flat.args)...,
        )
    end
    return DataFrame(columns, keys_of(table); copycols = false)
end

"What `df[!, :x] .= values` writes to."
struct NewColumn
    table::DataFrame
    column::Union{Symbol,String,Int}
end

Base.axes(target::NewColumn) = (Base.OneTo(nrow(target.table)),)
Base.dotview(table::DataFrame, ::typeof(!), column::Column) =
    NewColumn(table, column isa AbstractString ? String(column) : column)

function Broadcast.materialize!(target::NewColumn, call::Broadcast.Broadcasted)
    column = Broadcast.Broadcasted{Broadcast.DefaultArrayStyle{1}}(call.f, call.args, axes(target))
    return set_column(target.table, target.column, copy(Broadcast.instantiate(column)))
end

# -- showing ---------------------------------------------------------------------------------------

Base.summary(io::IO, table::DataFrame) = print(io, nrow(table), "×", ncol(table), " DataFrame")

function Base.show(io::IO, table::DataFrame)
    summary(io, table)
    rows = min(nrow(table), 20)
    cells = [
        [name; String[repr(value) for value in column[1:rows]]]
        for (name, column) in zip(names(table), columns_of(table))
    ]
    widths = [maximum(textwidth, column) for column in cells]
    for row in 1:(isempty(cells) ? 0 : rows + 1)
        print(io, '\n', join((rpad(column[row], width) for (column, width) in zip(cells, widths)), "  "))
    end
    nrow(table) > rows && print(io, "\n… ", nrow(table) - rows, " more rows")
    return nothing
end

end
