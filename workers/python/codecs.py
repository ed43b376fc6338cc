"""Payload to DataFrame: CSV, Matrix Market, table; and bytes for hooks that read themselves."""

import importlib.util
import io

import pandas as pd

from .csv_rows import read_numbers
from .frames import array_to_wire, check_frame, frame_to_wire
from .protocol import WorkerError, described, take, take_texts
from .sparse import as_data, check_data, data_to_wire
from .tables import table_to_frame

__all__ = [
    "read",
    "bytes_of",
    "file_as_bytes",
    "payload_formats",
    "array_to_wire",
    "as_data",
    "check_data",
    "check_frame",
    "data_to_wire",
    "frame_to_wire",
    "table_to_frame",
]

CSV_TYPES = (None, "", "text/csv", "text/plain")
MATRIX_TYPE = "text/mtx"


def payload_formats():
    """Format to the version of the package that reads it; Matrix Market needs scipy."""
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


def read(payload):
    """A payload as a DataFrame with the columns and dtypes that pandas.read_csv gives."""
    kind = take(payload, "kind", str)
    if kind == "table":
        return table_to_frame(payload.get("table"))
    if kind not in ("bytes", "file"):
        raise WorkerError(
            "INPUT_UNSUPPORTED", "a payload is of kind bytes, file or table, got %s" % described(kind)
        )
    data = take(payload, "data", bytes) if kind == "bytes" else None
    mimetype = payload.get("mimetype")
    if mimetype in CSV_TYPES:
        frame = None if data is None else read_numbers(data)
        return read_source(payload, read_csv) if frame is None else frame
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


def read_csv(source, _payload):
    try:
        frame = pd.read_csv(source)
        if len(frame.columns) != 1:
            return frame
        # With a single column a blank line is a missing value, not nothing; above the header it is still
        # nothing.
        source.seek(0)
        start = 0
        for line in source:
            if line.strip(b" \t\r\n\xef\xbb\xbf"):
                break
            start += len(line)
        source.seek(start)
        return pd.read_csv(source, skip_blank_lines=False)
    except pd.errors.EmptyDataError:
        raise WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows") from None
    except UnicodeDecodeError as error:
        message = "the CSV is not UTF-8: %s at byte %d; encode it as UTF-8" % (error.reason, error.start)
        raise WorkerError("INPUT_UNREADABLE", message) from None
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        words = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it" % words) from None


def read_matrix(source, payload):
    """Matrix Market as a sparse frame, columns named as given or 0 to n-1."""
    names = take_texts(payload, "column_names", optional=True)
    try:
        from scipy.io import mmread
        from scipy.sparse import csc_matrix
    except ImportError:
        raise WorkerError(
            "PACKAGE_MISSING", "Matrix Market needs the package scipy; add it: pip install scipy"
        ) from None
    try:
        matrix = csc_matrix(mmread(source))
    except Exception as error:
        raise WorkerError(
            "INPUT_UNREADABLE", "the Matrix Market text cannot be read: %s; correct it" % error
        ) from None
    if names is not None and len(names) != matrix.shape[1]:
        message = "%d column names came for %d columns of the matrix; send one name a column" % (
            len(names),
            matrix.shape[1],
        )
        raise WorkerError("INPUT_UNREADABLE", message)
    return pd.DataFrame.sparse.from_spmatrix(matrix, columns=names)
