"""Turns DataFrames into the arrays that frameworks take, and what they return into one array.

Only predictions import it, since it imports pandas.
"""

import numpy as np
import pandas as pd


def as_array(data, dtype):
    """The frame, array or sparse matrix as a dense array of `dtype`, a row a row, in C's order.

    Raises ValueError naming a column that does not fit.
    """
    dtype = np.dtype(dtype)
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


def check_shape(array, shape):
    """Raises ValueError for an array that does not fit the input that the model declares.

    Some models would silently stretch a single column.

    `shape` has a row count first; a size that is not declared is no int, an unknown shape is empty.
    """
    if len(shape) > 2:
        message = (
            "the model takes rows of the shape %s, the data has rows of %d numbers; "
            "reshape and predict them in a score hook"
        )
        raise ValueError(message % (" x ".join(map(str, shape[1:])), array.shape[1]))
    width = shape[1] if len(shape) == 2 and isinstance(shape[1], int) else array.shape[1]
    if array.shape[1] != width:
        message = "the model takes %d columns, the data has %d; send those it was trained on, in their order"
        raise ValueError(message % (width, array.shape[1]))


def by_name(data, inputs):
    """Arrays for a model of several inputs, one column each: the columns that bear their names.

    `inputs` maps name to dtype.
    """
    names = [str(name) for name in data.columns] if isinstance(data, pd.DataFrame) else []
    missing = [name for name in inputs if name not in names]
    if missing:
        message = "the model takes a column for each of its inputs %s; the data lacks %s; send all of them"
        raise ValueError(message % (listed(inputs), listed(missing)))
    return {name: as_array(data.iloc[:, [names.index(name)]], dtype) for name, dtype in inputs.items()}


def column_as(dtype, name, series):
    """Values of one column; missing ones are NaN, and empty where the model takes texts."""
    if dtype.kind == "O":
        return series.astype(object).where(series.notna(), "").map(str).to_numpy(dtype=object)
    try:
        values = series.to_numpy(dtype="float64", na_value=np.nan) if dtype.kind == "f" else exact(series)
    except (TypeError, ValueError) as error:
        message = (
            "the column %s is no column of numbers (%s), which the model takes; "
            "convert it in a transform hook, or send numbers"
        )
        raise ValueError(message % (name, error)) from None
    return values.astype(dtype)


def exact(series):
    """Values for an input of whole numbers or truth values. Raises ValueError for what would be lost."""
    if series.isna().any():
        raise ValueError("it has missing values, and this input of the model knows none")
    values = series.to_numpy()
    if values.dtype.kind not in "biu":
        values = series.to_numpy(dtype="float64")
        if (values % 1 != 0).any():
            raise ValueError("it has fractions, and this input of the model takes none")
    return values


def side_by_side(outputs):
    """(one array, labels or None) of what a model returned: an array, several, or a map of them by label."""
    if isinstance(outputs, dict):
        values, _ = side_by_side(list(outputs.values()))
        return values, list(outputs) if values.shape[1] == len(outputs) else None
    if not isinstance(outputs, (list, tuple)):
        return np.asarray(outputs), None
    return np.concatenate([np.asarray(one).reshape(len(one), -1) for one in outputs], axis=1), None


def listed(names):
    """Names for a message, of many the first ten."""
    names = list(map(str, names))
    return ", ".join(names[:10]) + (" and %d more" % (len(names) - 10) if len(names) > 10 else "")
