# Returns what the query asks for; e2e/unstructured.test.ts compares the answers of the languages.

struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end

load_model(code_dir) = "model"

const SOME_BYTES = [0x00, 0xff, 0x0a]

function score_unstructured(model, data; query, mimetype, charset, headers)
    what = get(query, "do", "describe")
    what == "raise" && error("no luck with 42")
    what == "refuse" && throw(CustomHTTPError("no tea", 418))
    what == "echo" && return data
    what == "bytes" && return SOME_BYTES
    what == "nothing" && return nothing
    what == "named text" && return "grüße", Dict("mimetype" => "text/html", "charset" => "latin1")
    what == "named bytes" && return SOME_BYTES, Dict("mimetype" => "image/png")
    what == "charset alone" && return "grüße", Dict("charset" => "utf-16le")
    what == "nothing beside" && return "text", nothing
    what == "number" && return 42
    what == "number beside" && return "text", Dict("mimetype" => 42)
    what == "absent" && return query["absent"]
    what == "beyond charset" && return "日本", Dict("charset" => "latin1")
    kind = data isa String ? "text" : "bytes"
    asked = get(headers, "x-asked", "none")
    first_value = get(query, "a", "none")
    return "$model $kind of $(length(data)), $mimetype $charset, a $first_value, asked $asked"
end

transform(data, model) = error("no hook of unstructured models")
