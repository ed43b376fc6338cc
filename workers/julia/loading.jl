# What a request to load says, and what it loads: the model, and the artifact type that predicts with it.

"Raises PARAMS_INVALID for params that are none of a load."
function check_load(params::WireMap)
    foreach(name -> take(params, name, String), ("code_directory", "target_type"))
    foreach(
        name -> take(params, name, String; optional = true),
        ("hook_file", "positive_class_label", "negative_class_label"),
    )
    take_texts(params, "artifacts")
    foreach(name -> take_texts(params, name; optional = true), ("class_labels", "hooks"))
end

"Whether the model gets no tables."
is_unstructured(params::WireMap) = field(params, "target_type") == "unstructured"

"Those that load names, or all (nothing). A model without a table has no use for hooks that get one."
function hooks_to_use(params::WireMap)
    named = take_texts(params, "hooks"; optional = true)
    is_unstructured(params) || return named
    return named === nothing ? HOOKS_WITHOUT_TABLES : filter(name -> name in HOOKS_WITHOUT_TABLES, named)
end

"Keywords of the score hook that are the same for every request."
function score_arguments(params::WireMap)
    arguments = Keywords()
    for (name, key) in (
        (:target_type, "target_type"),
        (:positive_class_label, "positive_class_label"),
        (:negative_class_label, "negative_class_label"),
    )
        add_keyword(arguments, name, field(params, key))
    end
    return add_keyword(arguments, :class_labels, take_texts(params, "class_labels"; optional = true))
end

"A worker of another language may be the one that scores, or the model just chats."
may_have_no_predictor(hooks::Hooks, params::WireMap) =
    field(params, "partial") === true || hook_for(hooks, "chat") !== nothing

"The artifact type that predicts with the model; nothing where none does and none has to."
function find_predictor(@nospecialize(value), hooks::Hooks, params::WireMap)
    try
        return choose_predictor(value, field(params, "target_type"), requested_labels(params))
    catch error
        unsupported = error isa WorkerError && error.code == "ARTIFACT_UNSUPPORTED"
        unsupported && may_have_no_predictor(hooks, params) || rethrow()
        return nothing
    end
end

"The model: what load_model returns, else the object in the artifact; nothing where none is needed."
function load_model(hooks::Hooks, params::WireMap)
    hook = hook_for(hooks, "load_model")
    if hook === nothing
        artifacts = take_texts(params, "artifacts")
        may_have_no_predictor(hooks, params) && isempty(artifacts) && return nothing
        return load_artifact(choose_artifact(artifacts, params))
    end
    progress("running load_model")
    model = call_hook(hook, (take(params, "code_directory", String),))
    # A hook of unstructured data may need no model: load_model of DRUM's own example returns nothing.
    model === nothing && !is_unstructured(params) && throw(
        WorkerError("HOOK_RESULT_INVALID", "load_model returned nothing, expected the model; return it"),
    )
    return model
end
