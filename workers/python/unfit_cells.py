"""Finds the cells that a model's own error is about, where its signature could not know them beforehand."""

import ast
import re

import numpy as np
import pandas as pd

from .columns import listed
from .signature import holds_number, invalid, no_number, quoted
from .tracebacks import text_of

NO_FLOAT = re.compile(r"could not convert string to float: (?:np\.str_\()?(?P<text>'.*'|\".*\")", re.DOTALL)
# What numpy, XGBoost and LightGBM say of texts and moments, without the cell.
NO_NUMBERS = re.compile(
    r"float\(\) argument must be|ufunc does not support argument .* of type str|DateTime64DType"
    r"|DataFrame\.dtypes for data must be int|pandas dtypes must be int"
)
MISSING = re.compile(r"\bInput (\w+ )?contains NaN")
TOO_LARGE = re.compile(
    r"\bInput (\w+ )?contains infinity or a value too large for dtype\('(?P<dtype>float\d+)'\)"
)


def refusal_of(error, data, signature):
    """INPUT_INVALID with the cell or the columns that `error` is about; None for other errors and data.

    A text that does not stand in the data as it is, is of the model's own making: so is its error.
    """
    if not isinstance(error, (ValueError, TypeError)) or not isinstance(data, pd.DataFrame):
        return None
    words = text_of(error)
    found = NO_FLOAT.search(words)
    if found:
        text = ast.literal_eval(found.group("text"))
        return of_cells(untyped_cells(data, signature, lambda cell: isinstance(cell, str) and cell == text))
    if NO_NUMBERS.search(words):
        return of_cells(untyped_cells(data, signature, lambda cell: not holds_number(cell)))
    found = TOO_LARGE.search(words)
    if found:
        return of_size(data, np.finfo(found.group("dtype")).max)
    return of_gaps(data) if MISSING.search(words) else None


def untyped_cells(data, signature, is_unfit):
    """(column, row, cell) of the first unfit cell of each column that the signature gives no type."""
    typed = {one["name"] for one in signature.columns if one["type"] is not None} if signature else ()
    for at, name in enumerate(data.columns):
        series = data.iloc[:, at]
        if name in typed or (
            not isinstance(series.dtype, pd.CategoricalDtype) and series.dtype.kind in "biuf"
        ):
            continue
        present = series.notna()
        for row, (cell, is_here) in enumerate(zip(series.astype(object), present)):
            if is_here and is_unfit(cell):
                yield str(name), row, cell
                break


def of_cells(cells):
    """The error for the first cell; of several columns it is not known which one the model stumbled over."""
    cells = list(cells)
    if not cells:
        return None
    names = [name for name, _, _ in cells]
    _, row, cell = cells[0]
    if len(names) == 1:
        return no_number(names[0], row, cell)
    words = (
        "the columns %s hold text, first %s in row %d (counted from 0), and the model takes one of them for"
        " numbers; correct it, or leave the cell empty"
    )
    return invalid(words % (listed(names), quoted(cell), row))


def of_size(data, largest):
    """The error for the first number beyond the largest one; None where the model has made it."""
    for at, name in enumerate(data.columns):
        numbers = pd.to_numeric(data.iloc[:, at], errors="coerce")
        beyond = (numbers.abs() > largest).to_numpy(dtype=bool, na_value=False)
        if beyond.any():
            row = int(beyond.argmax())
            words = "the column %s has %s in row %d (counted from 0), too large for the model; correct it"
            return invalid(words % (name, quoted(str(data.iloc[row, at])), row))
    return None


def of_gaps(data):
    """The error for missing cells. None where there are none, and the model makes them itself."""
    gaps = data.isna()
    names = [str(name) for name, has_some in zip(data.columns, gaps.any()) if has_some]
    if not names:
        return None
    row = int(gaps.any(axis=1).to_numpy().argmax())
    what = "the column %s has missing cells" if len(names) == 1 else "the columns %s have missing cells"
    words = (
        "%s, the first in row %d (counted from 0), and the model does not take %s; fill them, or train the"
        " model in a pipeline that imputes them"
    )
    return invalid(words % (what % listed(names), row, "them" if len(names) == 1 else "all of these"))
