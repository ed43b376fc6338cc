# Matrix Market text to a sparse matrix: coordinate and array form, every symmetry, no complex numbers.

"The matrix of a Matrix Market text; entries that come twice are added up. Raises INPUT_UNREADABLE."
function read_matrix_market(data::Vector{UInt8})
    lines = split(String(copy(data)), '\n')
    form, numbers, symmetry = matrix_banner(lines[1])
    at = findnext(line -> !isempty(strip(line)) && !startswith(line, '%'), lines, 2)
    at === nothing && throw(no_matrix("there is no line with the size"))
    size = [tryparse(Int, word) for word in split(lines[at])]
    wanted = form == "array" ? 2 : 3
    if length(size) != wanted || any(number -> number === nothing || number < 0, size)
        throw(no_matrix("the size line is $(repr(strip(lines[at]))), expected $wanted whole numbers"))
    end
    is_entry(line) = !isempty(strip(line)) && !startswith(line, '%')
    entries = (line for line in view(lines, (at + 1):lastindex(lines)) if is_entry(line))
    is_array = form == "array"
    read = is_array ? array_entries(entries, size, symmetry) : coordinate_entries(entries, size, numbers)
    return sparse_matrix(read..., size, symmetry)
end

no_matrix(words) =
    WorkerError("INPUT_UNREADABLE", "the Matrix Market text cannot be read: $words; correct it")

function matrix_banner(line)
    words = split(lowercase(line))
    if length(words) != 5 || words[1] != "%%matrixmarket" || words[2] != "matrix"
        throw(no_matrix("it begins with $(repr(first(line, 60))), expected %%MatrixMarket matrix …"))
    end
    form, numbers, symmetry = words[3:5]
    form in ("coordinate", "array") || throw(no_matrix("the form is $form, expected coordinate or array"))
    numbers in ("real", "integer", "double") || (numbers == "pattern" && form == "coordinate") || throw(
        no_matrix("the numbers are $numbers, expected real, integer or, of a coordinate matrix, pattern"),
    )
    symmetry in ("general", "symmetric", "skew-symmetric") ||
        throw(no_matrix("the symmetry is $symmetry, expected general, symmetric or skew-symmetric"))
    return form, numbers, symmetry
end

"(rows, columns, values) of lines `row column value`, without the value for a pattern."
function coordinate_entries(lines, size, numbers)
    count = size[3]
    rows, columns, values = Int[], Int[], Float64[]
    for line in lines
        words = split(line)
        row, column = length(words) >= 2 ? (
            tryparse(Int, words[1]), tryparse(Int, words[2]),
        ) : (nothing, nothing)
        value = numbers == "pattern" ? 1.0 : length(words) >= 3 ? tryparse(Float64, words[3]) : nothing
        if row === nothing || column === nothing || value === nothing || !(1 <= row <= size[1]) || !(
            1 <= column <= size[2],
        )
            throw(no_matrix(
                "the entry $(repr(strip(line))) does not fit into $(size[1]) rows and $(size[2]) columns",
            ))
        end
        push!(rows, row)
        push!(columns, column)
        push!(values, value)
    end
    length(rows) == count || throw(no_matrix("$(length(rows)) entries came, the size line announces $count"))
    return rows, columns, values
end

"The same of an array's values, column after column; of a symmetric one only the lower triangle is written."
function array_entries(lines, size, symmetry)
    rows, columns = Int[], Int[]
    first_row(column) = symmetry == "general" ? 1 : symmetry == "symmetric" ? column : column + 1
    for column in 1:size[2], row in first_row(column):size[1]
        push!(rows, row)
        push!(columns, column)
    end
    values = [tryparse(Float64, strip(line)) for line in lines]
    any(isnothing, values) && throw(no_matrix("the value $(findfirst(isnothing, values)) is no number"))
    length(values) == length(rows) ||
        throw(no_matrix("$(length(values)) values came, expected $(length(rows))"))
    return rows, columns, Float64[value for value in values]
end

function sparse_matrix(rows, columns, values, size, symmetry)
    if symmetry != "general"
        size[1] == size[2] || throw(
            no_matrix("a $symmetry matrix has $(size[1]) rows and $(size[2]) columns, expected as many"),
        )
        mirrored = findall(rows .!= columns)
        sign = symmetry == "symmetric" ? 1.0 : -1.0
        rows, columns, values =
            [rows; columns[mirrored]], [columns; rows[mirrored]], [values; sign .* values[mirrored]]
    end
    return SparseArrays.sparse(rows, columns, values, size[1], size[2])
end
