"""DataFrames and arrays to the tables of protocol/SPEC.md section 8."""

import datetime
import decimal
import json
import math

import numpy as np
import pandas as pd

from .protocol import WorkerError

FLOAT64 = np.dtype("<f8")
MOST_TEXT = 2**31 - 1  # bytes that int32 offsets can tell
EPOCH = datetime.date(1970, 1, 1)


def check_frame(hook, result):
    """What the hook returned, a DataFrame. Raises HOOK_RESULT_INVALID for anything else."""
    if isinstance(result, pd.DataFrame):
        return result
    kind = "None" if result is None else "a " + type(result).__name__
    raise WorkerError(
        "HOOK_RESULT_INVALID", "%s returned %s, expected a pandas DataFrame; return one" % (hook, kind)
    )


def frame_to_wire(frame, nan_is_missing=False):
    """{"predictions": table, "index": column or None} of a DataFrame.

    pandas cannot tell NaN from missing. In predictions NaN is a value. In data for another language, with
    `nan_is_missing`, NaN is a missing value.
    """
    index = frame.index
    rows = len(index)
    if nan_is_missing:
        columns = [without_nan(column_of(str(name), series)) for name, series in frame.items()]
        return {"predictions": {"rows": rows, "columns": columns}, "index": index_to_wire(index, rows)}
    block = float_block(frame)
    if block is not None:
        columns = [float_column(str(name), values) for name, values in zip(frame.columns, block)]
    else:
        columns = [column_of(str(name), series) for name, series in frame.items()]
    return {"predictions": {"rows": rows, "columns": columns}, "index": index_to_wire(index, rows)}


def float_block(frame):
    """All values, a row for each column, when the frame keeps them as one array of float64, else None.

    Reading columns one by one costs far more.
    """
    try:
        blocks = frame._mgr.blocks
        return blocks[0].values if len(blocks) == 1 and blocks[0].dtype == FLOAT64 else None
    except AttributeError:
        return None


def index_to_wire(index, rows):
    """The index as a column; None where it only numbers the rows from 0."""
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
        return None
    if isinstance(index, pd.MultiIndex):
        index = pd.Index([", ".join(map(str, labels)) for labels in index], dtype=object)
    if index.equals(pd.RangeIndex(rows)):
        return None
    return column_of("index" if index.name is None else str(index.name), pd.Series(index))


def array_to_wire(values, labels):
    """Predictions of an artifact type, an array or a list of columns, like frame_to_wire().

    `labels` name the columns; None numbers them. Raises PREDICTOR_FAILED for more than two dimensions.
    """
    values = np.stack(values, axis=1) if isinstance(values, list) else np.asarray(values)
    if values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.ndim != 2:
        raise WorkerError(
            "PREDICTOR_FAILED", "the model returned an array of %d dimensions, expected 1 or 2" % values.ndim
        )
    names = range(values.shape[1]) if labels is None else labels
    if values.dtype == FLOAT64:
        columns = [float_column(str(name), values[:, at]) for at, name in enumerate(names)]
    else:
        columns = [column_of(str(name), pd.Series(values[:, at])) for at, name in enumerate(names)]
    return {"predictions": {"rows": len(values), "columns": columns}, "index": None}


def float_column(name, values):
    return {"name": name, "type": "float64", "data": values.tobytes(), "validity": None, "offsets": None}


def without_nan(column):
    """The column, NaN marked as missing."""
    width = {"float64": "<f8", "float32": "<f4"}.get(column["type"])
    if width is None or column["validity"] is not None:
        return column
    return {**column, "validity": validity_of(~np.isnan(np.frombuffer(column["data"], dtype=width)))}


def wire_column(name, kind, data, validity=None, offsets=None, **more):
    return {"name": name, "type": kind, "data": data, "validity": validity, "offsets": offsets, **more}


