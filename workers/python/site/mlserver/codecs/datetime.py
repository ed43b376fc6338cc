"""Lists of times, which stand as ISO 8601 in messages."""

import datetime
from typing import List, Union

from ..types import Parameters, ResponseOutput
from .base import InputCodec, elements, is_list_of, register_input_codec
from .errors import CodecError
from .string import decode_str


def decode_time(element):
    try:
        return datetime.datetime.fromisoformat(decode_str(element))
    except (TypeError, ValueError):
        raise CodecError("%r is no time in ISO 8601" % (element,)) from None


@register_input_codec
class DatetimeCodec(InputCodec):
    """A BYTES tensor of times as a list of datetime objects."""

    ContentType = "datetime"
    TypeHint = List[Union[str, datetime.datetime]]

    @classmethod
    def can_encode(cls, payload):
        """Whether it is a list of datetime objects."""
        return is_list_of(payload, datetime.datetime)

    @classmethod
    def encode_output(cls, name, payload, use_bytes=True, **kwargs):
        """One row a time."""
        texts = [item if isinstance(item, str) else item.isoformat() for item in payload]
        return ResponseOutput(
            name=name,
            datatype="BYTES",
            shape=[len(payload), 1],
            data=[text.encode("ascii") for text in texts] if use_bytes else texts,
            parameters=Parameters(content_type=cls.ContentType),
        )

    @classmethod
    def decode_input(cls, request_input):
        """The times. Raises CodecError for what is none."""
        return [decode_time(element) for element in elements(request_input)]
