# Which level of a model a requested class label means.

const TRUE_WORDS = ("true", "yes", "on", "t", "y")
const FALSE_WORDS = ("false", "no", "off", "f", "n")

"""
The level that is the label: by its text, else as a number (`1` is 1 and 1.0), else as a word for a bool
(`yes` is true and 1), else in any case of letters. Raises PREDICTOR_FAILED where none is.
"""
function matching_level(label::String, levels::Vector)
    at = findfirst(level -> string(level) == label, levels)
    at === nothing && (at = findfirst(level -> normal_label(string(level)) == normal_label(label), levels))
    at === nothing || return levels[at]
    message =
        "the model knows no class '$label', expected one of $(join(levels, ", ")); name the labels as " *
            "the model does"
    throw(WorkerError("PREDICTOR_FAILED", message))
end

function normal_label(label::String)
    number = tryparse(Float64, label)
    number === nothing || isnan(number) || return number
    word = lowercase(strip(label))
    return word in TRUE_WORDS ? 1.0 : word in FALSE_WORDS ? 0.0 : word
end
