# Compiles, while loading, what the first request would else wait for.

using Logging: NullLogger, with_logger

const MOST_COLUMNS = 64 # of a made-up row
const MOST_SECONDS = 20 # for finding one that the model takes
const SAMPLE = "int,float,some,text,bool,date\n1,0.5,,x,true,2020-01-02\n2,1.5e3,3,y,false,2020-01-03\n"

"Runs a made-up request, with a score hook that does nothing."
function rehearse(make_frame)
    rehearsal = Model()
    rehearsal.make_frame = make_frame
    rehearsal.hooks = Hooks("score" => Hook("score", (data, model; rest...) -> data))
    payload = WireMap("kind" => "bytes", "data" => Vector{UInt8}(SAMPLE), "mimetype" => nothing)
    _, _, params = read_request(decode(encode(Any[0, 1, "predict", WireMap("payload" => payload)])))
    encode(Any[1, 1, nothing, predict(rehearsal, params)])
    return nothing
end

const SAMPLE_MESSAGES = [
    "predict" => "{\"meta\":{\"puid\":\"p\",\"tags\":{\"a\":1}},\"data\":{\"ndarray\":[[1,2]]}}",
    "predict" => "{\"data\":{\"names\":[\"x\"],\"ndarray\":[[1.5]]}}",
    "predict" => "{\"data\":{\"tensor\":{\"shape\":[1,2],\"values\":[1,2.5]}}}",
    "predict" => "{\"data\":{\"ndarray\":[[\"a\",\"b\"]]}}",
    "predict" => "{\"jsonData\":{\"a\":[1,null,true]}}",
    "predict" => "{\"strData\":\"x\"}",
    "predict" => "{\"binData\":\"YQ==\"}",
    "predict" => "{",
    "route" => "{\"data\":{\"ndarray\":[[1.5]]}}",
    "aggregate" => "[{\"data\":{\"ndarray\":[[1.5]]}},{\"data\":{\"ndarray\":[[1.5]]}}]",
    "send_feedback" => "{\"request\":{\"data\":{\"ndarray\":[[1]]}},\"reward\":1}",
    "health_status" => nothing,
]

"Answers made-up messages, with methods that do next to nothing."
function rehearse_messages()
    metric = Dict("type" => "GAUGE", "key" => "a", "value" => 1, "tags" => Dict("b" => "c"))
    methods = Dict{String,Any}(
        "predict" => (user, X, names) -> X,
        "route" => (user, X, names) -> 1,
        "aggregate" => (user, Xs, names) -> SeldonResponse(Xs[1], Dict("a" => 1), [metric]),
        "metrics" => user -> [metric],
        "tags" => user -> Dict("a" => "b"),
    )
    component = Component(nothing, methods, "unit", "image", true, Any[])
    for (method, message) in SAMPLE_MESSAGES
        _, _, params = read_request(decode(encode(Any[0, 1, "call", WireMap(
            "method" => method, "message" => message,
        )])))
        encode(Any[1, 1, nothing, answer_message(component, params)])
    end
    return nothing
end

"""
Compiles the hooks and the predictor for the types that they will get. Faults of user code are left to the
request.
"""
function warm(model::Model)
    try
        names, columns = Csv.read_csv(Vector{UInt8}(SAMPLE))
        warm_hooks(model, typeof(Base.invokelatest(model.make_frame, names, columns)))
    catch # a signature that cannot be compiled ahead is compiled by the first request
    end
    return nothing
end

function warm_hooks(model::Model, @nospecialize(type))
    hooks, model_type = model.hooks, Core.Typeof(model.model)
    reader, transform = hook_for(hooks, "read_input_data"), hook_for(hooks, "transform")
    score = hook_for(hooks, "score")
    reader === nothing || (type = result_type(reader, (String,)))
    if model.target_type == "transform" && transform !== nothing
        return foreach(target -> result_type(transform, (type, model_type, target)), (Nothing, type))
    end
    transform === nothing || (type = result_type(transform, (type, model_type)))
    if score !== nothing
        request = request_arguments(WireMap("data" => UInt8[]), nothing)
        compile_call(score, (type, model_type), append!(copy(model.score_keywords), request))
    elseif model.predictor !== nothing
        warm_predictor(model)
    end
    return nothing
end

"""
Predicts a made-up row, so that the first request finds everything compiled. How many columns the model was
fitted on may be nowhere in the artifact: models that take columns by position leave those alone that they do
not know, so a wide table is tried first, then narrower ones.
"""
function warm_predictor(model::Model)
    started = time()
    with_logger(NullLogger()) do
        for count in (MOST_COLUMNS, 1:(MOST_COLUMNS - 1)...)
            time() - started > MOST_SECONDS && return
            try
                row = later(
                    model.make_frame, ["x$at" for at in 1:count], AbstractVector[[1.0] for _ in 1:count],
                )
                later(model.predictor.predict, model.model, row, model.target_type, model.class_labels)
                return
            catch # other columns than it was fitted on
            end
        end
    end
    return nothing
end

"Compiles score_unstructured, where there is one, for text and for bytes as they come over HTTP."
function warm_unstructured(model::Model)
    hook = hook_for(model.hooks, "score_unstructured")
    hook === nothing && return
    try
        for data in ("", codeunits(""))
            arguments = unstructured_arguments(
                hook,
                model.model,
                data,
                WireMap("mimetype" => "", "charset" => "", "query" => WireMap(), "headers" => WireMap()),
            )
            model.reports && add_keyword(arguments[2], :mlops, MLOps(nothing))
            compile_call(hook, map(Core.Typeof, arguments[1]), arguments[2])
        end
    catch # as above
    end
    return nothing
end

"Compiles chat, where there is one."
function warm_chat(model::Model)
    hook = hook_for(model.hooks, "chat")
    hook === nothing && return
    try
        compile_call(
            hook,
            (Dict{String,Any}, Core.Typeof(model.model)),
            add_keyword(Keywords(), :headers, Headers(WireMap())),
        )
    catch # as above
    end
    return nothing
end

"The type that the hook returns for these, compiled on the way; Any where that cannot be told."
function result_type(hook::Hook, @nospecialize(types::Tuple))
    precompile(hook.hook, types)
    found = Base.invokelatest(Base.return_types, hook.hook, Tuple{types...})
    return length(found) == 1 ? found[1] : Any
end

function compile_call(hook::Hook, @nospecialize(types::Tuple), optional::Keywords)
    known = declared_keywords(hook, Tuple{types...})
    isempty(known) && return precompile(hook.hook, types)
    taken = merge(NamedTuple(), taken_keywords(hook, known, optional))
    caller = isdefined(Core, :kwcall) ? Core.kwcall : Core.kwfunc(hook.hook)
    return precompile(caller, (typeof(taken), Core.Typeof(hook.hook), types...))
end
