# The form of Julia code: `julia scripts/form/julia.jl` checks every .jl file that git knows of and prints
# each breach as `file:line: what`. Exits with 1 when there is any. It reads lines only: what a line means is
# not its concern.

const ROOT = normpath(joinpath(@__DIR__, "..", ".."))
const WIDTH = 110 # columns
const STEP = 4 # columns of indentation
const QUOTES = "\"\"\""

"The .jl files of the repository, new ones too, as paths from its root."
function julia_files()
    listed = readlines(`git -C $ROOT ls-files --cached --others --exclude-standard -- "*.jl"`)
    return sort!(filter(file -> isfile(joinpath(ROOT, file)), listed))
end

"Breaches of a file's text, as (line, what)."
function breaches(text::String)
    found = Tuple{Int,String}[]
    isempty(text) && return [(1, "the file is empty, expected a comment and code")]
    endswith(text, '\n') && !endswith(text, "\n\n") ||
        push!(found, (count("\n", text) + 1, "expected one newline at the end"))
    lines = split(chomp(text), '\n')
    startswith(lines[1], "# ") || push!(found, (1, "expected a comment that says what the file owns"))
    quoted = false
    for (number, line) in enumerate(lines)
        line = String(line)
        append!(found, [(number, what) for what in breaches_of_line(line, quoted)])
        isodd(count(QUOTES, line)) && (quoted = !quoted)
    end
    return found
end

"What is wrong with a line; within a text of several lines the indentation is the text's own."
function breaches_of_line(line::String, quoted::Bool)
    found = String[]
    textwidth(line) > WIDTH && push!(found, "$(textwidth(line)) columns, expected $WIDTH at most")
    occursin('\t', line) && push!(found, "a tab, expected spaces")
    line == rstrip(line) || push!(found, "blanks at the end")
    indent = length(line) - length(lstrip(line))
    quoted || indent % STEP == 0 || push!(found, "an indentation of $indent, expected a multiple of $STEP")
    return found
end

"Prints the breaches of all files; returns the exit status."
function main()
    files = julia_files()
    total = 0
    for file in files
        for (line, what) in breaches(read(joinpath(ROOT, file), String))
            println(file, ":", line, ": ", what)
            total += 1
        end
    end
    println("$(length(files)) Julia files checked, $total breaches")
    return total == 0 && !isempty(files) ? 0 : 1
end

exit(main())
