"""A class as MLServer's users write it: sums numbers, and makes texts large."""

import asyncio

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse, Parameters, ResponseOutput


class Sums(MLModel):
    """Answers a sum or texts for each input, and how the input looks to a class that reads it itself."""

    async def load(self) -> bool:
        self.added = self.settings.parameters.extra["added"]
        self.tasks = asyncio.Lock()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        asked = payload.parameters
        if getattr(asked, "wrong", None) == "request":
            raise InferenceError("such a request is not answered")
        if getattr(asked, "wrong", None) == "class":
            raise RuntimeError("a fault of the class")
        async with self.tasks:
            await asyncio.sleep(getattr(asked, "seconds", 0))
        outputs = [output for tensor in payload.inputs for output in self.outputs_of(tensor)]
        sender = asked.headers.get("x-sender", "nobody")
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=outputs,
            parameters=Parameters(headers={"x-seen": sender}, note="made here"),
        )

    def outputs_of(self, tensor):
        if tensor.datatype == "BYTES":
            texts = self.decode(tensor, default_codec=StringCodec)
            yield StringCodec.encode_output(tensor.name, [text.upper() for text in texts])
        else:
            sums = self.decode(tensor, default_codec=NumpyCodec).sum(axis=-1)
            yield NumpyCodec.encode_output(tensor.name, sums + self.added)
        yield ResponseOutput(name="seen", shape=[1], datatype="BYTES", data=[repr(tensor.data[0])])

    async def unload(self) -> bool:
        print("tensors were unloaded")
        return True
