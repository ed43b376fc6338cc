"""Says back what it was asked, whole or word by word, as the request's `stream` wishes."""

import time


class CustomHTTPError(Exception):
    status_code = 418


def load_model(code_dir):
    return {"name": "echo"}


def chat(completion_create_params, model, headers):
    said = completion_create_params["messages"][-1]["content"]
    if said == "teapot":
        raise CustomHTTPError("short and stout")
    if said == "raise":
        raise ValueError("nothing to say")
    if said == "nonsense":
        return "a text"
    common = {"id": "chat-1", "created": 1700000000, "model": model["name"]}
    if not completion_create_params.get("stream"):
        message = {"role": "assistant", "content": "%s, %s" % (said, headers.get("X-Asker", "nobody"))}
        return {
            **common,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }
    return chunks(said, common)


def chunks(said, common):
    def chunk(content, reason):
        delta = {"role": "assistant", "content": content} if content is not None else {}
        return {
            **common,
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }

    if said == "nothing":
        return
    try:
        for word in said.split(" "):
            if word == "raise":
                raise ValueError("lost the thread")
            if word == "wait":
                time.sleep(0.2)
            yield chunk(word, None)
            while word == "forever":
                yield chunk(word, None)
                time.sleep(0.01)
        yield chunk(None, "stop")
    finally:
        print("ended after", said)


def get_supported_llm_models(model):
    return [
        {"id": model["name"], "object": "model", "created": 1700000000, "owned_by": "us"},
        {"id": "no model"},
    ]
