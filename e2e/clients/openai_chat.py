"""Uses a chat model through the public openai client, and prints as JSON what it got.

Usage: python openai_chat.py BASE_URL.
"""

import json
import sys

import openai

client = openai.OpenAI(
    base_url=sys.argv[1], api_key="none needed", max_retries=0, default_headers={"X-Asker": "python"}
)


def ask(said, **options):
    return client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": said}], **options
    )


def refusal(call):
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, str(error)]
    except openai.APIError as error:
        return [type(error).__name__, None, str(error)]


completion = ask("hello")
print(
    json.dumps(
        {
            "models": [model.id for model in client.models.list()],
            "completion": completion.choices[0].message.content,
            "association": completion.datarobot_association_id,
            "stream": [chunk.choices[0].delta.content for chunk in ask("one two", stream=True)],
            "nothing": [chunk for chunk in ask("nothing", stream=True)],
            "raised": refusal(lambda: ask("raise")),
            "chosen": refusal(lambda: ask("teapot")),
            "broken": refusal(lambda: list(ask("one raise", stream=True))),
        }
    )
)
