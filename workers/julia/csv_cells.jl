# Where the cells of a CSV lie: rows, quotes and line ends, before anything is known of types.

const COMMA, QUOTE, LF, CR = UInt8(','), UInt8('"'), UInt8('\n'), UInt8('\r')

"""
The cells below the header, row after row, `width` a row. A cell is `sizes[at]` bytes from `starts[at]` on,
without its quotes; a cell that holds doubled quotes has its size as -1 - size.
"""
mutable struct Cells
    data::Vector{UInt8}
    width::Int
    rows::Int
    starts::Vector{Int}
    sizes::Vector{Int32}
end

"Splits a CSV. Returns the names of the columns and the cells. Raises INPUT_EMPTY and INPUT_UNREADABLE."
function split_csv(data::Vector{UInt8})
    at = length(data) >= 3 && data[1] == 0xef && data[2] == 0xbb && data[3] == 0xbf ? 4 : 1
    at = skip_line_ends(data, at)
    if at > length(data)
        throw(WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows"))
    end
    header = Cells(data, 0, 0, Int[], Int32[])
    at = split_row(header, at, 0)
    width = length(header.sizes)
    room = max(width, 64)
    cells = Cells(data, width, 0, Vector{Int}(undef, room), Vector{Int32}(undef, room))
    at = skip_line_ends(data, at)
    while at <= length(data)
        at = skip_line_ends(data, split_row(cells, at, width))
        cells.rows += 1
    end
    isvalid(String, data) || throw(not_utf8(header, cells))
    return column_names(header), cells
end

"Blank lines are no rows."
function skip_line_ends(data::Vector{UInt8}, at::Int)
    while at <= length(data) && (data[at] == LF || data[at] == CR)
        at += 1
    end
    return at
end

"""
Splits the row that begins at `at` and returns where the next one begins. With a `width`, missing cells are
added, one empty cell more is dropped, and others are refused; without, every cell is kept.
"""
function split_row(cells::Cells, at::Int, width::Int)
    data, starts, sizes = cells.data, cells.starts, cells.sizes
    last = length(data)
    place = cells.rows * width
    if place + max(width, 1) > length(sizes)
        room = max(2 * length(sizes), place + width)
        resize!(starts, room)
        resize!(sizes, room)
    end
    count, surplus, is_empty = 0, 0, true
    while true
        start, size, at = split_cell(data, at, last)
        count += 1
        if width == 0
            count > length(sizes) && (push!(starts, start); push!(sizes, size))
        elseif count <= width
            @inbounds starts[place + count] = start
            @inbounds sizes[place + count] = size
        elseif count == width + 1
            surplus, is_empty = start, size == 0
        end
        ends_row = at > last || data[at] != COMMA
        at += 1
        ends_row && break
    end
    if width > 0 && count < width
        starts[(place + count + 1):(place + width)] .= 1
        sizes[(place + count + 1):(place + width)] .= 0
    elseif width > 0 && (count > width + 1 || !is_empty)
        throw(unreadable(data, surplus, "the row has $count cells, expected $width"))
    end
    return at
end

"(first byte, size, place of the comma or line end behind it) of the cell that begins at `at`."
function split_cell(data::Vector{UInt8}, at::Int, last::Int)
    start = at
    @inbounds while at <= last
        byte = data[at]
        if byte <= COMMA
            (byte == COMMA || byte == LF || byte == CR) && break
            byte == QUOTE && only_blanks(data, start, at - 1) && return split_quoted(data, at, last)
        end
        at += 1
    end
    return start, Int32(at - start), at
end

function split_quoted(data::Vector{UInt8}, quote_at::Int, last::Int)
    at = quote_at + 1
    doubled = false
    while true
        at > last && throw(unreadable(data, quote_at, "the quote that opens there is never closed"))
        if @inbounds data[at] == QUOTE
            (at == last || data[at + 1] != QUOTE) && break
            doubled = true
            at += 1
        end
        at += 1
    end
    size = Int32(at - quote_at - 1)
    at += 1
    while at <= last && is_blank(data[at])
        at += 1
    end
    if at <= last && data[at] != COMMA && data[at] != LF && data[at] != CR
        throw(unreadable(
            data,
            at,
            "something follows the quote that closes there, expected a comma or the end of the line",
        ))
    end
    return quote_at + 1, doubled ? Int32(-1) - size : size, at
end

is_blank(byte::UInt8) = byte == UInt8(' ') || byte == UInt8('\t')

function only_blanks(data::Vector{UInt8}, first::Int, last::Int)
    for at in first:last
        is_blank(data[at]) || return false
    end
    return true
end

function unreadable(data::Vector{UInt8}, at::Int, words::String)
    is_line_end(at) = data[at] == LF ? at == 1 || data[at - 1] != CR : data[at] == CR
    line = 1 + count(is_line_end, 1:min(at - 1, length(data)))
    return WorkerError("INPUT_UNREADABLE", "the CSV cannot be read at line $line: $words; correct it")
end

"The error for the first byte that is not UTF-8."
function not_utf8(header::Cells, cells::Cells)
    data = cells.data
    at = first_invalid(data)
    holds(place) = cells.sizes[place] != 0 && cells.starts[place] <= at
    place = findlast(holds, 1:(cells.rows * cells.width))
    where = "the header"
    if place !== nothing
        row, column = fldmod1(place, cells.width)
        where = "the column $(column_names(header)[column]) of row $(row - 1) (counted from 0)"
    end
    byte = string(data[at]; base = 16, pad = 2)
    return WorkerError(
        "INPUT_UNREADABLE",
        "the CSV is not UTF-8: byte $(at - 1) (counted from 0) is 0x$byte, in $where; " *
        "encode it as UTF-8; a request may name its charset instead",
    )
end

function first_invalid(data::Vector{UInt8})
    at = 1
    while at <= length(data)
        byte = data[at]
        width = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
        at + width - 1 <= length(data) && isvalid(String, data[at:(at + width - 1)]) || return at
        at += width
    end
    return at
end

"The text of a cell, whose size is not 0, byte for byte."
function cell_text(data::Vector{UInt8}, start::Int, size::Int32)
    size >= 0 && return GC.@preserve data unsafe_string(pointer(data, start), size)
    return replace(cell_text(data, start, Int32(-1) - size), "\"\"" => "\"")
end

"Names as they stand; an empty one is ColumnN."
function column_names(header::Cells)
    sizes, starts = header.sizes, header.starts
    return unique_names([
        sizes[at] == 0 ? "Column$at" : cell_text(header.data, starts[at], sizes[at])
        for at in eachindex(sizes)
    ])
end

"Of a repeated name the second is name_1, the third name_2."
function unique_names(names::Vector{String})
    taken = Set{String}()
    return map(names) do name
        number, unique_name = 0, name
        while unique_name in taken
            number += 1
            unique_name = "$(name)_$number"
        end
        push!(taken, unique_name)
        return unique_name
    end
end
