# Chooses the artifact and the type that loads it, and the type that predicts with a model. workers/README.md
# says what each type, a module in a file of artifacts/, defines.

"The artifact types, in the order in which they are asked."
const ARTIFACT_TYPES = let folder = joinpath(HERE, "artifacts")
    files = filter(file -> endswith(file, ".jl"), readdir(folder))
    sort!(Module[include(joinpath(folder, file)) for file in files]; by = type -> type.rank)
end

"The only one of the paths. Raises ARTIFACT_MISSING or ARTIFACT_AMBIGUOUS."
function choose_artifact(artifacts::Vector{String}, params::WireMap)
    length(artifacts) == 1 && return artifacts[1]
    code_directory = field(params, "code_directory")
    if isempty(artifacts)
        endings = join(("*" * ending for type in ARTIFACT_TYPES for ending in type.extensions), ", ")
        expected = "expected one of $endings at its top level, or a load_model hook; add one"
        throw(WorkerError("ARTIFACT_MISSING", "$code_directory holds no artifact; $expected"))
    end
    names = join(basename.(artifacts), ", ")
    expected = "expected one: $names; remove the others, or define load_model"
    throw(
        WorkerError("ARTIFACT_AMBIGUOUS", "$code_directory holds $(length(artifacts)) artifacts, $expected"),
    )
end

"The object in the file. Raises ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED or PACKAGE_MISSING."
function load_artifact(path::String)
    file = basename(path)
    reads(type) = any(ending -> endswith(lowercase(file), ending), type.extensions)
    at = findfirst(reads, ARTIFACT_TYPES)
    if at === nothing
        ending = splitext(file)[2]
        throw(WorkerError("ARTIFACT_UNSUPPORTED", "no predictor reads $ending; define load_model for $file"))
    end
    type = ARTIFACT_TYPES[at]
    try
        return type.load(path)
    catch error
        error isa WorkerError && rethrow()
        expected = "expected $(type.holds), in an environment like this one"
        message = "$file cannot be read: $(words_of(error)); $expected"
        throw(WorkerError("ARTIFACT_UNREADABLE", message, trace_of(error, catch_backtrace())))
    end
end

"""
The type that predicts with this model, whose packages are loaded. Raises ARTIFACT_UNSUPPORTED and
PACKAGE_MISSING.
"""
function choose_predictor(@nospecialize(model), target_type::String, class_labels)
    remedy = "define a $(scoring_hook(target_type)) hook"
    at = findfirst(type -> type.fits(model), ARTIFACT_TYPES)
    if at === nothing
        known = join((type.name for type in ARTIFACT_TYPES), " or ")
        message = "the model is a $(typeof(model)), expected one of $known; $remedy for it"
        throw(WorkerError("ARTIFACT_UNSUPPORTED", message))
    end
    type = ARTIFACT_TYPES[at]
    import_packages(type.name, type.packages(model))
    # The packages came after this code was compiled: their methods are seen in the newest world only.
    fault = later(type.find_fault, model, target_type)
    fault === nothing || throw(WorkerError("ARTIFACT_UNSUPPORTED", "$fault; $remedy"))
    if target_type in ("binary", "multiclass") && (class_labels === nothing || isempty(class_labels))
        needed = "the target type $target_type needs the class labels, none came"
        throw(WorkerError("ARTIFACT_UNSUPPORTED", "$needed; name them, or define a score hook"))
    end
    return type
end

"The class labels of the request to load, the positive one first; nothing where it has none."
function requested_labels(params::WireMap)
    field(params, "target_type") == "binary" || return take_texts(params, "class_labels"; optional = true)
    labels = (field(params, "positive_class_label"), field(params, "negative_class_label"))
    return any(isnothing, labels) ? nothing : String[labels...]
end

"(names, columns, labelled) that the type `predictor` gives for the data. Raises PREDICTOR_FAILED."
function apply_predictor(predictor::Module, @nospecialize(model), @nospecialize(request::Tuple))
    try
        return later(predictor.predict, model, request...)
    catch error
        error isa WorkerError && rethrow()
        message = "the model could not predict: $(words_of(error))"
        throw(WorkerError("PREDICTOR_FAILED", message, trace_of(error, catch_backtrace())))
    end
end
