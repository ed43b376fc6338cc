# The hook file: loads it, lists the hooks it defines, and calls them.

const HOOKS = [
    "init",
    "load_model",
    "read_input_data",
    "transform",
    "score",
    "post_process",
    "score_unstructured",
    "chat",
    "get_supported_llm_models",
]
const HOOKS_WITHOUT_TABLES = ["init", "load_model", "score_unstructured"]

"The hook that takes the place of a predictor."
scoring_hook(target_type) = target_type == "transform" ? "transform" : "score"

"What the one keyword `kwargs` holds, where that is how a hook takes its keywords."
const BUNDLES = Dict(
    "score" => (:positive_class_label, :negative_class_label, :class_labels),
    "score_unstructured" => (:mimetype, :charset, :query, :query_values, :headers, :mlops),
    "chat" => (:headers,),
)

"""
One hook. Optional keywords that it does not take are left out; which those are is found out once for each
type of arguments.
"""
struct Hook
    name::String
    hook::Any
    keywords::Dict{DataType,Vector{Symbol}}
end

Hook(name, hook) = Hook(name, hook, Dict{DataType,Vector{Symbol}}())

"The hooks of a model, by name."
const Hooks = Dict{String,Hook}

"The hook of this name; nothing where the hook file does not define it, or load named others."
hook_for(hooks::Hooks, name::String) = get(hooks, name, nothing)

"""
What the hook file defines, by name, or those of it in `used`; empty where there is no hook file. The hooks
are functions of a module Custom, exported or not, or of no module.
"""
function load_hooks(hook_file, code_directory::String, used)
    code_directory in LOAD_PATH || push!(LOAD_PATH, code_directory)
    hook_file === nothing && return Hooks()
    load_hook_file(hook_file)
    has_module = isdefined(Main, :Custom) && getfield(Main, :Custom) isa Module
    owner = has_module ? getfield(Main, :Custom)::Module : Main
    owner === Main || offer_data_table(owner)
    hooks = Hooks()
    for name in (used === nothing ? HOOKS : used)
        defined_by_user(owner, Symbol(name)) && (hooks[name] = Hook(name, getfield(owner, Symbol(name))))
    end
    return hooks
end

"""
Whether `name` is something callable that user code gave a method to: a package may export a function of that
name.
"""
function defined_by_user(owner::Module, name::Symbol)
    isdefined(owner, name) || return false
    return any(
        method -> Base.moduleroot(method.module) === Main && !is_ours(method.module),
        methods(getfield(owner, name)),
    )
end

function is_ours(owner::Module)
    while owner !== Main
        owner === @__MODULE__() && return true
        owner = parentmodule(owner)
    end
    return false
end

function load_hook_file(hook_file::String)
    try
        Base.include(Main, hook_file)
    catch error
        throw(later(hook_file_error, hook_file, error, catch_backtrace()))
    end
end

function hook_file_error(hook_file::String, @nospecialize(error), backtrace)
    file = basename(hook_file)
    error, line = innermost(error, hook_file)
    trace = trace_of(error, backtrace)
    package = missing_package_of(error)
    package === nothing || return package_missing(file, [package], trace; line = line)
    if is_syntax_error(error)
        return WorkerError(
            "HOOK_FILE_BROKEN",
            "$file does not parse: $(text_of(error)); correct line $line of $hook_file",
            trace,
        )
    end
    where = line === nothing ? "" : " at line $line"
    return WorkerError(
        "HOOK_FILE_BROKEN",
        "$file raised $(words_of(error))$where while it was loaded; correct $hook_file",
        trace,
    )
end

"What include has wrapped, and the line of `file` that it came from."
function innermost(@nospecialize(error), file)
    line = nothing
    while error isa LoadError
        error.file == file && (line = error.line)
        error = error.error
    end
    return error, line
end

is_syntax_error(@nospecialize(error)) =
    error isa Base.Meta.ParseError || (error isa ErrorException && startswith(error.msg, "syntax: "))

# -- calling ---------------------------------------------------------------------------------------

"Keywords that a hook may take: those that it does not take are left out."
const Keywords = Vector{Pair{Symbol,Any}}

"Adds a keyword to the list and returns the list."
add_keyword(keywords::Keywords, name::Symbol, @nospecialize(value)) =
    push!(keywords, Pair{Symbol,Any}(name, value))

"Calls the hook with those of the `optional` keywords that it takes."
function call_hook(hook::Hook, arguments::Tuple, optional::Keywords = Keywords())
    try
        taken = isempty(optional) ? optional : taken_keywords(hook, keywords_of(hook, arguments), optional)
        return isempty(taken) ? Base.invokelatest(hook.hook, arguments...) : Base.invokelatest(
            hook.hook, arguments...; taken...,
        )
    catch error
        throw(later(hook_error, hook.name, error, catch_backtrace()))
    end
end

"""
Those of the keywords that are among the `known` ones; all of them where a method takes any, which is told as
`name...`.
"""
function taken_keywords(hook::Hook, known::Vector{Symbol}, optional::Keywords)
    any(name -> endswith(String(name), "..."), known) && return optional
    taken = filter(keyword -> keyword.first in known, optional)
    :kwargs in known && add_keyword(taken, :kwargs, later(bundle, BUNDLES[hook.name], optional))
    return taken
end

"The keywords that the hook's method for these arguments declares."
function keywords_of(hook::Hook, @nospecialize(arguments::Tuple))
    return get!(hook.keywords, typeof(arguments)) do
        declared_keywords(hook, Tuple{map(Core.Typeof, arguments)...})
    end
end

"Keywords of the methods that the hook has for these types of arguments."
function declared_keywords(hook::Hook, @nospecialize(types))
    known = Symbol[]
    for method in Base.invokelatest(methods, hook.hook, types)
        append!(known, Base.kwarg_decl(method))
    end
    return known
end

"""
What `score(data, model; kwargs)` gets as its one keyword: all of these names, with nothing where there is no
value.
"""
function bundle(names, optional::Keywords)
    value(name) = (
        at = findfirst(keyword -> keyword.first == name, optional);
        at === nothing ? nothing : optional[at].second,
    )
    return NamedTuple{names}(map(value, names))
end

"`init(code_dir)`, or `init(; code_dir, …)`, or `init()`."
function call_init(hook::Hook, code_directory::String)
    positional = Base.invokelatest(applicable, hook.hook, code_directory)
    return positional ? call_hook(hook, (code_directory,)) : call_hook(
        hook, (), add_keyword(Keywords(), :code_dir, code_directory),
    )
end

"HOOK_FAILED of an exception in user code, with its status where it has one."
function hook_error(name, @nospecialize(error), backtrace)
    trace = trace_of(error, backtrace)
    status = is_custom_http_error(error) ? error.status_code : nothing
    status isa Integer || return WorkerError("HOOK_FAILED", "the hook $name raised $(words_of(error))", trace)
    return WorkerError("HOOK_FAILED", own_message(error), trace, Int(status))
end

is_custom_http_error(@nospecialize(error)) =
    nameof(typeof(error)) in (:CustomHTTPError, :QueryKeyError) && hasproperty(error, :status_code)

"The user's own words: the field message or msg, else what showerror prints."
function own_message(@nospecialize(error))
    for name in (:message, :msg)
        hasproperty(error, name) && getproperty(error, name) isa AbstractString &&
            return String(getproperty(error, name))
    end
    return text_of(error)
end
