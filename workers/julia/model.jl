# One loaded model: load, predict, transform, post_process, straight down; score_unstructured is in
# unstructured.jl, what it reports in mlops.jl, chat and models in chat.jl, call in component.jl.

"A model that is loaded, or is to be; the methods of the protocol change and ask it."
mutable struct Model
    hooks::Union{Nothing,Hooks} # nothing as long as nothing is loaded
    model::Any
    predictor::Union{Nothing,Module} # the artifact type that predicts; nothing where a hook does
    class_labels::Union{Nothing,Vector{String}} # what it is asked for, the positive one first
    score_keywords::Keywords # those of the score hook that are the same for every request
    make_frame::Any # (names, columns) to a data frame
    target_type::String
    reports::Bool # whether score_unstructured gets `mlops`
    component::Union{Nothing,Component} # a wrapper class in place of all of these
end

Model() = Model(nothing, nothing, nothing, nothing, Keywords(), nothing, "", false, nothing)

"Answers requests until the end of input. Returns the exit status."
function answer_requests(stream::Stream)
    Logging.global_logger(MarkingLogger(stderr))
    model = Model()
    return serve(stream, function (method, params, id)
        try
            method == "ping" && return WireMap()
            method == "load" && return load_with_progress(model, params, stream, id)
            method == "predict" && return predict(model, params)
            method == "transform" && return transform(model, params)
            method == "post_process" && return post_process(model, params)
            method == "score_unstructured" && return score_unstructured(
                model,
                params,
                (kind, data) -> notify(stream, "report", WireMap("kind" => kind, "data" => data)),
            )
            method == "chat" && return chat(model, params, data -> chunk(stream, id, data))
            method == "models" && return models(model, params)
            method == "call" && return answer_message(loaded_component(model), params)
            method == "serve" && return serve_component(params)
        finally
            flush_prints()
        end
        throw(WorkerError(
            "METHOD_UNKNOWN",
            "'$(first(method, 80))' is no method of this worker; it has $(join(sort(METHODS), ", "))",
        ))
    end)
end

"Loads, and sends to the supervisor what progress tells meanwhile."
function load_with_progress(model::Model, params::WireMap, stream::Stream, id::Int)
    before = PROGRESS[]
    PROGRESS[] = (text, done, total) ->
        notify(stream, "progress", WireMap("id" => id, "done" => done, "total" => total, "text" => text))
    try
        return load(model, params)
    finally
        PROGRESS[] = before
    end
end

"Lines that user code printed without ending them go to the log too, native code's as well."
function flush_prints()
    try
        flush(stdout)
        flush(stderr)
    catch # user code has closed it, or put something else in its place
    end
    ccall(:fflush, Cint, (Ptr{Cvoid},), C_NULL)
end

# -- the requests of protocol/SPEC.md section 6 ----------------------------------------------------

"Runs the service of a wrapper class, which may never end. Raises what load raises."
function serve_component(params::WireMap)
    folder = folder_of(params)
    run_service(take(params, "component", WireMap), folder)
    return WireMap()
end

"The code directory of a load, whose parameters user code may ask for from then on. Raises PARAMS_INVALID."
function folder_of(params::WireMap)
    check_load(params)
    given = [take(params, name, WireMap; optional = true) for name in ("runtime_parameters", "user_secrets")]
    offer_parameters(something(given[1], WireMap()), something(given[2], WireMap()))
    return take(params, "code_directory", String)
end

"""
Loads hooks and artifact and compiles for them; returns what they are. The model is as it was where this
raises: any code of protocol/SPEC.md section 9 that begins with PACKAGE, HOOK or ARTIFACT, and PARAMS_INVALID.
"""
function load(model::Model, params::WireMap)
    code_directory = folder_of(params)
    wrapper = take(params, "component", WireMap; optional = true)
    if wrapper !== nothing
        model.component, answer = load_component(wrapper, code_directory)
        return answer
    end
    unstructured = is_unstructured(params)
    unstructured || rehearse(make_data_table)
    compile_quickly(false)
    make_frame, table_package = unstructured ? leave_data_frame() : choose_data_frame()
    hook_file = field(params, "hook_file")
    hook_file === nothing || progress("loading $(basename(hook_file))")
    hooks = load_hooks(hook_file, code_directory, hooks_to_use(params))
    init = hook_for(hooks, "init")
    init === nothing || call_init(init, code_directory)
    value = load_model(hooks, params)
    target_type = take(params, "target_type", String)
    scores = unstructured || hook_for(hooks, scoring_hook(target_type)) !== nothing
    predictor = scores ? nothing : find_predictor(value, hooks, params)
    model.hooks, model.model, model.predictor = hooks, value, predictor
    model.make_frame, model.target_type = make_frame, target_type
    model.class_labels, model.score_keywords = requested_labels(params), score_arguments(params)
    model.reports, model.component = field(params, "reports") === true, nothing
    progress("compiling")
    make_frame === make_data_table || rehearse(make_frame)
    unstructured || warm(model)
    warm_unstructured(model)
    warm_chat(model)
    return WireMap(
        "hooks" => [name for name in HOOKS if hook_for(hooks, name) !== nothing],
        "predictor" => predictor === nothing ? nothing : predictor.name,
        "payload_formats" => payload_formats(),
        "packages" => package_versions(table_package),
    )
end

