# What a wrapper class answers: what a method returned, with tags and metrics of request, class and result.

const METRIC_TYPES = ("COUNTER", "GAUGE", "TIMER")
const Metrics = Vector{Dict{String,Any}}

response_of(@nospecialize(returned)) = returned isa SeldonResponse ? returned : SeldonResponse(returned)

only_puid(meta::Dict) = haskey(meta, "puid") ? fields("puid" => meta["puid"]) : fields()

"""
The whole answer: the result packed, with tags and metrics of the request, the class and the result. `form`
and `meta` are those of the request.
"""
function told(component::Component, name::String, @nospecialize(returned), @nospecialize(form), meta::Dict)
    response = response_of(returned)
    tags = joined(
        get(meta, "tags", nothing),
        fields_of("tags", own(component, "tags", fields())),
        fields_of("tags", response.tags),
    )
    metrics = [checked(own(component, "metrics", Any[])); checked(response.metrics)]
    label!(metrics, METRIC_LABELS[name])
    add_measured!(component, metrics)
    listed = Any[]
    append!(listed, get(meta, "metrics", Any[]))
    component.tells_metrics && append!(listed, metrics)
    answer = only_puid(meta)
    isempty(tags) || add!(answer, "tags", tags)
    isempty(listed) || add!(answer, "metrics", listed)
    if component.unit !== nothing
        path = joined(fields(component.unit => component.image), get(meta, "requestPath", nothing))
        add!(answer, "requestPath", path)
    end
    return fields("meta" => answer, packed(response.data, form, () -> class_names(component)))
end

"The names that the class has for columns, or nothing."
function class_names(component::Component)
    names = own(component, "class_names", nothing)
    names === nothing && hasproperty(component.user, :class_names) && return component.user.class_names
    return names
end

function fields_of(what::String, @nospecialize(value))
    found = as_fields(value)
    found === nothing && error("$what are $(kind_of(value)), expected a Dict or NamedTuple; return one")
    return found
end

"The metrics, each a Dict of its own. Raises for what is no list of metrics."
function checked(@nospecialize(metrics))
    found = Metrics()
    for metric in (metrics isa AbstractVector ? metrics : (nothing,))
        metric = as_fields(metric)
        is_metric(metric) || throw(SeldonMicroserviceException(
            "Bad metric created during request: $(shown(metrics))", 500, "MICROSERVICE_BAD_METRIC",
        ))
        push!(found, joined(metric))
    end
    return found
end

is_metric(@nospecialize(metric)) =
    metric !== nothing && haskey(metric, "key") && get(metric, "value", nothing) isa Real &&
    string(get(metric, "type", "")) in METRIC_TYPES

"Seldon's wrapper writes the method into the tags of a metric that has some."
function label!(metrics::Metrics, label::String)
    for metric in metrics
        haskey(metric, "tags") || continue
        tags = fields_of("the tags of a metric", metric["tags"])
        add!(metric, "tags", joined(tags, fields("method" => label)))
    end
end

"Adds the metrics to those that the answer tells of this call."
function add_measured!(component::Component, metrics::Metrics)
    for metric in metrics
        tags = WireMap()
        for (name, value) in fields_of("the tags of a metric", get(metric, "tags", fields()))
            push!(tags.pairs, Pair{String,Any}(sendable(name), sendable(string(value))))
        end
        push!(component.measured, WireMap(
            "type" => string(get(metric, "type", "COUNTER")),
            "key" => sendable(string(get(metric, "key", ""))),
            "value" => Float64(get(metric, "value", 0)),
            "tags" => tags,
        ))
    end
end

"The metrics in a whole answer, which nobody checks."
function metrics_in(@nospecialize(raw))
    found = Metrics()
    for metric in something(member(member(raw, "meta"), "metrics"), ())
        push!(found, fields_of("a metric", metric))
    end
    return found
end

"The member of a Dict or NamedTuple, nothing where there is none."
function member(@nospecialize(value), name::String)
    found = as_fields(value)
    return found === nothing ? nothing : get(found, name, nothing)
end

"The HTTP status that a whole answer asks for."
function status_in(@nospecialize(raw))
    code = member(member(raw, "status"), "code")
    code isa Real && isfinite(code) && return trunc(Int, code)
    return code isa AbstractString ? something(tryparse(Int, code), 200) : 200
end

"The meta of several messages: later tags and paths win, metrics add up, the first one's puid counts."
function merged(metas::Vector{Dict{String,Any}})
    tags, path, metrics = fields(), fields(), Any[]
    for meta in metas
        tags = joined(tags, get(meta, "tags", nothing))
        path = joined(path, get(meta, "requestPath", nothing))
        append!(metrics, get(meta, "metrics", Any[]))
    end
    puid = isempty(metas) ? fields() : only_puid(metas[1])
    return joined(puid, fields("tags" => tags, "requestPath" => path, "metrics" => metrics))
end
