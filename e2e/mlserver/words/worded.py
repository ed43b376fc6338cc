"""Answers a request with an answer for each word of its text."""

import asyncio
from collections.abc import AsyncIterator

from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse


class Words(MLModel):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        return self.answer(*StringCodec.decode_input(payload.inputs[0]))

    async def predict_stream(
        self, payloads: AsyncIterator[InferenceRequest]
    ) -> AsyncIterator[InferenceResponse]:
        async for payload in payloads:
            [text] = StringCodec.decode_input(payload.inputs[0])
            try:
                for word in text.split():
                    if word == "wrong":
                        raise InferenceError("a wrong word")
                    await asyncio.sleep(0.01)
                    yield self.answer(word)
            finally:
                print("closed", text[:20])

    def answer(self, word):
        return InferenceResponse(model_name=self.name, outputs=[StringCodec.encode_output("word", [word])])
