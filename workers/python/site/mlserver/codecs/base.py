"""The interface of codecs, and the codecs that are known."""

from ..types import InferenceRequest, InferenceResponse, Parameters, RequestInput
from .errors import CodecError

input_codecs = {}  # by content type
request_codecs = {}


class InputCodec:
    """One tensor to an object, and back."""

    ContentType = ""
    TypeHint = type(None)

    @classmethod
    def can_encode(cls, payload):
        """Whether the codec is for such objects."""
        return False

    @classmethod
    def encode_output(cls, name, payload, **kwargs):
        """The output that holds the object."""
        raise NotImplementedError()

    @classmethod
    def decode_output(cls, response_output):
        """The object in an output."""
        return cls.decode_input(response_output)

    @classmethod
    def encode_input(cls, name, payload, **kwargs):
        """The input that holds the object."""
        output = cls.encode_output(name, payload, **kwargs)
        return RequestInput(**vars(output))

    @classmethod
    def decode_input(cls, request_input):
        """The object in an input."""
        raise NotImplementedError()


class RequestCodec:
    """A whole message to an object, and back."""

    ContentType = ""
    TypeHint = type(None)

    @classmethod
    def can_encode(cls, payload):
        """Whether the codec is for such objects."""
        return False

    @classmethod
    def encode_outputs(cls, payload, prefix="output-", **kwargs):
        """The outputs that hold the object."""
        raise NotImplementedError()

    @classmethod
    def encode_response(cls, model_name, payload, model_version=None, **kwargs):
        """The answer that holds the object."""
        return InferenceResponse(
            model_name=model_name,
            model_version=model_version,
            parameters=Parameters(content_type=cls.ContentType),
            outputs=cls.encode_outputs(payload, **kwargs),
        )

    @classmethod
    def encode_request(cls, payload, **kwargs):
        """The request that holds the object."""
        outputs = cls.encode_outputs(payload, prefix="input-", **kwargs)
        return InferenceRequest(
            parameters=Parameters(content_type=cls.ContentType),
            inputs=[RequestInput(**vars(output)) for output in outputs],
        )

    @classmethod
    def decode_response(cls, response):
        """The object in an answer."""
        return cls.decode_tensors(response.outputs)

    @classmethod
    def decode_request(cls, request):
        """The object in a request."""
        return cls.decode_tensors(request.inputs)

    @classmethod
    def decode_tensors(cls, tensors):
        """The object in all tensors of a message."""
        raise NotImplementedError()


class SingleInputRequestCodec(RequestCodec):
    """A message of one tensor, read and written by `InputCodec`."""

    InputCodec = None

    @classmethod
    def can_encode(cls, payload):
        """Whether the codec is for such objects."""
        return cls.InputCodec.can_encode(payload)

    @classmethod
    def encode_outputs(cls, payload, prefix="output-", **kwargs):
        """One output."""
        return [cls.InputCodec.encode_output(prefix + "1", payload, **kwargs)]

    @classmethod
    def decode_tensors(cls, tensors):
        """What the only tensor holds. Raises CodecError for several."""
        if len(tensors) != 1:
            words = "The '%s' codec only supports a single input tensor (%d were received)"
            raise CodecError(words % (cls.ContentType, len(tensors)))
        found = decoded_of(tensors[0])
        return cls.InputCodec.decode_input(tensors[0]) if found is None else found


def register_input_codec(codec):
    """Makes a codec known by its content type."""
    input_codecs[codec.ContentType] = codec
    return codec


def register_request_codec(codec):
    """Makes a codec known by its content type."""
    request_codecs[codec.ContentType] = codec
    return codec


def codec_for(codecs, payload):
    """The first codec for such objects, or None."""
    return next((codec for codec in codecs.values() if codec.can_encode(payload)), None)


def codec_hinted(codecs, hint):
    """The first codec with that annotation, or None."""
    return next((codec for codec in codecs.values() if codec.TypeHint == hint), None)


def decoded_of(message):
    """What has been made of it already, or None."""
    return getattr(message.parameters, "_decoded_payload", None)


def keep_decoded(message, payload):
    """Keeps what was made of it, for who asks next."""
    if message.parameters is None:
        message.parameters = Parameters()
    message.parameters._decoded_payload = payload
    return payload


def is_list_of(payload, kind):
    """Whether it is a list with nothing but that in it."""
    return isinstance(payload, list) and all(isinstance(item, kind) for item in payload)


def elements(tensor):
    """The elements in one list, row after row."""
    data = tensor.data
    return flat(data.root if hasattr(data, "root") else data)


def flat(values):
    if not isinstance(values, (list, tuple)):
        return [values]
    if not any(isinstance(value, (list, tuple)) for value in values):
        return list(values)
    return [item for value in values for item in flat(value)]


def with_batch(shape):
    """One dimension is a column of rows."""
    return list(shape) if len(shape) > 1 else [*shape, 1]
