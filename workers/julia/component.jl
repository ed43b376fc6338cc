# A wrapper class as Seldon's users write it: answers messages with its methods (protocol/SPEC.md, `call`).

"The methods that answer messages, with the label that their metrics get."
const COMPONENT_METHODS = [
    "predict" => "predict",
    "transform_input" => "inputtransform",
    "transform_output" => "outputtransform",
    "route" => "router",
    "aggregate" => "aggregate",
    "send_feedback" => "feedback",
    "health_status" => "health",
]
const METRIC_LABELS = Dict(COMPONENT_METHODS)
const OTHER_METHODS = [
    "load", "tags", "metrics", "class_names", "init_metadata", "metadata", "custom_service",
]
const JSON_REMEDY = "return numbers, texts, booleans, nothing, and arrays and Dicts of them"

"An instance of the class, its methods by name, and what its answers say of the node that it is."
struct Component
    user::Any
    methods::Dict{String,Any}
    unit::Union{Nothing,String}
    image::Union{Nothing,String}
    tells_metrics::Bool
    measured::Vector{Any} # the metrics of the call that runs, for the wire
end

"In place of what a method returns that the class lacks; `words` if it said so itself."
struct Absence
    words::Union{Nothing,String}
end

# -- loading ---------------------------------------------------------------------------------------

"""
Makes the instance and runs its `load`; returns it and what load answers. Raises HOOK_FILE_BROKEN,
PACKAGE_MISSING, HOOK_FAILED, HOOK_RESULT_INVALID and PARAMS_INVALID.
"""
function load_component(given::WireMap, folder::String)
    name = take(given, "name", String)
    component = make_component(name, given, folder)
    progress("running load")
    attempted(name, component, "load")
    haskey(component.methods, "metrics") ||
        println(stderr, "\x01d", name, " has no method metrics, so it measures nothing")
    teller = haskey(component.methods, "init_metadata") ? "init_metadata" : "metadata"
    metadata = as_fields(attempted(name, component, teller))
    beside = haskey(component.methods, "custom_service") ? ["custom_service"] : String[]
    return component, WireMap(
        "hooks" => [[method for (method, _) in COMPONENT_METHODS if answers(component, method)]; beside],
        "predictor" => nothing,
        "payload_formats" => WireMap(),
        "packages" => package_versions(nothing),
        "metadata" => metadata === nothing ? nothing : json_value_of(teller, metadata),
    )
end

"Runs the service of the class in an instance of its own."
function run_service(given::WireMap, folder::String)
    name = take(given, "name", String)
    attempted(name, make_component(name, given, folder), "custom_service")
    return nothing
end

"An instance of the class, which is not loaded."
function make_component(name::String, given::WireMap, folder::String)
    rehearse_messages()
    offer_component_names()
    compile_quickly(false)
    progress("importing $name")
    kind, owner = class_named(name, folder)
    progress("making $name")
    user = made(name, kind, plain(take(given, "parameters", WireMap)))
    return Component(
        user,
        methods_of(user, owner),
        take(given, "unit", String; optional = true),
        take(given, "image", String; optional = true),
        field(given, "tells_metrics") !== false,
        Any[],
    )
end

"""
The class `Model` of the file Model.jl, or `Cls` of pkg/mod.jl for `pkg.mod.Cls`, and the module that has its
methods: that of the file's name, or Main.
"""
function class_named(name::String, folder::String)
    parts = split(name, '.')
    file = joinpath(folder, parts[1:max(1, end - 1)]...) * ".jl"
    isfile(file) || throw(WorkerError(
        "HOOK_FILE_BROKEN",
        "there is no file $file for the class $name; name the file after the class, or give FILE.CLASS",
    ))
    folder in LOAD_PATH || push!(LOAD_PATH, folder)
    load_hook_file(file)
    owner, stem = Main, Symbol(parts[max(1, end - 1)])
    isdefined(Main, stem) && getfield(Main, stem) isa Module && (owner = getfield(Main, stem))
    kind = isdefined(owner, Symbol(parts[end])) ? getfield(owner, Symbol(parts[end])) : nothing
    kind isa Type && return kind, owner
    throw(WorkerError(
        "HOOK_FILE_BROKEN",
        "$file has no struct $(parts[end]); name the struct after its file, or give file.Struct",
    ))
end

"The instance, its constructor called with the parameters by name."
function made(name::String, @nospecialize(kind), parameters::Dict{String,Any})
    keywords = (; (Symbol(key) => value for (key, value) in parameters)...)
    try
        return Base.invokelatest(kind; keywords...)
    catch error
        words = "$name raised $(words_of(error))"
        lacks_names = occursin("no method matching $(nameof(kind))(", words) || error isa UndefKeywordError
        lacks_names && (words *= "; write Base.@kwdef before the struct, and a default for each field")
        throw(WorkerError("HOOK_FAILED", words, trace_of(error, catch_backtrace())))
    end
end

"Functions of the module with a method for the instance that user code wrote, by name."
function methods_of(@nospecialize(user), owner::Module)
    roots = (Main, Base.moduleroot(parentmodule(typeof(user))))
    found = Dict{String,Any}()
    messages = [string(name, ending) for (name, _) in COMPONENT_METHODS for ending in ("", "_raw", "_rest")]
    for name in [messages; OTHER_METHODS]
        isdefined(owner, Symbol(name)) || continue
        candidate = getfield(owner, Symbol(name))
        candidate isa Function || continue
        fitting = later(methods, candidate, Tuple{typeof(user),Vararg{Any}})
        any(method -> Base.moduleroot(method.module) in roots, fitting) && (found[name] = candidate)
    end
    return found
end

