"""Tables of protocol/SPEC.md section 8 to DataFrames."""

import datetime
import decimal
import json
import re

import numpy as np
import pandas as pd

from .protocol import WorkerError, described, is_int

# numpy's type of a row; bitmaps and strings have none.
WIDTHS = {
    "float64": np.dtype("<f8"),
    "float32": np.dtype("<f4"),
    "int64": np.dtype("<i8"),
    "bool": None,
    "utf8": None,
    "json": None,
    "date": np.dtype("<i4"),
    "timestamp": np.dtype("<i8"),
}
PLAIN = ({"float64"}, {"float32"}, {"int64"})
# What a text is, by the column's field `logical`.
READERS = {"decimal": decimal.Decimal, "time": datetime.time.fromisoformat}
NAMELESS = re.compile(r"__index_level_\d+__")
EPOCH = datetime.date(1970, 1, 1)
MOST_ROWS = 2**53 - 1


def table_to_frame(table):
    """A DataFrame that shares no memory with the table.

    The dtypes are those of read_csv: missing numbers are NaN and missing ints make the column float64,
    missing strings are what this pandas has for them, missing bools make the column object with None. Dates
    are datetime.date, json becomes Python objects. Categories, decimals, times and durations are as pyarrow
    gives them, and so is the index. Raises PARAMS_INVALID for a table outside section 8.
    """
    if not isinstance(table, dict):
        raise invalid("a table is %s, expected a map of rows and columns" % described(table))
    rows, columns = table.get("rows"), table.get("columns")
    if not is_int(rows) or not 0 <= rows <= MOST_ROWS:
        raise invalid("the rows of a table are %s, expected an int from 0" % described(rows))
    if not isinstance(columns, list):
        raise invalid("the columns of a table are %s, expected an array" % described(columns))
    rows = int(rows)
    for column in columns:
        check_column(column, rows)
    if are_plain_numbers(columns):
        frame = pd.DataFrame(block_of(columns, rows).T)
    else:
        values = {at: values_of(column, rows) for at, column in enumerate(columns)}
        frame = pd.DataFrame(values, index=pd.RangeIndex(rows))
    labels = table.get("index")
    if labels:
        frame.index = index_of([check_column(column, rows) for column in labels], rows)
    frame.columns = pd.Index([column["name"] for column in columns], dtype=None if columns else object)
    return frame


def are_plain_numbers(columns):
    """Whether all columns are numbers of one type of which none is missing, which one array holds."""
    kinds = {column["type"] for column in columns}
    fields = ("validity", "logical")
    return kinds in PLAIN and all(column.get(field) is None for column in columns for field in fields)


def block_of(columns, rows):
    """A row a column. A frame of it takes half of the time of one of columns, and is the same."""
    dtype = WIDTHS[columns[0]["type"]]
    block = np.empty((len(columns), rows), dtype=dtype)
    for at, column in enumerate(columns):
        block[at] = np.frombuffer(column["data"], dtype=dtype)
    return block


def index_of(columns, rows):
    names = [None if NAMELESS.fullmatch(column["name"]) else column["name"] for column in columns]
    labels = [pd.Index(values_of(column, rows)) for column in columns]
    return labels[0].rename(names[0]) if len(labels) == 1 else pd.MultiIndex.from_arrays(labels, names=names)


def invalid(message):
    return WorkerError("PARAMS_INVALID", message)


# -- checking


def check_column(column, rows):
    if not isinstance(column, dict):
        raise invalid(
            "a column is %s, expected a map of name, type, data, validity, offsets" % described(column)
        )
    name, kind = column.get("name"), column.get("type")
    if not isinstance(name, str):
        raise invalid("the name of a column is %s, expected a str" % described(name))
    if not isinstance(kind, str) or kind not in WIDTHS:
        raise invalid("the column %r is of type %s, expected %s" % (name, described(kind), ", ".join(WIDTHS)))
    fault = fault_of(column, kind, rows)
    if fault is not None:
        raise invalid("the column %r has %s" % (name, fault))
    return column


def fault_of(column, kind, rows):
    """What is wrong with a column's buffers, or None."""
    data, validity, offsets = column.get("data"), column.get("validity"), column.get("offsets")
    bits = (rows + 7) // 8
    if not isinstance(data, bytes):
        return "as data %s, expected a bin" % described(data)
    if validity is not None and not (isinstance(validity, bytes) and len(validity) == bits):
        return "as validity %s, expected nil or a bin of %d bytes for %d rows" % (
            described(validity),
            bits,
            rows,
        )
    if kind in ("utf8", "json"):
        return fault_of_text(data, offsets, rows)
    if offsets is not None:
        return "as offsets %s, expected nil for the type %s" % (described(offsets), kind)
    size = bits if kind == "bool" else rows * WIDTHS[kind].itemsize
    if len(data) != size:
        return "%d bytes of data, expected %d for %d rows" % (len(data), size, rows)
    timezone = column.get("timezone")
    if kind == "timestamp" and not isinstance(timezone, (str, type(None))):
        return "as timezone %s, expected a str or nil" % described(timezone)
    return None


