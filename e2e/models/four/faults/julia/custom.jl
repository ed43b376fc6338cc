# Does what the data ask for: every language makes the same mistakes. e2e/four.test.ts compares the answers.

load_model(code_dir) = "faults"

function score(data, model)
    what = data.what[1]
    rows = length(data.what)
    what == "raise" && error("no luck with 42")
    what == "exit" && exit(7)
    what == "crash" && ccall(:abort, Cvoid, ())
    what == "sleep" && sleep(60)
    if what == "print"
        println("printed by the hook")
        ccall(:puts, Cint, (Cstring,), "printed by C")
        run(`echo printed by a child`)
    end
    what == "nothing" && return nothing
    what == "text" && return "a text"
    what == "rows" && (rows += 1)
    both(yes, no) = (yes = fill(yes, rows), no = fill(no, rows))
    what == "columns" && return (no = fill(0.25, rows), maybe = fill(0.5, rows))
    what == "labels" && return (perhaps = fill(0.5, rows), maybe = fill(0.5, rows))
    what == "sum" && return both(0.5, 0.25)
    what == "words" && return both("much", "little")
    return both(0.75, 0.25)
end
