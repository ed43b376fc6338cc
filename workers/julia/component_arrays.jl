# The arrays of messages: nested lists to the array that a method gets, and what it returned to shape and
# values.

const MOST_DIMENSIONS = 32 # as NumPy has it
const Leaf = Union{Number,AbstractString,Symbol,Missing,Nothing}

has_items(@nospecialize(value)) = value isa Union{AbstractArray,Tuple}

"An error of what came, as Seldon's wrapper tells it of its array library."
unfit_array(words...) =
    throw(SeldonMicroserviceException(string(words...), 500, "MICROSERVICE_INTERNAL_ERROR"))

"""
The array in nested lists: a Vector, a Matrix or more dimensions, of Int64, Float64, Bool or String. Numbers
among texts are texts, nulls are missing.
"""
function array_of_lists(@nospecialize(lists))
    shape, leaves = flattened(lists)
    return in_shape(typed(leaves), shape)
end

"The values, which come row by row, in an array of this shape."
function in_shape(values::AbstractVector, shape::Vector{Int})
    if minimum([shape; 0]) < 0 || prod(shape) != length(values)
        unfit_array("the shape [", join(shape, ","), "] does not fit ", length(values), " values; correct it")
    end
    isempty(shape) && return fill(values[1])
    length(shape) == 1 && return values
    length(shape) > 2 && return permutedims(reshape(values, reverse(shape)...), length(shape):-1:1)
    matrix = Matrix{eltype(values)}(undef, shape[1], shape[2])
    for row in 1:shape[1], column in 1:shape[2]
        matrix[row, column] = values[(row - 1) * shape[2] + column]
    end
    return matrix
end

"The values, which come row by row, in lists of lists."
function nested(shape::Vector{Int}, @nospecialize(values))
    length(shape) == 1 && return values
    items = collect(Any, values)
    for at in (length(shape) - 1):-1:1
        side = shape[at + 1]
        items = Any[items[(row * side + 1):((row + 1) * side)] for row in 0:(prod(shape[1:at]) - 1)]
    end
    return isempty(shape) ? items[1] : items
end

"(shape, values row by row) of an array or nested lists. Raises for rows of different lengths."
function flattened(@nospecialize(list))
    list isa AbstractArray && eltype(list) <: Leaf && return collect(Int, size(list)), in_rows(list)
    shape, leaves = shape_of(list), Any[]
    length(shape) > MOST_DIMENSIONS && unfit_array("arrays nest at most $MOST_DIMENSIONS deep; nest less")
    add_leaves!(leaves, list, shape, 1)
    return shape, leaves
end

"The lengths of nested lists, the outermost first."
function shape_of(@nospecialize(list))
    shape = Int[]
    while has_items(list)
        append!(shape, size_of(list))
        (isempty(list) || length(shape) > MOST_DIMENSIONS) && break
        list = first(list)
    end
    return shape
end

size_of(@nospecialize(list)) = list isa Tuple ? (length(list),) : size(list)

"The items, row by row."
function in_rows(@nospecialize(list))
    list isa Union{AbstractVector,Tuple} && return list
    ndims(list) == 0 && return [list[]]
    ndims(list) == 2 || return vec(permutedims(list, ndims(list):-1:1))
    items = Vector{eltype(list)}(undef, length(list))
    return fill_in_rows!(items, list)
end

function fill_in_rows!(items::Vector, matrix::AbstractMatrix)
    rows, columns = size(matrix)
    for row in 1:rows, column in 1:columns
        items[(row - 1) * columns + column] = matrix[row, column]
    end
    return items
end

function add_leaves!(leaves::Vector{Any}, @nospecialize(value), shape::Vector{Int}, at::Int)
    if !has_items(value)
        at > length(shape) || unfit_array("a list has lists and single values; make them alike")
        return push!(leaves, value isa Union{Real,String} ? value : plain_cell(value))
    end
    sides = size_of(value)
    last = at + length(sides) - 1
    if last > length(shape) || any(side -> sides[side] != shape[at + side - 1], 1:length(sides))
        unfit_array("the rows of an array differ in length or depth; make them alike")
    end
    for item in in_rows(value)
        add_leaves!(leaves, item, shape, last + 1)
    end
    return leaves
end

"The leaves in a vector of the one type that holds them, as NumPy chooses it."
function typed(leaves::Vector{Any})
    isempty(leaves) && return Float64[]
    are_all(Bool, leaves) && return convert(Vector{Bool}, leaves)
    if are_all(Real, leaves)
        are_all(Union{Bool,Int64}, leaves) && return convert(Vector{Int64}, leaves)
        return are_all(Integer, leaves) ? convert(Vector{BigInt}, leaves) : convert(Vector{Float64}, leaves)
    end
    return are_all(Union{Real,AbstractString}, leaves) ? String[as_cell(leaf) for leaf in leaves] :
        map(identity, leaves)
end

function are_all(@nospecialize(kind), values)
    for value in values
        value isa kind || return false
    end
    return true
end

function as_cell(@nospecialize(leaf))
    leaf isa Bool && return leaf ? "True" : "False"
    return leaf isa AbstractString ? String(leaf) : write_json(leaf, MessageForm())
end

"Whether NumPy would call the array one of numbers."
function is_numeric(@nospecialize(values))
    type = eltype(values)
    isconcretetype(type) && return type <: Real && type !== Bool
    return are_all(Real, values) && (isempty(values) || !are_all(Bool, values))
end

"Numbers of one type."
promoted(@nospecialize(values)) = isconcretetype(eltype(values)) ? values : typed(collect(Any, values))
