"""Turns DataFrames into the arrays that frameworks take, and what they return into one array.

Only predictions import it, since it imports pandas.
"""

import numpy as np
import pandas as pd

from ..columns import column, listed
from ..numbers_alone import Numbers, framed
from ..signature import as_numbers, as_texts, invalid

# numpy's kind of an input to the type of its columns.
TYPES = {"f": "float64", "i": "int64", "u": "int64", "b": "bool", "O": "utf8"}


def as_array(data, dtype):
    """The frame, Numbers, array or sparse matrix as a dense array of `dtype`, a row a row, in C's order.

    Raises INPUT_INVALID naming a column that does not fit.
    """
    dtype = np.dtype(dtype)
    if isinstance(data, Numbers) and dtype.kind == "f":
        return np.ascontiguousarray(data.array, dtype=dtype)
    data = framed(data)
    if not isinstance(data, pd.DataFrame):
        return np.ascontiguousarray(data.toarray() if hasattr(data, "toarray") else data, dtype=dtype)
    if (
        len(data.columns)
        and all(isinstance(kind, np.dtype) and kind.kind in "biuf" for kind in data.dtypes)
        and dtype.kind == "f"
    ):
        return np.ascontiguousarray(data.to_numpy(), dtype=dtype)
    array = np.empty(data.shape, dtype=dtype)
    for at, (name, series) in enumerate(data.items()):
        array[:, at] = column_as(dtype, name, series)
    return array


def check_shape(shape):
    """Raises ValueError for an input that takes no rows of numbers. `shape` has a row count first."""
    if len(shape) > 2:
        message = "the model takes rows of the shape %s; reshape and predict them in a score hook"
        raise ValueError(message % " x ".join(map(str, shape[1:])))


def signature_of(inputs, spelling=None):
    """What a model knows of its columns from its inputs, (name, dtype, shape) each.

    Several inputs take a column each, by their names; a single one takes all of them, by position.
    """
    if len(inputs) > 1:
        columns = [column(name, TYPES[np.dtype(dtype).kind]) for name, dtype, _ in inputs]
        return {"columns": columns, "by": "name", "spelling": spelling}
    [(name, dtype, shape)] = inputs
    if len(shape) != 2 or not isinstance(shape[1], int):
        return None
    kind = TYPES[np.dtype(dtype).kind]
    return {"columns": [column("%s[%d]" % (name, at), kind) for at in range(shape[1])], "by": "position"}


def by_name(data, inputs):
    """Arrays for a model of several inputs, one column each: the columns that bear their names.

    `inputs` maps name to dtype.
    """
    data = framed(data)
    names = [str(name) for name in data.columns] if isinstance(data, pd.DataFrame) else []
    missing = [name for name in inputs if name not in names]
    if missing:
        message = "the model takes a column for each of its inputs %s; the data lacks %s; send all of them"
        raise ValueError(message % (listed(inputs), listed(missing)))
    return {name: as_array(data.iloc[:, [names.index(name)]], dtype) for name, dtype in inputs.items()}


def column_as(dtype, name, series):
    """Values of one column; missing ones are NaN, and empty where the model takes texts."""
    if dtype.kind == "O":
        texts = as_texts(series)
        return texts.astype(object).where(texts.notna(), "").to_numpy(dtype=object)
    values = (
        as_numbers(name, series).to_numpy(dtype="float64", na_value=np.nan)
        if dtype.kind == "f"
        else exact(name, series)
    )
    return values.astype(dtype)


def exact(name, series):
    """Values for an input of whole numbers or truth values. Raises INPUT_INVALID for what would be lost."""
    words = "the column %s %s in row %d (counted from 0), expected a whole number; correct it"
    gaps = series.isna().to_numpy(dtype=bool)
    if gaps.any():
        raise invalid(words % (name, "is missing", int(gaps.argmax())))
    values = series.to_numpy()
    if values.dtype.kind not in "biu":
        values = as_numbers(name, series).to_numpy(dtype="float64")
        broken = values % 1 != 0
        if broken.any():
            row = int(broken.argmax())
            raise invalid(words % (name, "has %r" % float(values[row]), row))
    return values


def side_by_side(outputs):
    """(one array, labels or None) of what a model returned: an array, several, or a map of them by label."""
    if isinstance(outputs, dict):
        values, _ = side_by_side(list(outputs.values()))
        return values, list(outputs) if values.shape[1] == len(outputs) else None
    if not isinstance(outputs, (list, tuple)):
        return np.asarray(outputs), None
    return np.concatenate([np.asarray(one).reshape(len(one), -1) for one in outputs], axis=1), None
