"""Lists of texts."""

from typing import List

from ..types import Parameters, ResponseOutput
from .base import (
    InputCodec,
    SingleInputRequestCodec,
    elements,
    is_list_of,
    register_input_codec,
    register_request_codec,
)
from .errors import CodecError


def decode_str(element):
    """The text of an element, which may be its bytes. Raises CodecError."""
    if element is None or isinstance(element, str):
        return element
    if isinstance(element, (bytes, bytearray)):
        try:
            return element.decode("utf-8")
        except UnicodeDecodeError as error:
            raise CodecError("an element is not UTF-8: %s" % error) from None
    raise CodecError("expected texts, got %r" % (element,))


def encode_str(text):
    """The bytes of a text."""
    return text.encode("utf-8")


@register_input_codec
class StringCodec(InputCodec):
    """A BYTES tensor as a list of texts."""

    ContentType = "str"
    TypeHint = List[str]

    @classmethod
    def can_encode(cls, payload):
        """Whether it is a list of texts."""
        return is_list_of(payload, str)

    @classmethod
    def encode_output(cls, name, payload, use_bytes=True, **kwargs):
        """One row a text."""
        return ResponseOutput(
            name=name,
            datatype="BYTES",
            shape=[len(payload), 1],
            data=[encode_str(text) for text in payload] if use_bytes else list(payload),
            parameters=Parameters(content_type=cls.ContentType),
        )

    @classmethod
    def decode_input(cls, request_input):
        """The texts. Raises CodecError for what is none."""
        return [decode_str(element) for element in elements(request_input)]


@register_request_codec
class StringRequestCodec(SingleInputRequestCodec):
    """A message of one BYTES tensor as a list of texts."""

    InputCodec = StringCodec
    ContentType = "str"
    TypeHint = List[str]
