# What user code calls a table, a matrix or a vector, as named columns.

"""
What a hook returned as (names, columns, labelled): a data frame, anything else that Tables.jl calls a table,
a NamedTuple or Dict of vectors, a vector of NamedTuples; a matrix or vector of bare values, whose names mean
nothing. Raises HOOK_RESULT_INVALID.
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
    return WorkerError(
        "HOOK_RESULT_INVALID",
        "$hook returned $(kind_of(result)), expected a data frame; return one, e.g. " *
            "DataFrame(Predictions = values)",
    )
end

"A value in the words of an error message: its type."
kind_of(@nospecialize(value)) = value === nothing ? "nothing" : "a $(typeof(value))"

function uneven(hook, columns)
    rows = join(unique(map(length, columns)), ", ")
    return WorkerError(
        "HOOK_RESULT_INVALID",
        "$hook returned columns of $rows rows, expected one length; return a data frame",
    )
end

"(names, columns, true) of what has columns under names; nothing of anything else."
function named_columns(@nospecialize(result))
    result isa DataTable.DataFrame && return names(result), copy(DataTable.columns_of(result)), true
    return later(other_columns, result)
end

function other_columns(@nospecialize(result))
    tables = loaded_package("Tables")
    if result isa NamedTuple && !isempty(result) && all(column -> column isa AbstractVector, result)
        return String[String(name) for name in keys(result)], AbstractVector[result...], true
    elseif result isa AbstractDict && !isempty(result) &&
            all(column -> column isa AbstractVector, values(result))
        order = sort!(collect(keys(result)); by = string)
        return String[string(name) for name in order], AbstractVector[result[name] for name in order], true
    elseif tables !== nothing && tables.istable(result)
        columns = tables.columns(result)
        order = collect(tables.columnnames(columns))
        cells = AbstractVector[tables.getcolumn(columns, name) for name in order]
        return String[String(name) for name in order], cells, true
    elseif result isa AbstractVector{<:NamedTuple} && !isempty(result)
        cells = AbstractVector[[row[name] for row in result] for name in keys(result[1])]
        return String[String(name) for name in keys(result[1])], cells, true
    end
    return nothing
end

function bare_columns(@nospecialize(result))
    result isa AbstractVector && return ["0"], AbstractVector[result], false
    result isa AbstractMatrix || return nothing
    columns = AbstractVector[result[:, at] for at in axes(result, 2)]
    return string.(0:(length(columns) - 1)), columns, false
end

"""
Rows of a table, a matrix or a vector; of anything else that read_input_data may return it is not known what a
row is.
"""
rows_of(@nospecialize(data)) =
    data isa DataTable.DataFrame ? DataTable.nrow(data) : later(rows_of_other, data)

function rows_of_other(@nospecialize(data))
    data isa Union{AbstractMatrix,AbstractVector} && return size(data, 1)
    data isa Union{NamedTuple,AbstractDict} && !isempty(data) && first(values(data)) isa AbstractVector &&
        return length(first(values(data)))
    tables = loaded_package("Tables")
    tables !== nothing && tables.istable(data) || return nothing
    return Int(tables.rowcount(tables.columns(data)))
end
