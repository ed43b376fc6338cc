# Says back what it was asked, whole or word by word, as the request's `stream` wishes.

struct CustomHTTPError <: Exception
    message::String
    status_code::Int
end

load_model(code_dir) = (name = "echo",)

function chat(completion_create_params, model; headers)
    said = completion_create_params["messages"][end]["content"]
    said == "teapot" && throw(CustomHTTPError("short and stout", 418))
    said == "raise" && error("nothing to say")
    said == "nonsense" && return "a text"
    common = (id = "chat-1", created = 1700000000, model = model.name)
    if get(completion_create_params, "stream", false)
        return said == "nothing" ? [] : Channel(channel -> put_chunks(channel, said, common))
    end
    message = (role = "assistant", content = "$said, $(get(headers, "X-Asker", "nobody"))")
    return merge(
        common,
        (object = "chat.completion", choices = [(index = 0, message = message, finish_reason = "stop")]),
    )
end

function put_chunks(channel, said, common)
    choice(delta, reason) = (index = 0, delta = delta, finish_reason = reason)
    put_chunk(delta, reason) =
        put!(channel, merge(common, (object = "chat.completion.chunk", choices = [choice(delta, reason)])))
    try
        for word in split(said, " ")
            word == "raise" && error("lost the thread")
            word == "wait" && sleep(0.2)
            put_chunk(Dict("role" => "assistant", "content" => word), nothing)
            while word == "forever"
                put_chunk(Dict("role" => "assistant", "content" => word), nothing)
                sleep(0.01)
            end
        end
        put_chunk(Dict(), "stop")
    finally
        println("ended after ", said)
    end
end

get_supported_llm_models(model) = [
    Dict("id" => model.name, "object" => "model", "created" => 1700000000, "owned_by" => "us"),
    Dict("id" => "no model"),
]