answers(component::Component, method::String) =
    any(ending -> haskey(component.methods, method * ending), ("", "_raw", "_rest"))

"What the method returns, nothing if there is none. Raises HOOK_FAILED."
function attempted(name::String, component::Component, method::String)
    try
        return own(component, method, nothing)
    catch error
        words = "$name.$method raised $(words_of(error))"
        throw(WorkerError("HOOK_FAILED", words, trace_of(error, catch_backtrace())))
    end
end

# -- calls -----------------------------------------------------------------------------------------

"Answers a message with a method. What the method raises is an answer too. Raises PARAMS_INVALID."
function answer_message(component::Component, params::WireMap)
    name = take(params, "method", String)
    text = take(params, "message", String; optional = true)
    empty!(component.measured)
    status, body, trace = try
        status, answer = answer_with(component, name, text)
        status, printed(answer), nothing
    catch error
        refusal(error, catch_backtrace())
    end
    return WireMap(
        "status" => status,
        "type" => "application/json",
        "message" => body,
        "metrics" => component.measured,
        "traceback" => trace,
    )
end

"(HTTP status, body, the user's traceback) of an error."
function refusal(@nospecialize(error), backtrace)
    if error isa SeldonMicroserviceException
        return error.status_code, error_body(error.message, error.reason), nothing
    end
    is_json = !(error isa JsonFault)
    words = is_json ? own_message(error) : "the answer cannot be JSON: $(error.message); $JSON_REMEDY"
    body = error_body(words, "MICROSERVICE_INTERNAL_ERROR")
    return 500, body, sendable(trace_of(error, backtrace))
end

"(HTTP status, answer)."
function answer_with(component::Component, name::String, @nospecialize(text))
    message = name == "health_status" ? nothing : read_message(text)
    raw = raw_answer(component, name, message)
    if !(raw isa Absence)
        add_measured!(component, metrics_in(raw))
        return name == "predict" ? status_in(raw) : 200, raw
    end
    name == "aggregate" && return 200, aggregate(component, message)
    name == "send_feedback" && return 200, send_feedback(component, Feedback(message))
    name == "health_status" && return 200, health_status(component)
    payload = Payload(message)
    returned = ask(component, name, (payload.value, payload.names), (payload.meta,))
    meta = payload.meta === nothing ? fields() : payload.meta
    if name == "route"
        return 200, told(component, name, routed(returned), payload.form, only_puid(meta))
    end
    returned isa Absence && (returned = name == "predict" ? Float64[] : payload.value)
    return 200, told(component, name, returned, payload.form, meta)
end

"What the method for whole messages returns, an Absence if there is none."
function raw_answer(component::Component, name::String, @nospecialize(message))
    for ending in ("_rest", "_raw")
        returned = ask(component, name * ending, name == "health_status" ? () : (message,))
        returned isa Absence || return returned
    end
    return Absence(nothing)
end

"What the method returns, or an Absence. It gets what is in `more` if it takes that too."
function ask(component::Component, name::String, @nospecialize(arguments), @nospecialize(more = ()))
    method = get(component.methods, name, nothing)
    method === nothing && return Absence(absence_of(component, name))
    all_arguments = (component.user, arguments..., more...)
    later(applicable, method, all_arguments...) || (all_arguments = (component.user, arguments...))
    try
        return later(method, all_arguments...)
    catch error
        error isa SeldonNotImplementedError || rethrow()
        return Absence(error.message)
    end
end

absence_of(component::Component, name::String) =
    component.user isa SeldonComponent ? "$name is not implemented" : nothing

"What the method returns, or else `absent`."
function own(component::Component, name::String, @nospecialize(absent))
    returned = ask(component, name, ())
    return returned isa Absence ? absent : returned
end

function aggregate(component::Component, @nospecialize(messages))
    items = messages isa Dict ? get(messages, "seldonMessages", nothing) : messages
    items isa Vector || invalid_type(messages)
    isempty(items) && unfit_array("there are no messages to aggregate; send one at least")
    payloads = Payload[Payload(item) for item in items]
    metas = Dict{String,Any}[payload.meta for payload in payloads if payload.meta !== nothing]
    # of the narrowest type, so that methods may say which
    arguments = map(payload -> payload.value, payloads), map(payload -> payload.names, payloads)
    returned = ask(component, "aggregate", arguments, (metas,))
    returned isa Absence && bad_data(something(returned.words, "Aggregate not defined"))
    return told(component, "aggregate", returned, payloads[1].form, merged(metas))
end

function send_feedback(component::Component, feedback::Feedback)
    arguments = (feedback.features, feedback.names, feedback.reward, feedback.truth)
    child = component.unit === nothing ? nothing : get(feedback.routing, component.unit, nothing)
    returned = ask(component, "send_feedback", arguments, (child,))
    response = response_of(returned isa Absence ? nothing : returned)
    response.data === nothing && (response = SeldonResponse(Float64[], response.tags, response.metrics))
    return as_proto(told(component, "send_feedback", response, feedback.form, feedback.meta))
end

function health_status(component::Component)
    returned = ask(component, "health_status", ())
    if returned isa Absence
        returned = returned.words === nothing ? "healthy" : "not implemented - assuming healthy"
    end
    return told(component, "health_status", returned, nothing, fields())
end

"The number of the child that the method chose, as a row."
function routed(@nospecialize(returned))
    returned isa Absence && bad_data(something(returned.words, "Route not defined"))
    response = response_of(returned)
    response.data isa Integer || bad_data("Routing response must be int but got $(response.data)")
    return SeldonResponse([[response.data]], response.tags, response.metrics)
end

bad_data(words) = throw(SeldonMicroserviceException(words))
