"""DataFrames and arrays <-> tables of protocol/SPEC.md section 8."""

import datetime
import json
import math

import numpy as np
import pandas as pd

from .protocol import WorkerError

FLOAT64 = np.dtype("<f8")


# -- out --------------------------------------------------------------------------------------------------------------


def frame_to_wire(frame):
    """Predictions and index of a result."""
    index = frame.index
    rows = len(index)
    block = single_block(frame)
    if block is not None and block.dtype == FLOAT64:
        columns = [float_column(str(name), values) for name, values in zip(frame.columns, block)]
    else:
        columns = [column_of(str(name), series) for name, series in frame.items()]
    return {"predictions": {"rows": rows, "columns": columns}, "index": index_to_wire(index, rows)}


def single_block(frame):
    """All values as one array, a row for each column, when the frame keeps them so: asking columns one by one costs far more."""
    try:
        blocks = frame._mgr.blocks
        return blocks[0].values if len(blocks) == 1 and type(blocks[0].values) is np.ndarray else None
    except AttributeError:
        return None


def index_to_wire(index, rows):
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
        return None
    if isinstance(index, pd.MultiIndex):
        index = index.map(lambda labels: ", ".join(map(str, labels)))
    if index.equals(pd.RangeIndex(rows)):
        return None
    return column_of("index", pd.Series(index))


def array_to_wire(values, labels):
    """Predictions of a built-in predictor: one row a row, columns named by the labels."""
    values = np.asarray(values)
    if values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.ndim != 2:
        raise WorkerError("PREDICTOR_FAILED", "the model returned an array of %d dimensions, expected 1 or 2" % values.ndim)
    names = range(values.shape[1]) if labels is None else labels
    if values.dtype == FLOAT64:
        columns = [float_column(str(name), values[:, at]) for at, name in enumerate(names)]
    else:
        columns = [column_of(str(name), pd.Series(values[:, at])) for at, name in enumerate(names)]
    return {"predictions": {"rows": len(values), "columns": columns}, "index": None}


def float_column(name, values):
    return wire_column(name, "float64", values.tobytes())


def wire_column(name, kind, data, validity=None, offsets=None, **more):
    return {"name": name, "type": kind, "data": data, "validity": validity, "offsets": offsets, **more}


def column_of(name, series):
    """One column. Types the wire does not have become json, a row at a time."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return column_of(name, series.astype(dtype.categories.dtype))
    if isinstance(dtype, pd.SparseDtype):
        return column_of(name, series.sparse.to_dense())
    if isinstance(dtype, pd.DatetimeTZDtype):
        naive = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return timestamp_column(name, naive.to_numpy(), timezone=str(dtype.tz))
    if isinstance(dtype, np.dtype):
        return numpy_column(name, series.to_numpy())
    if dtype.kind in "iufb":
        missing = series.isna().to_numpy()
        filled = series.fillna(False if dtype.kind == "b" else 0).to_numpy(dtype=dtype.numpy_dtype)
        return {**numpy_column(name, filled), "validity": validity_of(~missing)}
    return object_column(name, series.astype(object).tolist())


def numpy_column(name, values):
    kind = values.dtype.kind
    if kind == "f":
        wire_type = "float32" if values.dtype.itemsize <= 4 else "float64"
        return wire_column(name, wire_type, values.astype("<f4" if wire_type == "float32" else "<f8").tobytes())
    if kind == "i" or (kind == "u" and (len(values) == 0 or values.max() <= np.iinfo(np.int64).max)):
        return wire_column(name, "int64", values.astype("<i8").tobytes())
    if kind == "u":
        return wire_column(name, "float64", values.astype("<f8").tobytes())
    if kind == "b":
        return wire_column(name, "bool", bitmap(values))
    if kind == "M":
        return timestamp_column(name, values, timezone=None)
    return object_column(name, values.tolist())


def timestamp_column(name, values, timezone):
    present = ~np.isnat(values)
    micros = np.where(present, values.astype("datetime64[us]").astype("<i8"), 0)
    return wire_column(name, "timestamp", micros.astype("<i8").tobytes(), validity_of(present), timezone=timezone)


def object_column(name, values):
    present = [not is_missing(value) for value in values]
    held = [value for value, here in zip(values, present) if here]
    validity = validity_of(np.array(present, dtype=bool))
    if all(type(value) is datetime.date for value in held) and held:
        epoch = datetime.date(1970, 1, 1)
        days = [(value - epoch).days if here else 0 for value, here in zip(values, present)]
        return wire_column(name, "date", np.array(days, dtype="<i4").tobytes(), validity)
    if all(isinstance(value, str) for value in held):
        texts, kind = values, "utf8"
    else:
        texts, kind = [as_json(value) if here else "" for value, here in zip(values, present)], "json"
    parts = [text.encode("utf-8", "replace") if here else b"" for text, here in zip(texts, present)]
    offsets = np.zeros(len(parts) + 1, dtype="<i4")
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return wire_column(name, kind, b"".join(parts), validity, offsets.tobytes())


def is_missing(value):
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, (float, np.floating)) and math.isnan(value))


def as_json(value):
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def plain(value):
    """A value in the types JSON knows; what it does not know becomes text, NaN and infinities null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return None if is_missing(value) else str(value)


