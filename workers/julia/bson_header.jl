# The header of a .jlso file, which is one BSON document: what the artifact needs, before any of its packages
# is there.

"Raised for bytes that are no BSON document of the kind JLSO writes."
struct HeaderFault <: Exception
    message::String
end

"""
What the header of a .jlso file tells. `packages` are the direct dependencies of the project that wrote it;
`version` is JLSO's format version.
"""
struct JlsoHeader
    version::String
    julia::String
    format::String
    compression::String
    packages::Dict{String,String} # name to identity
    objects::Vector{String}
end

"The header of the file. Raises HeaderFault; what reading the file raises passes through."
function read_jlso_header(path::String)
    document = open(path) do file
        size = bytesavailable_in(file) >= 4 ? ltoh(read(file, Int32)) : Int32(0)
        5 <= size <= filesize(path) || throw(HeaderFault("it does not begin with a BSON document"))
        seekstart(file)
        first(read_document(read(file, size), 1, 0))
    end
    header = as_dictionary(document)
    metadata = as_dictionary(get(header, "metadata", nothing))
    text(name) = string(get(metadata, name, ""))
    names = get(header, "object-names", get(header, "objects", Any[]))
    objects = names isa Vector{Any} ? names : collect(keys(as_dictionary(names)))
    return JlsoHeader(
        text("version"),
        text("julia"),
        text("format"),
        text("compression"),
        direct_packages(text("project")),
        string.(objects),
    )
end

bytesavailable_in(file) = filesize(file) - position(file)

"Name to identity in the section [deps] of a Project.toml."
function direct_packages(project::String)
    packages = Dict{String,String}()
    within = false
    for line in split(project, '\n')
        line = strip(line)
        startswith(line, '[') && (within = line == "[deps]")
        found = within ? match(r"^\"?(\w+)\"?\s*=\s*\"([-0-9a-fA-F]+)\"", line) : nothing
        found === nothing || (packages[found[1]] = found[2])
    end
    return packages
end

"""
BSON.jl writes a Dict as a struct whose data are an array of keys and one of values, where its keys are no
symbols.
"""
function as_dictionary(@nospecialize(value))
    value isa Dict{String,Any} || throw(HeaderFault("a part of the header is missing"))
    data = get(value, "data", nothing)
    get(value, "tag", nothing) == "struct" || return value
    if !(data isa Vector{Any}) || length(data) != 2 || !all(
        part -> part isa Vector{Any}, data,
    ) || length(data[1]) != length(data[2])
        throw(HeaderFault("a part of the header is no dictionary"))
    end
    return Dict{String,Any}(string(key) => item for (key, item) in zip(data[1], data[2]))
end

# -- BSON ------------------------------------------------------------------------------------------

"(entries by name, place behind them) of the document that begins at `at`."
function read_document(data::Vector{UInt8}, at::Int, depth::Int)
    entries, at = read_entries(data, at, depth)
    return Dict{String,Any}(entries), at
end

function read_entries(data::Vector{UInt8}, at::Int, depth::Int)
    depth > 200 && throw(HeaderFault("it nests too deep"))
    at + 4 <= length(data) || throw(HeaderFault("it ends too early"))
    at += 4 # the size, which the mark of the end makes superfluous
    entries = Pair{String,Any}[]
    while byte_at(data, at) != 0x00
        type = data[at]
        name, at = read_name(data, at + 1)
        value, at = read_element(data, at, type, depth)
        push!(entries, Pair{String,Any}(name, value))
    end
    return entries, at + 1
end

byte_at(data, at) = at <= length(data) ? data[at] : throw(HeaderFault("it ends too early"))

function read_name(data::Vector{UInt8}, at::Int)
    stop = findnext(isequal(0x00), data, at)
    stop === nothing && throw(HeaderFault("it ends too early"))
    return String(data[at:(stop - 1)]), stop + 1
end

"The value of a type of BSON's list at `at`, and the place behind it."
function read_element(data::Vector{UInt8}, at::Int, type::UInt8, depth::Int)
    type == 0x03 && return read_document(data, at, depth + 1)
    if type == 0x04
        entries, at = read_entries(data, at, depth + 1)
        return Any[entry.second for entry in entries], at
    end
    type == 0x0a && return nothing, at
    type == 0x08 && return byte_at(data, at) != 0x00, at + 1
    type == 0x01 && return number_at(Float64, data, at)
    type == 0x10 && return number_at(Int32, data, at)
    type == 0x12 && return number_at(Int64, data, at)
    type in (0x02, 0x05) || throw(HeaderFault("it holds an element of type $type"))
    size, at = number_at(Int32, data, at)
    start = at + (type == 0x05) # the subtype of binary data
    0 <= size <= length(data) - start + 1 || throw(HeaderFault("it ends too early"))
    bytes = data[start:(start + size - 1)]
    return type == 0x05 ? bytes : String(bytes[1:(end - 1)]), start + size
end

function number_at(::Type{T}, data::Vector{UInt8}, at::Int) where {T}
    at + sizeof(T) - 1 <= length(data) || throw(HeaderFault("it ends too early"))
    return ltoh(reinterpret(T, data[at:(at + sizeof(T) - 1)])[1]), at + sizeof(T)
end
