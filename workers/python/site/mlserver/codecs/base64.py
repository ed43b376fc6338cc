"""Lists of bytes, which stand as base64 in messages."""

import base64
import binascii
from typing import List

from ..types import Parameters, ResponseOutput
from .base import InputCodec, elements, is_list_of, register_input_codec
from .errors import CodecError


def as_bytes(element):
    return element.encode("ascii") if isinstance(element, str) else element


def decode_base64(element):
    try:
        return base64.b64decode(as_bytes(element), validate=True)
    except (binascii.Error, UnicodeEncodeError, TypeError):
        raise CodecError("%r is not base64" % (element,)) from None


@register_input_codec
class Base64Codec(InputCodec):
    """A BYTES tensor of base64 as a list of bytes."""

    ContentType = "base64"
    TypeHint = List[bytes]

    @classmethod
    def can_encode(cls, payload):
        """Whether it is a list of bytes."""
        return is_list_of(payload, bytes)

    @classmethod
    def encode_output(cls, name, payload, use_bytes=True, **kwargs):
        """One row an item."""
        encoded = [base64.b64encode(as_bytes(item)) for item in payload]
        return ResponseOutput(
            name=name,
            datatype="BYTES",
            shape=[len(payload), 1],
            data=encoded if use_bytes else [item.decode("ascii") for item in encoded],
            parameters=Parameters(content_type=cls.ContentType),
        )

    @classmethod
    def decode_input(cls, request_input):
        """The bytes. Raises CodecError for what is not base64."""
        return [decode_base64(element) for element in elements(request_input)]
