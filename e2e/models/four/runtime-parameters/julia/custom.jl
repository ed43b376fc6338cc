# Tells what it was given from outside; e2e/parameters.test.ts compares the answers of the languages.

module Custom

const AT_FIRST = RuntimeParameters.get("USUAL")

load_model(code_dir) = RuntimeParameters.get("USUAL")

described(::Nothing) = "nothing"
described(value::AbstractDict) =
    "map " * join(["$name: $(described(value[name]))" for name in sort(collect(keys(value)))], ", ")
described(value::AbstractString) = "text $value"
described(value::Bool) = "boolean $value"
described(value::Integer) = "integer $value"
described(value::AbstractFloat) = "number $value"

function score_unstructured(model, data; query)
    source = get(query, "of", "") == "secrets" ? UserSecrets : RuntimeParameters
    what = query["do"]
    what == "first" && return "$AT_FIRST, $model"
    what == "has" && return described(source.has(data))
    told = described(source.get(data))
    if what == "print"
        println("printed: ", told)
        return "done"
    end
    what == "raise" && error("cannot log in with $told")
    return told
end

end
