"""Payload to DataFrame: CSV, Matrix Market, table; and bytes for hooks that read themselves."""

import io

import pandas as pd

from .csv_rows import read_numbers
from .frames import array_to_wire, frame_to_wire, table_to_frame
from .protocol import WorkerError

__all__ = ["read", "bytes_of", "payload_formats", "array_to_wire", "frame_to_wire", "table_to_frame"]

CSV_TYPES = (None, "", "text/csv", "text/plain")
MATRIX_TYPE = "text/mtx"


def payload_formats():
    """Format to the version of the package that reads it; Matrix Market needs scipy."""
    formats = {"csv": None}
    try:
        import scipy.io  # noqa: F401

        formats["mtx"] = None
    except ImportError:
        pass
    return formats


def bytes_of(payload):
    """A payload as the bytes that came."""
    if payload["kind"] == "bytes":
        return payload["data"]
    if payload["kind"] == "file":
        with open(payload["path"], "rb") as file:
            return file.read()
    raise WorkerError("INPUT_UNSUPPORTED", "read_input_data reads bytes, got a %s; send the data itself" % payload["kind"])


def read(payload):
    """A payload as a DataFrame with the columns and dtypes that pandas.read_csv gives."""
    kind = payload.get("kind")
    if kind == "table":
        return table_to_frame(payload["table"])
    if kind not in ("bytes", "file"):
        raise WorkerError("PARAMS_INVALID", "a payload is of kind bytes, file or table, got %r" % (kind,))
    mimetype = payload.get("mimetype")
    if mimetype in CSV_TYPES:
        return read_csv(payload)
    if mimetype == MATRIX_TYPE:
        return read_matrix(payload)
    message = "the media type %s is not read; expected text/csv or text/mtx, or a read_input_data hook" % mimetype
    raise WorkerError("INPUT_UNSUPPORTED", message)


def read_csv(payload):
    if payload["kind"] == "bytes":
        frame = read_numbers(payload["data"])
        if frame is not None:
            return frame
    source = payload["path"] if payload["kind"] == "file" else io.BytesIO(payload["data"])
    try:
        frame = pd.read_csv(source)
        if len(frame.columns) != 1:
            return frame
        # With a single column a blank line is a missing value, not nothing.
        if payload["kind"] == "bytes":
            source.seek(0)
        return pd.read_csv(source, skip_blank_lines=False)
    except pd.errors.EmptyDataError:
        raise WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows") from None
    except UnicodeDecodeError as error:
        message = "the CSV is not UTF-8: %s at byte %d; encode it as UTF-8" % (error.reason, error.start)
        raise WorkerError("INPUT_UNREADABLE", message) from None
    except pd.errors.ParserError as error:
        words = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it" % words) from None


def read_matrix(payload):
    """Matrix Market as a sparse frame, columns named as given or 0 to n-1."""
    try:
        from scipy.io import mmread
        from scipy.sparse import csc_matrix
    except ImportError:
        raise WorkerError("PACKAGE_MISSING", "Matrix Market needs the package scipy; pip install scipy") from None
    source = payload["path"] if payload["kind"] == "file" else io.BytesIO(payload["data"])
    try:
        matrix = csc_matrix(mmread(source))
    except Exception as error:
        raise WorkerError("INPUT_UNREADABLE", "the Matrix Market text cannot be read: %s; correct it" % error) from None
    names = payload.get("column_names")
    if names is not None and len(names) != matrix.shape[1]:
        message = "%d column names came for %d columns of the matrix; send one name a column" % (len(names), matrix.shape[1])
        raise WorkerError("INPUT_UNREADABLE", message)
    return pd.DataFrame.sparse.from_spmatrix(matrix, columns=names)