"The predictions for a payload. Raises NOT_LOADED, and the codes of INPUT, HOOK, ARTIFACT and PREDICTOR."
function predict(model::Model, params::WireMap)
    hooks = loaded_hooks(model)
    data, arguments = read_data(model, take(params, "payload", WireMap))
    rows = rows_of(data)
    data = transformed(model, data)
    score = hook_for(hooks, "score")
    if score !== nothing
        result = call_hook(score, (data, model.model), append!(copy(model.score_keywords), arguments))
        return predictions_to_wire(columns_of_result("score", result), rows)
    end
    model.predictor === nothing && throw(
        WorkerError("ARTIFACT_MISSING", "there is nothing to score with here; ask the worker that scores"),
    )
    if rows == 0
        throw(WorkerError(
            "INPUT_EMPTY",
            "the data has columns but no rows, and a built-in predictor needs one at least; send rows",
        ))
    end
    return predictions_to_wire(
        apply_predictor(model.predictor, model.model, (data, model.target_type, model.class_labels)), rows,
    )
end

"The table that the next stage gets, or a matrix where all its columns are sparse and one is asked for."
function transform(model::Model, params::WireMap)
    hooks = loaded_hooks(model)
    data, arguments = read_data(model, take(params, "payload", WireMap))
    rows = rows_of(data)
    target = read_target(model, params, rows)
    names, columns, labelled = columns_of_result(
        hook_for(hooks, "transform") === nothing ? "read_input_data" : "transform",
        transformed(model, data, target),
    )
    if !labelled && !isempty(arguments) && arguments[end].first == :sparse_colnames
        of_matrix = arguments[end].second
        length(of_matrix) == length(columns) && (names = of_matrix)
    end
    matrix = field(params, "sparse") === true ? matrix_to_wire(names, columns) : nothing
    return WireMap(
        "rows" => rows === nothing ? (isempty(columns) ? 0 : length(columns[1])) : rows,
        "table" => matrix === nothing ? table_to_wire(names, columns) : nothing,
        "matrix" => matrix,
        "index" => nothing,
        "target" => target === nothing ? nothing : target_to_wire(target),
    )
end

"Predictions as the hook post_process changes them."
function post_process(model::Model, params::WireMap)
    hook = hook_for(loaded_hooks(model), "post_process")
    hook === nothing && throw(no_hook("post_process"))
    _, names, columns = read_table(field(params, "predictions"))
    predictions = Base.invokelatest(model.make_frame, Csv.unique_names(names), columns)
    result = call_hook(hook, (predictions, model.model))
    return predictions_to_wire(columns_of_result("post_process", result))
end

# -- their parts -----------------------------------------------------------------------------------

target_to_wire(@nospecialize(target)) = table_to_wire(columns_of_result("the target", target)[1:2]...)

function predictions_to_wire((names, columns, labelled), rows = missing)
    result = WireMap(
        "predictions" => table_to_wire(names, columns), "labelled" => labelled, "index" => nothing,
    )
    rows === missing || push!(result.pairs, "rows" => rows)
    return result
end

"The hooks of a model that is loaded. Raises NOT_LOADED."
function loaded_hooks(model::Model)
    model.hooks === nothing &&
        throw(WorkerError("NOT_LOADED", "the request came before a load had succeeded; load first"))
    return model.hooks
end

"The wrapper class that is loaded. Raises NOT_LOADED."
function loaded_component(model::Model)
    model.component === nothing &&
        throw(WorkerError("NOT_LOADED", "the request came before a wrapper class was loaded; load first"))
    return model.component
end

"The error for a request to a hook that the model does not have."
no_hook(name::String) = WorkerError(
    "METHOD_UNKNOWN", "the hook file defines no $name; ask only models that list it among their hooks",
)

"The data that the next stage gets, and what else the score hook may want to know of it."
function read_data(model::Model, payload::WireMap)
    # A table was read already.
    reader = field(payload, "kind") == "table" ? nothing : hook_for(model.hooks, "read_input_data")
    if reader !== nothing
        payload = as_bytes(payload)
        data = call_hook(reader, (String(copy(field(payload, "data"))),))
        data === nothing && throw(WorkerError(
            "HOOK_RESULT_INVALID",
            "read_input_data returned nothing, expected the data; return it, e.g. as a DataFrame",
        ))
        return data, request_arguments(payload, nothing)
    end
    field(payload, "kind") == "file" && (payload = as_bytes(payload))
    names, columns = read_payload(payload)
    columns isa AbstractMatrix && return columns, request_arguments(payload, names)
    return Base.invokelatest(model.make_frame, names, columns), request_arguments(payload, nothing)
end

"What the score hook may take beside data and model: what came, and the names of a matrix."
function request_arguments(payload::WireMap, names)
    arguments = Keywords()
    for (name, key) in ((:mimetype, "mimetype"), (:charset, "charset"), (:binary_data, "data"))
        add_keyword(arguments, name, field(payload, key))
    end
    return names === nothing ? arguments : add_keyword(arguments, :sparse_colnames, names)
end

"For the target type transform the hook may take what belongs to the rows, in third place."
function transformed(model::Model, @nospecialize(data), @nospecialize(target = nothing))
    hook = hook_for(model.hooks, "transform")
    hook === nothing && return data
    takes_target = model.target_type == "transform" && Base.invokelatest(
        applicable, hook.hook, data, model.model, target,
    )
    result = call_hook(hook, takes_target ? (data, model.model, target) : (data, model.model))
    columns_of_result("transform", result)
    return result
end

"What belongs to the rows, as a data frame; nothing where nothing came."
function read_target(model::Model, params::WireMap, rows)
    payload = take(params, "target", WireMap; optional = true)
    payload === nothing && return nothing
    names, columns = read_payload(payload)
    count = length(columns[1])
    if rows !== nothing && count != rows
        throw(WorkerError(
            "INPUT_UNREADABLE", "the target has $count rows for $rows of input; send one row of it a row",
        ))
    end
    return Base.invokelatest(model.make_frame, names, columns)
end
