# The mark by which a compiled worker is known to be of this source.

"A number that changes with every file of the source."
function source_mark(folder::String)
    mark = 0x00000000
    for part in (folder, joinpath(folder, "artifacts")), file in readdir(part)
        endswith(file, ".jl") && (mark = Base._crc32c(read(joinpath(part, file)), mark))
    end
    return mark
end
