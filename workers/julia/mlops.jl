# The object `mlops` of an unstructured hook: what it reports goes to the supervisor, which delivers it.

"""
`report(kind, data)` sends at once. Both fields are called like functions, with arguments in their order or by
name; they raise ArgumentError for what cannot be reported.
"""
struct MLOps
    report_deployment_stats::Any
    report_predictions_data::Any
end

MLOps(@nospecialize(report)) = MLOps(DeploymentStats(report), PredictionsData(report))

"How many predictions were made, and in how many milliseconds."
struct DeploymentStats
    report::Any
end

(stats::DeploymentStats)(num_predictions, time = nothing; execution_time = time) = stats(
    num_predictions = num_predictions, execution_time = execution_time,
)

function (stats::DeploymentStats)(; num_predictions, execution_time = nothing)
    num_predictions isa Real && isinteger(num_predictions) ||
        refuse("num_predictions must be a whole number, got $(repr(num_predictions))")
    execution_time isa Union{Real,Nothing} ||
        refuse("execution_time must be a number of milliseconds, got $(repr(execution_time))")
    time = execution_time === nothing ? nothing : Float64(execution_time)
    return send_report(
        stats.report,
        "deployment_stats",
        () -> WireMap("num_predictions" => Int(num_predictions), "execution_time" => time),
    )
end

"""
`features_df`: a data frame of the features to track; `predictions`: for each of its rows a number or a text,
or for classes a vector of probabilities in the order of `class_names`, or a matrix of these;
`association_ids`: for each row what tells it from all others.
"""
struct PredictionsData
    report::Any
end

const PREDICTIONS_FIELDS = (:features_df, :predictions, :association_ids, :class_names)

function (data::PredictionsData)(features_df, more...; keywords...)
    length(more) < length(PREDICTIONS_FIELDS) ||
        refuse(
            "report_predictions_data takes $(join(PREDICTIONS_FIELDS, ", ")), got $(1 + length(more)) " *
                "arguments",
        )
    return data(
        ; NamedTuple{PREDICTIONS_FIELDS[1:(1 + length(more))]}((features_df, more...))..., keywords...,
    )
end

function (data::PredictionsData)(
    ; features_df = nothing, predictions = nothing, association_ids = nothing, class_names = nothing,
)
    features_df === nothing && predictions === nothing &&
        refuse("report_predictions_data needs features_df or predictions")
    return send_report(
        data.report,
        "predictions_data",
        () -> predictions_data(
            features_df,
            predictions,
            listed_texts("association_ids", association_ids),
            listed_texts("class_names", class_names),
        ),
    )
end

function predictions_data(
    @nospecialize(features_df), @nospecialize(predictions), association_ids, class_names,
)
    features = features_df === nothing ? nothing : features_of(features_df)
    predicted = predictions === nothing ? nothing : predictions_of(predictions)
    rows = Int[length(items) for items in (predicted, association_ids) if items !== nothing]
    features === nothing || push!(rows, field(features, "rows"))
    rows = sort!(unique(rows))
    length(rows) > 1 &&
        refuse("features_df, predictions and association_ids have $rows rows; give as many of each")
    repeated = association_ids === nothing ? nothing : first_repeated(association_ids)
    repeated === nothing ||
        refuse("association_ids must be unique, got \"$repeated\" twice; give each row an id of its own")
    return WireMap(
        "features" => features,
        "predictions" => predicted,
        "association_ids" => association_ids,
        "class_names" => class_names,
    )
end

function first_repeated(@nospecialize(texts))
    seen = Set{String}()
    for text in texts
        text in seen && return text
        push!(seen, text)
    end
    return nothing
end

"What the worker finds wrong is an error of the hook's own, too."
function send_report(@nospecialize(report), kind::String, @nospecialize(data))
    try
        later(report, kind, later(data))
    catch error
        error isa Union{WorkerError,ValueFault} || rethrow()
        refuse(error.message)
    end
    return nothing
end

refuse(words) = throw(ArgumentError(words))

function features_of(@nospecialize(frame))
    found = named_columns(frame)
    found === nothing && refuse("features_df must be a data frame, got $(kind_of(frame))")
    names, columns, _ = found
    rows = unique(map(length, columns))
    length(rows) > 1 && refuse("the columns of features_df have $(join(rows, ", ")) rows; give a data frame")
    return table_to_wire(names, columns)
end

function predictions_of(@nospecialize(values))
    values isa AbstractMatrix &&
        return Any[Any[plain_prediction(value) for value in values[row, :]] for row in axes(values, 1)]
    is_list(values) || refuse("predictions must be a vector or a matrix, got $(kind_of(values))")
    return Any[plain_prediction(value) for value in values]
end

"A number, a text, or an array of numbers; missing is nil."
function plain_prediction(@nospecialize(value))
    is_list(value) && return Any[plain_prediction(item) for item in value]
    value = plain_cell(value)
    value === missing && return nothing
    value isa Union{Bool,AbstractFloat} && return value
    value isa Real && return value isa Integer && -MOST_INT <= value <= MOST_INT ? Int64(value) :
        Float64(value)
    value isa Union{AbstractString,Symbol} && return sendable(String(value))
    refuse("a prediction must be a number, a text or a list of numbers, got $(kind_of(value))")
end

is_list(@nospecialize(value)) = value isa Union{AbstractVector,Tuple} && !(value isa AbstractVector{UInt8})

function listed_texts(name::String, @nospecialize(values))
    values === nothing && return nothing
    is_list(values) || refuse("$name must be a vector, got $(kind_of(values))")
    return Any[sendable(string(plain_cell(value))) for value in values]
end