def column_of(name, series):
    """One column. Values the wire has no type for become json, a row at a time."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return column_of(name, pd.Series(np.asarray(series)))
    if isinstance(dtype, pd.SparseDtype):
        return column_of(name, series.sparse.to_dense())
    if isinstance(dtype, np.dtype):
        return numpy_column(name, series)
    if dtype.kind in "iufb":
        missing = series.isna().to_numpy(dtype=bool)
        filled = series.fillna(dtype.type(0)).to_numpy(dtype=dtype.numpy_dtype)
        return {**numpy_column(name, pd.Series(filled)), "validity": validity_of(~missing)}
    if dtype.kind == "M":
        return timestamp_column(name, series, timezone_of(dtype))
    return object_column(name, series.astype(object).tolist())


def numpy_column(name, series):
    values = series.to_numpy()
    kind = values.dtype.kind
    if kind == "f":
        wire_type = "float32" if values.dtype.itemsize <= 4 else "float64"
        return wire_column(
            name, wire_type, values.astype("<f4" if wire_type == "float32" else "<f8").tobytes()
        )
    if kind == "i" or (kind == "u" and (len(values) == 0 or values.max() <= np.iinfo(np.int64).max)):
        return wire_column(name, "int64", values.astype("<i8").tobytes())
    if kind == "u":  # Beyond int64: json has all digits, a float would not.
        return text_column(name, "json", list(map(str, values.tolist())), None)
    if kind == "b":
        return wire_column(name, "bool", bitmap(values))
    if kind == "M":
        return timestamp_column(name, series, None)
    return object_column(name, series.astype(object).tolist())


def timezone_of(dtype):
    """Its name in the zone database or its offset, as Arrow writes them; None where there is none."""
    timezone = getattr(dtype, "tz", None) or getattr(getattr(dtype, "pyarrow_dtype", None), "tz", None)
    name = None if timezone is None else str(timezone)
    return name[3:] if name and name[:4] in ("UTC+", "UTC-") else name


def timestamp_column(name, series, timezone):
    """Points in time; with a timezone in UTC, which is named beside them."""
    if has_nanoseconds(series):
        present = series.notna().tolist()
        texts = [str(value) if here else "" for value, here in zip(series, present)]
        return text_column(name, "utf8", texts, validity_of(np.array(present, dtype=bool)))
    if timezone is None:
        values = series.to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT"))
    else:
        # Not pd.to_datetime: with years near 1 and 9999 that of pandas 2 brings the process down.
        if not isinstance(series.dtype, pd.DatetimeTZDtype):
            series = series.astype(pd.DatetimeTZDtype("us", "UTC"))
        values = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    present = ~np.isnat(values)
    micros = np.where(present, values.astype("<i8"), 0)
    return wire_column(
        name, "timestamp", micros.astype("<i8").tobytes(), validity_of(present), timezone=timezone
    )


def has_nanoseconds(series):
    """Whether there are digits that the wire's microseconds cannot hold."""
    if "[ns" not in str(series.dtype):
        return False
    nanoseconds = series.to_numpy(dtype="datetime64[ns]", na_value=np.datetime64("NaT"))
    return bool((nanoseconds[~np.isnat(nanoseconds)].astype("<i8") % 1000).any())


# -- columns of Python objects


def object_column(name, values):
    """Strings, bools, dates and datetimes as what they are, everything else as json."""
    try:
        return text_column(name, "utf8", values, None)
    except TypeError:
        pass  # Not all of them are strings.
    present = [not is_missing(value) for value in values]
    held = [value for value, here in zip(values, present) if here]
    kinds = set(map(type, held))
    validity = validity_of(np.array(present, dtype=bool))
    if kinds == {bool}:  # What read_csv makes of bools with gaps.
        return wire_column(name, "bool", bitmap([value is True for value in values]), validity)
    if kinds == {datetime.date}:
        days = [(value - EPOCH).days if here else 0 for value, here in zip(values, present)]
        return wire_column(name, "date", np.array(days, dtype="<i4").tobytes(), validity)
    if (
        kinds
        and kinds <= {datetime.datetime, pd.Timestamp}
        and len({str(value.tzinfo) for value in held}) == 1
    ):
        series = pd.Series([value if here else None for value, here in zip(values, present)])
        if series.dtype.kind == "M":
            return column_of(name, series)
    if all(issubclass(kind, str) for kind in kinds):
        return text_column(
            name, "utf8", [value if here else "" for value, here in zip(values, present)], validity
        )
    return text_column(
        name, "json", [as_json(value) if here else "" for value, here in zip(values, present)], validity
    )


def text_column(name, kind, texts, validity):
    """Raises TypeError when one of them is no str."""
    joined = "".join(texts)
    data = joined.encode("utf-8", "replace")
    sizes = (
        map(len, texts)
        if len(data) == len(joined)
        else (len(text.encode("utf-8", "replace")) for text in texts)
    )
    if len(data) > MOST_TEXT:
        raise WorkerError(
            "HOOK_RESULT_INVALID",
            "the column %s has %d bytes of text, expected %d at most" % (name, len(data), MOST_TEXT),
        )
    offsets = np.zeros(len(texts) + 1, dtype="<i4")
    np.cumsum(np.fromiter(sizes, dtype="<i8", count=len(texts)), out=offsets[1:])
    return wire_column(name, kind, data, validity, offsets.tobytes())


def is_missing(value):
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, (float, np.floating)) and math.isnan(value))
    )


def as_json(value):
    value = plain(value)
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except TypeError:
        return json_of_decimals(value)


def json_of_decimals(value):
    """The same of a plain value that holds Decimals, whose digits the module json cannot write."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join(
            "%s:%s" % (as_json(key), json_of_decimals(item)) for key, item in value.items()
        )
    if isinstance(value, list):
        return "[%s]" % ",".join(map(json_of_decimals, value))
    return as_json(value)


def plain(value):
    """A value in the types JSON knows; what it does not know becomes text, NaN and infinities null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist()) if value.dtype.kind in "biufSUO" else plain_text(value)
    if isinstance(value, decimal.Decimal):
        return value if value.is_finite() else None
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return plain_text(value)


def plain_text(value):
    return None if is_missing(value) else str(value)


def bitmap(flags):
    return np.packbits(np.asarray(flags, dtype=bool), bitorder="little").tobytes()


def validity_of(present):
    return None if present.all() else bitmap(present)
