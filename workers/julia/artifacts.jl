# Which artifact is loaded, and what scores it. Each artifact type is a module of the folder artifacts/ with `NAME` (for /info/), `EXTENSIONS`,
# `load(path, progress)`, `fits(model)`, `predictor(model, target_type, labels)` and `predict(predictor, data)`.

"The only one of the paths. Raises ARTIFACT_MISSING or ARTIFACT_AMBIGUOUS."
function choose_artifact(artifacts::Vector{String}, params::WireMap)
    length(artifacts) == 1 && return artifacts[1]
    code_directory = field(params, "code_directory")
    if isempty(artifacts)
        endings = join(("*" * ending for type in ARTIFACT_TYPES for ending in type.EXTENSIONS), ", ")
        message = "$code_directory holds no artifact; expected one of $endings at its top level, or a load_model hook; add one"
        throw(WorkerError("ARTIFACT_MISSING", message))
    end
    names = join(basename.(artifacts), ", ")
    message = "$code_directory holds $(length(artifacts)) artifacts, expected one: $names; remove the others, or define load_model"
    throw(WorkerError("ARTIFACT_AMBIGUOUS", message))
end

"The object in the file. Raises ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED or PACKAGE_MISSING."
function load_artifact(path::String, progress)
    file = basename(path)
    ending = lowercase(splitext(path)[2])
    at = findfirst(type -> ending in type.EXTENSIONS, ARTIFACT_TYPES)
    at === nothing && throw(WorkerError("ARTIFACT_UNSUPPORTED", "no predictor reads $ending; define load_model for $file"))
    try
        return ARTIFACT_TYPES[at].load(path, progress)
    catch error
        error isa WorkerError && rethrow()
        message = "$file cannot be read: $(words_of(error)); expected an artifact that MLJ saved with JLSO, in an environment like this one"
        throw(WorkerError("ARTIFACT_UNREADABLE", message, trace_of(error, catch_backtrace())))
    end
end

"What scores this model: a predictor of an artifact type; nothing where none does and the model may be for the hooks alone. Raises ARTIFACT_UNSUPPORTED."
function choose_predictor(@nospecialize(model), params::WireMap, may_have_none::Bool)
    try
        at = findfirst(type -> type.fits(model), ARTIFACT_TYPES)
        at === nothing || return ARTIFACT_TYPES[at].predictor(model, field(params, "target_type"), requested_labels(params))
        known = join((type.NAME for type in ARTIFACT_TYPES), " or ")
        throw(WorkerError("ARTIFACT_UNSUPPORTED", "the model is a $(typeof(model)), expected one of $known; define a $(scoring_hook(field(params, "target_type"))) hook for it"))
    catch error
        error isa WorkerError && error.code == "ARTIFACT_UNSUPPORTED" && may_have_none || rethrow()
        return nothing
    end
end

function requested_labels(params::WireMap)
    field(params, "target_type") == "binary" || return take_texts(params, "class_labels"; optional = true)
    labels = (field(params, "positive_class_label"), field(params, "negative_class_label"))
    return any(isnothing, labels) ? nothing : String[labels...]
end

"(names, columns, labelled) that the predictor gives for the data. Raises PREDICTOR_FAILED."
function apply_predictor(predictor, @nospecialize(model), @nospecialize(data))
    try
        # The packages came after this code was compiled: their methods are seen in the newest world only.
        return Base.invokelatest(predictor.type.predict, predictor, model, data)
    catch error
        error isa WorkerError && rethrow()
        throw(WorkerError("PREDICTOR_FAILED", "the model could not predict: $(words_of(error))", trace_of(error, catch_backtrace())))
    end
end
