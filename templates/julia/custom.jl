# The hooks of the model. What stands here is an example that works: put your own in its place.
# only: regression anomaly binary multiclass multilabel

"""
Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
path.
"""
load_model(code_dir) =
    (intercept = 1.0, weights = (size = 0.05, rooms = 0.5, age = -0.02))

"One number a row: each column times its weight; a missing value adds nothing."
rule(data, model) =
    model.intercept .+ sum(numbers(data, name, 0.0) .* weight for (name, weight) in pairs(model.weights))
# end
# only: regression anomaly binary multiclass multilabel geopoint transform

"A column with `fallback` where a value is missing. Fails where it is absent or no number."
function numbers(data, name, fallback)
    column = coalesce.(data[!, name], fallback)
    eltype(column) <: Real || error("no numbers are in $name")
    return column
end
# end
# only: binary multiclass multilabel

"The rule between 0 and 1."
function share(data, model)
    value = rule(data, model)
    return 0.5 .+ value ./ (1 .+ abs.(value)) ./ 2
end
# end
# only: regression

"""
data: a table with a row for each to predict. Returns a table, or a named tuple of columns, with as many rows
and the column Predictions.
"""
score(data, model; kwargs...) = (Predictions = rule(data, model),)
# end
# only: anomaly

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows and the column Predictions: the
higher, the odder the row.
"""
score(data, model; kwargs...) = (Predictions = abs.(rule(data, model)),)
# end
# only: binary

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows and a column for each label; a
row adds up to 1.
"""
function score(data, model; positive_class_label, negative_class_label, kwargs...)
    positive = share(data, model)
    return NamedTuple{(Symbol(positive_class_label), Symbol(negative_class_label))}((positive, 1 .- positive))
end
# end
# only: multiclass

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows and a column for each label; a
row adds up to 1.
"""
function score(data, model; class_labels, kwargs...)
    part = share(data, model)
    last = length(class_labels) - 1
    columns = [part .^ at .* (1 .- part) .^ (last - at) for at in 0:last]
    total = sum(columns)
    return NamedTuple{Tuple(Symbol.(class_labels))}(Tuple(column ./ total for column in columns))
end
# end
# only: multilabel

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows and a column for each label,
each between 0 and 1 by itself.
"""
function score(data, model; class_labels, kwargs...)
    part = share(data, model)
    return NamedTuple{Tuple(Symbol.(class_labels))}(Tuple(part .^ at for at in eachindex(class_labels)))
end
# end
# only: textgeneration vectordatabase agenticworkflow

"""
Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
path.
"""
function load_model(code_dir)
    return [
        "We open at nine and close at six.",
        "You may return a thing within thirty days.",
        "We deliver from Monday to Friday.",
    ]
end

words(text) = Set(found.match for found in eachmatch(r"[a-z]+", lowercase(text)))

"The note that has the most words of the question; of several the first."
answer(question, notes) = notes[argmax([length(intersect(words(note), words(question))) for note in notes])]

"""
data: a table, here with the column question. Returns a table, or a named tuple of columns, with as many rows
and one column of text.
"""
function score(data, model; kwargs...)
    questions = string.(coalesce.(data[!, :question], ""))
    return (answer = [answer(question, model) for question in questions],)
end
# end
# only: geopoint

using Printf

"""
Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
path.
"""
load_model(code_dir) = (longitude = 10.0, latitude = 50.0)

"Between where the row is and where the model is; a missing value is where the model is."
halfway(data, model, name) = (numbers(data, name, model[name]) .+ model[name]) ./ 2

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows and the column Predictions, a
point as text.
"""
function score(data, model; kwargs...)
    points = zip(halfway(data, model, :longitude), halfway(data, model, :latitude))
    point(longitude, latitude) = @sprintf("POINT (%.4f %.4f)", longitude, latitude)
    return (Predictions = [point(longitude, latitude) for (longitude, latitude) in points],)
end
# end
# only: transform

"""
Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
path.
"""
load_model(code_dir) = (columns = (:size, :rooms, :age), factor = 2.0)

"""
data: a table. Returns a table, or a named tuple of columns, with as many rows; its columns should not depend
on which rows came.
"""
transform(data, model) =
    NamedTuple{model.columns}(numbers(data, name, 0.0) .* model.factor for name in model.columns)
# end
# only: unstructured

"""
Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute
path.
"""
load_model(code_dir) = (longest = 20,)

"""
data: text where the media type is text or JSON, else bytes. Returns text, bytes or nothing, alone or in a
pair with its media type.
"""
function score_unstructured(
    model, data; query = nothing, mimetype = nothing, charset = nothing, headers = nothing,
)
    text = data isa AbstractString ? data : String(Vector{UInt8}(data))
    lines = split(text, r"\r?\n")
    isempty(last(lines)) && pop!(lines)
    long = count(line -> length(line) > model.longest, lines)
    answer = "{\"lines\": $(length(lines)), \"words\": $(length(split(text))), \"long\": $long}"
    return answer, Dict("mimetype" => "application/json", "charset" => "utf8")
end
# end

# Further hooks. Take the comment signs away from those that the model needs.
#
# "Called once, before load_model; what it returns is ignored."
# init(code_dir) = nothing
# not: unstructured
#
# "data: the body of the request as text. Returns the table of the other hooks, in place of reading CSV."
# end
# only: regression anomaly binary multiclass multilabel transform
# read_input_data(data) = DataFrame(size = [length(data)], rooms = [1], age = [0])
# end
# only: geopoint
# read_input_data(data) = DataFrame(longitude = [length(data)], latitude = [0])
# end
# only: textgeneration vectordatabase agenticworkflow
# read_input_data(data) = DataFrame(question = [data])
# end
# not: unstructured transform
#
# "data: the table as it was read. Returns the one that score gets."
# transform(data, model) = data
#
# "predictions: what score returned, checked and with its columns named. Returns a table of the same form."
# post_process(predictions, model) = predictions
# end
