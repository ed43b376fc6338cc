"""All that needs pandas, under one name: model.py and fitting.py import it once a model needs it."""

import pandas  # noqa: F401 (first, so that the error for a missing package names it)

from .from_wire import table_to_frame
from .payloads import bytes_of, file_as_bytes, payload_formats, read
from .sparse import as_data, check_data, data_to_wire
from .to_wire import array_to_wire, check_frame, frame_to_wire

__all__ = [
    "array_to_wire",
    "as_data",
    "bytes_of",
    "check_data",
    "check_frame",
    "data_to_wire",
    "file_as_bytes",
    "frame_to_wire",
    "payload_formats",
    "read",
    "table_to_frame",
]