def bitmap(flags):
    return np.packbits(np.asarray(flags, dtype=bool), bitorder="little").tobytes()


def validity_of(present):
    return None if present.all() else bitmap(present)


# -- in ---------------------------------------------------------------------------------------------------------------


def table_to_frame(table):
    """A wire table as a frame. Missing ints and floats become NaN, as read_csv has them; bools and texts None or NaN."""
    rows = int(table["rows"])
    columns = table["columns"]
    frame = pd.DataFrame({at: values_of(column, rows) for at, column in enumerate(columns)}, index=pd.RangeIndex(rows))
    frame.columns = [column["name"] for column in columns]
    return frame


def values_of(column, rows):
    kind = column["type"]
    data = column["data"]
    present = None if column["validity"] is None else unpack_bits(column["validity"], rows)
    if kind in ("float64", "float32"):
        values = np.frombuffer(data, dtype="<f8" if kind == "float64" else "<f4").copy()
        if present is not None:
            values[~present] = np.nan
        return values
    if kind == "int64":
        values = np.frombuffer(data, dtype="<i8")
        return values if present is None else np.where(present, values.astype("f8"), np.nan)
    if kind == "bool":
        values = unpack_bits(data, rows)
        return values if present is None else with_missing(values.tolist(), present)
    if kind == "timestamp":
        return timestamps_of(column, present)
    if kind == "date":
        epoch = datetime.date(1970, 1, 1)
        days = np.frombuffer(data, dtype="<i4").tolist()
        return with_missing([epoch + datetime.timedelta(days=day) for day in days], present)
    texts = texts_of(column)
    if kind == "json":
        texts = [json.loads(text) if text else None for text in texts]
        return with_missing(texts, present)
    return pd.Series(texts if present is None else [text if here else None for text, here in zip(texts, present)], dtype=str if not texts else None)


def timestamps_of(column, present):
    values = np.frombuffer(column["data"], dtype="<i8").astype("datetime64[us]")
    if present is not None:
        values = values.copy()
        values[~present] = np.datetime64("NaT")
    timezone = column.get("timezone")
    series = pd.Series(values)
    return series.dt.tz_localize("UTC").dt.tz_convert(timezone) if timezone else series


def texts_of(column):
    ends = np.frombuffer(column["offsets"], dtype="<i4").tolist()
    data = bytes(column["data"])
    return [data[start:end].decode("utf-8") for start, end in zip(ends, ends[1:])]


def with_missing(values, present):
    items = values if present is None else [value if here else None for value, here in zip(values, present)]
    return pd.Series(items, dtype=object)


def unpack_bits(data, rows):
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), count=rows, bitorder="little").astype(bool)
