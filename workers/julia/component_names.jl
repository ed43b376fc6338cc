# What wrapper classes write without a package: Seldon's base class, response and exceptions.

"A class below it says so of methods that it does not have (\"route is not implemented\")."
abstract type SeldonComponent end

"""
What a method returned, with tags and metrics of this call: `SeldonResponse(data, tags, metrics)`, the last
two also as keywords.
"""
struct SeldonResponse
    data::Any
    tags::Any
    metrics::Any
    SeldonResponse(data, first = nothing, second = nothing; tags = first, metrics = second) =
        new(data, something(tags, Dict{String,Any}()), something(metrics, Any[]))
end

"""
An error with a HTTP status and a word for programs: `SeldonMicroserviceException(message, status_code,
reason)`, the last two also as keywords.
"""
struct SeldonMicroserviceException <: Exception
    message::String
    status_code::Int
    reason::String
    SeldonMicroserviceException(
        message, code = 400, word = "MICROSERVICE_BAD_DATA"; status_code = code, reason = word,
    ) = new(message, status_code, reason)
end

"Raised by a method that the class does not have after all."
struct SeldonNotImplementedError <: Exception
    message::String
end

Base.showerror(io::IO, error::Union{SeldonMicroserviceException,SeldonNotImplementedError}) =
    print(io, error.message)

offer_component_names() =
    offer(SeldonComponent, SeldonResponse, SeldonMicroserviceException, SeldonNotImplementedError)
