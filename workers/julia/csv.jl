# A CSV as columns, typed as CSV.jl types them: a whole column is what all its cells are, else text.

"""
The names and the columns of a CSV: Int64, Float64, Date, DateTime, Time, Bool or String, with missing where a
cell is empty. Raises INPUT_EMPTY and INPUT_UNREADABLE. Blank lines are skipped, short rows are filled with
missing, one empty cell behind the last column is nothing.
"""
function read_csv(data::Vector{UInt8})
    names, cells = split_csv(data)
    return names, AbstractVector[read_column(cells, at) for at in 1:cells.width]
end

function read_column(cells::Cells, at::Int)
    row = first_filled(cells, at)
    row == 0 && return Vector{Missing}(missing, cells.rows)
    ints = fill_column(int_of, Int64, cells, at, row)
    ints isa Vector || return read_floats(cells, at, row, ints)
    return ints
end

"""
Ints up to a cell that is none may still be floats; a column that does not begin with a number may be of times
or bools.
"""
function read_floats(cells::Cells, at::Int, row::Int, fault::Int)
    floats = fill_column(float_of, Float64, cells, at, row)
    floats isa Vector && return floats
    if fault == row && floats == row
        for (reader, type) in (
            (date_of, Dates.Date), (datetime_of, Dates.DateTime), (time_of, Dates.Time), (bool_of, Bool),
        )
            column = fill_column(reader, type, cells, at, row)
            column isa Vector && return column
        end
    end
    return read_texts(cells, at)
end

"The first row whose cell is not empty; 0 where all are. A cell of blanks is text."
function first_filled(cells::Cells, at::Int)
    for row in 1:cells.rows
        cells.sizes[(row - 1) * cells.width + at] == 0 || return row
    end
    return 0
end

"""
Where a cell begins and ends without the blanks around it; the end lies before the beginning where nothing is
left.
"""
@inline function trimmed(cells::Cells, place::Int)
    @inbounds first, size = cells.starts[place], Int(cells.sizes[place])
    size < 0 && return first, first - 1 - size - 1
    last = first + size - 1
    data = cells.data
    @inbounds while first <= last && is_blank(data[last])
        last -= 1
    end
    @inbounds while first <= last && is_blank(data[first])
        first += 1
    end
    return first, last
end

"""
The column, read by `reader`; or the row of the first cell that it cannot read. All rows before `start` are
empty.
"""
function fill_column(reader::F, ::Type{T}, cells::Cells, at::Int, start::Int) where {F,T}
    values = Vector{T}(undef, cells.rows)
    present = nothing
    for row in 1:cells.rows
        place = (row - 1) * cells.width + at
        first, last = trimmed(cells, place)
        if first > last
            cells.sizes[place] == 0 || return row
            present === nothing && (present = fill(true, cells.rows))
            present[row] = false
        else
            value = reader(cells.data, first, last)
            value === nothing && return row
            @inbounds values[row] = value
        end
    end
    return present === nothing ? values : with_missing(values, present)
end

"The values, with missing where `present` is false."
function with_missing(values::Vector{T}, present::AbstractVector{Bool}) where {T}
    column = Vector{Union{Missing,T}}(missing, length(values))
    for row in eachindex(values)
        present[row] && (column[row] = values[row])
    end
    return column
end

function read_texts(cells::Cells, at::Int)
    texts = Vector{String}(undef, cells.rows)
    present = fill(true, cells.rows)
    for row in 1:cells.rows
        place = (row - 1) * cells.width + at
        if cells.sizes[place] == 0
            present[row] = false
            texts[row] = ""
        else
            texts[row] = cell_text(cells.data, cells.starts[place], cells.sizes[place])
        end
    end
    return all(present) ? texts : with_missing(texts, present)
end
