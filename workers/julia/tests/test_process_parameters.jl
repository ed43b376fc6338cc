# RuntimeParameters and UserSecrets in a real worker: where user code sees them, and as what their values
# come.

module TestProcessParameters

using ..Checks
using ..WorkerProcess
import ..DrumlineWorker: WireMap, field

value(it) = WireMap("value" => it)
const PARAMETERS = WireMap(
    "TEXT" => value("text"),
    "NOTHING" => value(nothing),
    "COUNT" => value(5),
    "SHARE" => value(0.25),
    "FLAG" => value(true),
    "KEY" => value(
        WireMap("credentialType" => "s3", "inner" => WireMap("list" => Any[1, WireMap()])),
    ), "BROKEN" => WireMap("error" => "what is wrong"),
)
const SECRETS = WireMap("db" => WireMap("credential_type" => "basic", "password" => "hush"))

const LOAD = "load_model(dir) = 1\n"

"What the hook answers of this custom.jl, which `load_hooks(worker, …)` loads, or the words of its error."
function answer_of(worker, custom, load_hooks = load; given...)
    error, _ = load_hooks(worker, custom; target = "unstructured", given...)
    error === nothing || return field(error, "message")
    ask = WireMap(
        "data" => "",
        "mimetype" => "text/plain",
        "charset" => "utf8",
        "query" => WireMap(),
        "headers" => WireMap(),
    )
    error, result = call(worker, "score_unstructured", ask)
    return error === nothing ? field(result, "data") : field(error, "message")
end

"The same, in a worker of its own."
function told(custom; given...)
    worker = start()
    try
        return answer_of(worker, custom; given...)
    finally
        stop(worker)
    end
end

shared = start()

"What this expression is in a hook."
shown(expression) = answer_of(
    shared,
    "$(LOAD)score_unstructured(model, data) = repr($expression)\n",
    load_module;
    runtime_parameters = PARAMETERS,
    user_secrets = SECRETS,
)

equal(
    () -> shown("map(RuntimeParameters.get, (\"TEXT\", \"NOTHING\", \"COUNT\", \"SHARE\", \"FLAG\"))"),
    "values come as they were given",
    "(\"text\", nothing, 5, 0.25, true)",
)
const MAPS =
    "(key = RuntimeParameters.get(\"KEY\"); all(map -> map isa Dict{String,Any}, (key, key[\"inner\"], " *
        "key[\"inner\"][\"list\"][2])))"
equal(() -> shown(MAPS), "maps are Dicts at every depth", "true")
equal(
    () -> shown(
        "(RuntimeParameters.has(\"BROKEN\"), RuntimeParameters.has(\"NONE\"), UserSecrets.has(\"db\"), " *
            "UserSecrets.has(\"none\"))",
    ),
    "has",
    "(true, false, true, false)",
)
equal(() -> shown("UserSecrets.get(\"db\")[\"password\"]"), "a secret is a Dict", "\"hush\"")
check(
    () -> occursin("what is wrong", shown("RuntimeParameters.get(\"BROKEN\")")),
    "what is wrong is told when it is asked for",
)
check(
    () -> occursin(
        "the runtime parameter \"NONE\" is not set; define it", shown("RuntimeParameters.get(\"NONE\")"),
    ),
    "a parameter that is not set is told by name",
)
check(
    () -> occursin("the user secret \"none\" is not set; mount it", shown("UserSecrets.get(\"none\")")),
    "a secret that is not set is told by name",
)
stop(shared)

const FORMS = Dict(
    "plain functions" =>
        "const FIRST = RuntimeParameters.get(\"TEXT\")\n$(LOAD)score_unstructured(model, data) = FIRST",
    "module Custom" =>
        "module Custom\nconst FIRST = RuntimeParameters.get(\"TEXT\")\n$(LOAD)score_unstructured(model, " *
            "data) = FIRST\nend",
    "a module with words before it" =>
        "\"words\"\nmodule Custom\n$(LOAD)score_unstructured(model, data) = " *
            "RuntimeParameters.get(\"TEXT\")\nend",
    "a module within" =>
        "module Custom\nmodule Inner\ntext() = RuntimeParameters.get(\"TEXT\")\nend\n" *
            "$(LOAD)score_unstructured(model, data) = Inner.text()\nend",
    "names of its own" =>
        "module RuntimeParameters\nget(key) = \"text\"\nend\n$(LOAD)score_unstructured(model, data) = " *
            "RuntimeParameters.get(\"own\")",
)
for (form, custom) in FORMS
    equal(() -> told(custom; runtime_parameters = PARAMETERS), "user code sees them in $form", "text")
end

const NONE =
    "$(LOAD)score_unstructured(model, data) = string(RuntimeParameters.has(\"TEXT\"), " *
        "UserSecrets.has(\"db\"))"
equal(() -> told(NONE), "a worker that is given none has none", "falsefalse")
check(
    () -> occursin("user_secrets must be a map or nil", told(NONE; user_secrets = "x")),
    "what is no map is refused",
)

end
