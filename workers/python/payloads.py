"""Payloads to DataFrames, by their kind and media type; and their bytes for hooks that read themselves."""

import importlib.util
import io

from .csv import read_csv
from .csv_rows import read_numbers
from .from_wire import table_to_frame
from .matrix_market import read_matrix
from .numbers_alone import numbers_of
from .protocol import WorkerError, described, take

CSV_TYPES = (None, "", "text/csv", "text/plain")
MATRIX_TYPE = "text/mtx"


def payload_formats():
    """Readable formats, with no version of a reader. Matrix Market needs scipy."""
    return {"csv": None, "mtx": None} if importlib.util.find_spec("scipy") else {"csv": None}


def bytes_of(payload):
    """A payload as the bytes that came."""
    kind = take(payload, "kind", str)
    if kind == "bytes":
        return take(payload, "data", bytes)
    if kind == "file":
        return file_as_bytes(payload)["data"]
    raise WorkerError(
        "INPUT_UNSUPPORTED",
        "read_input_data reads bytes, got a payload of kind %s; send the data itself" % described(kind),
    )


def file_as_bytes(payload):
    """A payload of kind file as one of kind bytes."""
    path = take(payload, "path", str)
    try:
        with open(path, "rb") as file:
            return {**payload, "kind": "bytes", "data": file.read()}
    except OSError as error:
        raise unreadable_file(error) from None


def read(payload, texts=(), bare=False):
    """A payload as a DataFrame with the columns and dtypes that pandas.read_csv gives.

    `texts` maps name or position of the columns that are read as they are written to their levels or None.
    With `bare` it may be Numbers instead, which only predictors take.

    Raises INPUT_EMPTY, INPUT_UNREADABLE, INPUT_UNSUPPORTED, PACKAGE_MISSING or PARAMS_INVALID.
    """
    kind = take(payload, "kind", str)
    if kind == "table":
        table = payload.get("table")
        if bare and isinstance(table, dict):
            numbers = numbers_of(table, lambda: table_to_frame(table))
            if numbers is not None:
                return numbers
        return table_to_frame(table)
    if kind not in ("bytes", "file"):
        raise WorkerError(
            "INPUT_UNSUPPORTED", "a payload is of kind bytes, file or table, got %s" % described(kind)
        )
    data = take(payload, "data", bytes) if kind == "bytes" else None
    mimetype = payload.get("mimetype")
    if mimetype in CSV_TYPES:
        numbers = None if data is None or texts else read_numbers(data)
        if numbers is not None:
            return numbers if bare else numbers.frame()
        return read_source(payload, lambda source, _: read_csv(source, texts))
    if mimetype == MATRIX_TYPE:
        return read_source(payload, read_matrix)
    message = (
        "the media type %s is not read, expected text/csv or text/mtx; "
        "send one of these, or define read_input_data"
    )
    raise WorkerError("INPUT_UNSUPPORTED", message % described(mimetype))


def read_source(payload, reader):
    """Calls `reader` with a binary file that can be read and rewound."""
    if payload["kind"] == "bytes":
        return reader(io.BytesIO(payload["data"]), payload)
    try:
        with open(take(payload, "path", str), "rb") as file:
            return reader(file, payload)
    except OSError as error:
        raise unreadable_file(error) from None


def unreadable_file(error):
    return WorkerError(
        "INPUT_UNREADABLE",
        "the input file %s cannot be read: %s; check the path" % (error.filename, error.strerror),
    )
