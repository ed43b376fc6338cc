"""Answers with the openai package's own objects, and has nothing but chat: neither pandas nor an artifact
is there.
"""

from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk


def chat(completion_create_params, model):
    said = completion_create_params["messages"][-1]["content"]
    common = {"id": "chat-1", "created": 1700000000, "model": "objects"}
    if completion_create_params.get("stream"):
        return (chunk(common, index, word) for index, word in enumerate(said.split(" ")))
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    return ChatCompletion(object="chat.completion", choices=[choice], **common)


def chunk(common, index, word):
    choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
    return ChatCompletionChunk(object="chat.completion.chunk", choices=[choice], **common)


def get_supported_llm_models(model):
    return [Model(id="objects", object="model", created=1700000000, owned_by="us")]