def fault_of_text(data, offsets, rows):
    if not isinstance(offsets, bytes) or len(offsets) != (rows + 1) * 4:
        return "as offsets %s, expected a bin of %d bytes for %d rows" % (
            described(offsets),
            (rows + 1) * 4,
            rows,
        )
    ends = np.frombuffer(offsets, dtype="<i4")
    if ends[0] != 0 or ends[-1] != len(data) or (np.diff(ends.astype("<i8")) < 0).any():
        return "offsets that do not rise from 0 to %d, the size of its data" % len(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "data that is not UTF-8: %s; encode strings as UTF-8" % error
    # The first byte of a character is no continuation byte.
    starts = ends[ends < len(data)]
    if starts.size and ((np.frombuffer(data, dtype=np.uint8)[starts] & 0xC0) == 0x80).any():
        return "an offset inside a UTF-8 character"
    return None


# -- reading


def values_of(column, rows):
    kind, data, validity = column["type"], column["data"], column.get("validity")
    present = None if validity is None else bits_of(validity, rows)
    if kind == "bool":
        values = bits_of(data, rows)
        return values if present is None or present.all() else with_missing(values.tolist(), present)
    if kind in ("utf8", "json"):
        return texts_of(column, present)
    values = np.frombuffer(data, dtype=WIDTHS[kind])
    if kind == "timestamp":
        return timestamps_of(values, present, column.get("timezone"))
    if kind == "date":
        here = np.ones(rows, dtype=bool) if present is None else present
        dates = [
            EPOCH + datetime.timedelta(days=day) if is_here else None
            for day, is_here in zip(values.tolist(), here.tolist())
        ]
        return with_missing(dates, None)
    if column.get("logical") == "duration":
        spans = values.astype("timedelta64[ns]")
        if present is not None:
            spans[~present] = np.timedelta64("NaT")
        return pd.Series(spans)
    if present is None or present.all():
        return values.copy()
    return np.where(present, values, values.dtype.type("nan") if kind != "int64" else np.nan)


def timestamps_of(micros, present, timezone):
    values = micros.astype("datetime64[us]")
    if present is not None:
        values[~present] = np.datetime64("NaT")
    series = pd.Series(values)
    if not timezone:
        return series
    try:
        return series.dt.tz_localize("UTC").dt.tz_convert(timezone)
    except Exception as error:
        raise invalid("the timezone %r is not known here: %s" % (timezone, error)) from None


def texts_of(column, present):
    ends = np.frombuffer(column["offsets"], dtype="<i4").tolist()
    data = column["data"]
    texts = [data[start:end].decode("utf-8") for start, end in zip(ends, ends[1:])]
    if column["type"] == "utf8":
        texts = (
            texts
            if present is None
            else [text if is_here else None for text, is_here in zip(texts, present.tolist())]
        )
        if column.get("logical") in READERS:
            return meant_by(column, texts)
        return (
            pd.Series(texts, dtype=TEXT_DTYPE)
            if column.get("levels") is None
            else categories_of(column, texts)
        )
    here = [True] * len(texts) if present is None else present.tolist()
    try:
        values = [json.loads(text) if is_here else None for text, is_here in zip(texts, here)]
    except ValueError as error:
        raise invalid("the column %r holds a string that is no JSON: %s" % (column["name"], error)) from None
    if values and all(type(value) is int and 0 <= value < 2**64 for value in values) and max(values) >= 2**63:
        return np.array(values, dtype="u8")  # What read_csv makes of ints beyond int64.
    return with_missing(values, None)


def categories_of(column, texts):
    levels = pd.Index(column["levels"], dtype=TEXT_DTYPE)
    codes = levels.get_indexer(texts)
    for code, text in zip(codes.tolist(), texts):
        if code < 0 and text is not None:
            raise invalid("the column %r has %r, which is none of its levels" % (column["name"], text))
    return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=bool(column.get("ordered"))))


def meant_by(column, texts):
    """The values that the texts of a column stand for."""
    read = READERS[column["logical"]]
    try:
        values = [None if text is None else read(text) for text in texts]
    except (ValueError, ArithmeticError) as error:
        words = "the column %r holds a text that is no %s: %s"
        raise invalid(words % (column["name"], column["logical"], error)) from None
    return pd.Series(values, dtype=object)


# What read_csv gives for strings: str from pandas 3 on, object before.
TEXT_DTYPE = pd.Series(["text"]).dtype


def with_missing(values, present):
    """A column of Python objects."""
    items = (
        values
        if present is None
        else [value if here else None for value, here in zip(values, present.tolist())]
    )
    return pd.Series(items, dtype=object)


def bits_of(data, rows):
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), count=rows, bitorder="little").astype(bool)
