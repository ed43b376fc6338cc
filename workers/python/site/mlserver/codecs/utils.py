"""Chooses codecs by what requests and settings say."""

from .base import codec_for, decoded_of, input_codecs, keep_decoded, request_codecs
from .errors import CodecError


def content_type_of(message, metadata=None):
    """The message's own content type, or else that of the settings; None without one."""
    for one in (message, metadata):
        found = getattr(getattr(one, "parameters", None), "content_type", None)
        if found:
            return found
    return None


def codec_named(codecs, content_type):
    """None for a content type of the other kind of codecs. Raises CodecError for an unknown one."""
    if content_type not in input_codecs and content_type not in request_codecs and content_type != "pd_json":
        known = ", ".join(sorted({*input_codecs, *request_codecs}))
        raise CodecError("the content type %r is unknown; use one of %s" % (content_type, known))
    return codecs.get(content_type)


def decode_request_input(request_input, metadata_inputs=None):
    """What the input's content type makes of it; None without one."""
    content_type = content_type_of(request_input, (metadata_inputs or {}).get(request_input.name))
    codec = content_type and codec_named(input_codecs, content_type)
    return keep_decoded(request_input, codec.decode_input(request_input)) if codec else None


def decode_inference_request(inference_request, model_settings=None, metadata_inputs=None):
    """What the request's content type makes of it; the request itself without one."""
    for request_input in inference_request.inputs:
        decode_request_input(request_input, metadata_inputs)
    content_type = content_type_of(inference_request, model_settings)
    codec = content_type and codec_named(request_codecs, content_type)
    if not codec:
        return inference_request
    return keep_decoded(inference_request, codec.decode_request(inference_request))


def encode_response_output(payload, request_output, metadata_outputs=None):
    """The output that holds the object; None if no codec is for it. Raises CodecError for a content type
    that is not for it.
    """
    metadata = (metadata_outputs or {}).get(request_output.name)
    content_type = content_type_of(request_output, metadata)
    codec = codec_named(input_codecs, content_type) if content_type else codec_for(input_codecs, payload)
    if codec is None:
        return None
    if content_type and not codec.can_encode(payload):
        words = "the output %s is a %s, which the content type %s does not hold"
        raise CodecError(words % (request_output.name, type(payload).__name__, content_type))
    return codec.encode_output(name=request_output.name, payload=payload)


def encode_inference_response(payload, model_settings):
    """The answer that holds the object; None if no codec is for it."""
    codec = codec_for(request_codecs, payload)
    return codec and codec.encode_response(model_settings.name, payload, model_settings.version)


def has_decoded(message):
    """Whether something has been made of it."""
    return decoded_of(message) is not None


get_decoded = decoded_of


def get_decoded_or_raw(message):
    """What has been made of it, or else its data."""
    found = decoded_of(message)
    return getattr(message, "data", message) if found is None else found
