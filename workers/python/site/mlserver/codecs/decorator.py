"""decode_args: `predict` with the inputs as arguments, read and written by its annotations."""

import functools
import inspect
import typing

from ..errors import InferenceError
from ..types import InferenceRequest, InferenceResponse
from .base import InputCodec, codec_hinted, input_codecs, request_codecs
from .errors import CodecNotFound, InputsNotFound, OutputNotFound


def decode_args(predict):
    """Wraps a method whose arguments are inputs, such as `predict(self, texts: List[str]) -> np.ndarray`."""
    hints = {name: without_none(hint) for name, hint in typing.get_type_hints(predict).items()}
    returned = hints.pop("return", None)
    defaults = inspect.signature(predict).parameters
    needed = [name for name in hints if defaults[name].default is inspect.Parameter.empty]
    wanted = typing.get_args(returned) if typing.get_origin(returned) is tuple else (returned,)
    codecs = {name: codec_of(hint, name) for name, hint in hints.items()}
    writers = [codec_of(hint, None) for hint in wanted if hint is not None]

    @functools.wraps(predict)
    async def answer(self, request):
        arguments = arguments_of(request, codecs)
        missing = [name for name in needed if name not in arguments]
        if missing:
            raise InferenceError("the inputs %s are missing; send them too" % ", ".join(missing))
        outputs = await predict(self, **arguments)
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=outputs_of(outputs if isinstance(outputs, tuple) else (outputs,), writers),
        )

    return answer


def without_none(hint):
    """X of Optional[X]."""
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Union and len(parts) == 2 and type(None) in parts:
        return next(part for part in parts if part is not type(None))
    return hint


def codec_of(hint, name):
    found = codec_hinted(input_codecs, hint) or codec_hinted(request_codecs, hint)
    if found is None:
        raise CodecNotFound(name=name, payload_type=str(hint), is_input=name is not None)
    return found


def is_for_tensor(codec):
    """Whether it reads one tensor, not a whole message."""
    return issubclass(codec if isinstance(codec, type) else type(codec), InputCodec)


def arguments_of(request, codecs):
    """The arguments by name. Inputs that are no arguments go to the one that takes a whole message."""
    arguments, others = {}, []
    for tensor in request.inputs:
        codec = codecs.get(tensor.name)
        if codec is None:
            others.append(tensor)
        elif is_for_tensor(codec):
            arguments[tensor.name] = codec.decode_input(tensor)
        else:
            raise CodecNotFound(name=tensor.name, is_input=True)
    if others:
        whole = next((name for name, codec in codecs.items() if not is_for_tensor(codec)), None)
        if whole is None:
            raise InputsNotFound(others, codecs)
        arguments[whole] = codecs[whole].decode_request(InferenceRequest(inputs=others))
    return arguments


def outputs_of(payloads, writers):
    outputs = []
    for at, payload in enumerate(payloads):
        writer = writers[at] if at < len(writers) else None
        if writer is None or not writer.can_encode(payload):
            raise OutputNotFound(at, type(payload), [one.TypeHint for one in writers])
        if is_for_tensor(writer):
            outputs.append(writer.encode_output(name="output-%d" % at, payload=payload))
        else:
            outputs.extend(writer.encode_response(model_name="", payload=payload).outputs)
    return outputs
