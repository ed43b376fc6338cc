"""Types a table as the model knows its columns, right before it predicts: a row alone as in company.

An artifact type's `signature(model)` gives {"columns": [column()], "by": "name" or "position"}, or None.
"""

import decimal
import numbers
import sys

import numpy as np
import pandas as pd

from .columns import listed, text_of
from .from_wire import TEXT_DTYPE
from .numbers_alone import Numbers
from .protocol import WorkerError

SENT = ("name", "type", "levels")  # what `load` tells of a column
TRUTH = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


class Signature:
    """The columns of a model, and the step that types a frame by them."""

    def __init__(self, known):
        self.columns = known["columns"]
        self.by = known["by"]
        self.spelling = known.get("spelling")  # of the model's names, from those of the frame
        self.listed_names = [column["name"] for column in self.columns]
        self.names = pd.Index(self.listed_names)
        self.typed_columns = [
            (at, column)
            for at, column in enumerate(self.columns)
            if column["type"] is not None or column["categories"] is not None
        ]
        self.takes_numbers = all(
            column["type"] in (None, "float64") and column["categories"] is column["levels"] is None
            for column in self.columns
        )
        self.warned = set()

    def to_wire(self):
        columns = [{field: column[field] for field in SENT} for column in self.columns]
        return {"columns": columns, "by": self.by}

    def texts(self):
        """Levels or None, by name or position, of the columns that are read as they are written."""
        return {
            (column["name"] if self.by == "name" else at): column["levels"]
            for at, column in enumerate(self.columns)
            if column["type"] == "utf8"
        }

    def typed(self, data):
        """The frame with the model's columns in its order and types. Raises INPUT_INVALID.

        Other data are left alone, and frames without names whose width the model does not know.
        """
        if isinstance(data, Numbers):
            if self.takes_numbers and self.knows(data):
                return data
            data = data.frame()
        if not isinstance(data, pd.DataFrame):
            return data
        frame = self.in_order(data)
        if frame is None:
            return data
        if self.takes_numbers and has_only_numbers(frame):
            return frame
        changed = {}
        for at, column in self.typed_columns:
            series = frame.iloc[:, at]
            values = self.converted(column, series)
            if values is not series:
                changed[at] = values
        return with_columns(frame, changed) if changed else frame

    def knows(self, data):
        """Whether the columns of Numbers are those of the model, in its order."""
        if self.by == "position":
            return data.shape[1] == len(self.columns)
        return data.names == self.listed_names

    def in_order(self, frame):
        """The columns in the order of the model; None for a frame without names and of another width."""
        given = frame.columns
        if self.by == "position":
            if len(given) == len(self.columns):
                return frame
            words = "the model takes %d columns, the data has %d; send those it was trained on, in order"
            raise invalid(words % (len(self.columns), len(given)))
        if given.equals(self.names):
            return frame
        if len(given) and pd.api.types.is_integer_dtype(given.dtype):
            return frame if len(given) == len(self.columns) else None
        ordered = frame.iloc[:, self.places_in([str(name) for name in given])]
        ordered.columns = self.names
        return ordered

    def places_in(self, given):
        """Where the model's columns are among the given ones."""
        places = {}
        for at, name in enumerate(given):
            places.setdefault(name, []).append(at)
        if self.spelling is not None:
            known = set(self.names)
            for at, name in enumerate(given):
                spelled = self.spelling(name)
                if name not in known and spelled in known and spelled not in given:
                    places.setdefault(spelled, []).append(at)
        missing = [name for name in self.names if name not in places]
        if missing:
            words = "the data lacks %s of the model; it has the columns %s; send all columns of the model: %s"
            what = "the column %s" if len(missing) == 1 else "the columns %s"
            raise invalid(words % (what % listed(missing), listed(given) or "none", listed(self.names)))
        twice = [name for name in self.names if len(places[name]) > 1]
        if twice:
            words = "the data has more than one column for %s of the model; send one for each"
            raise invalid(words % listed(twice))
        return [places[name][0] for name in self.names]

    def converted(self, column, series):
        """The column's values as the model wants them; the series itself where they are so already."""
        kind, levels = column["type"], column["levels"]
        if column["categories"] is not None:
            return self.categorical(column, series)
        if kind == "utf8":
            series = as_texts(series, levels, column["missing"])
        elif kind == "bool":
            series = as_truth_values(str(series.name), series)
        elif kind in ("float64", "int64"):
            series = as_numbers(str(series.name), series)
        if levels is not None:
            self.check_levels(column, series)
        return series

    def categorical(self, column, series):
        """A column of the model's own categories, which frameworks code by their places."""
        categories = pd.Index(column["categories"])
        if isinstance(series.dtype, pd.CategoricalDtype) and series.cat.categories.equals(categories):
            return series
        texts = as_texts(series, column["levels"])
        self.check_levels(column, texts)
        codes = pd.Index(column["levels"]).get_indexer(texts.where(texts.notna(), None))
        return pd.Series(pd.Categorical.from_codes(codes, categories=categories), index=series.index)

    def check_levels(self, column, series):
        """Refuses a level that the model does not know, or says once that it counts as missing."""
        name, levels = str(series.name), column["levels"]
        unknown = [one for one in series.dropna().unique() if text_of(one) not in levels]
        if column["strict"] and not column["knows_missing"] and series.isna().any():
            row = int(np.argmax(series.isna().to_numpy()))
            words = (
                "the column %s is missing in row %d (counted from 0), which the model cannot take; fill it"
            )
            raise invalid(words % (name, row))
        if not unknown:
            return
        known = "the model knows %s" % listed(map(repr, levels))
        if column["strict"]:
            row = int(np.argmax((series == unknown[0]).fillna(False).to_numpy(dtype=bool)))
            words = (
                "the column %s has %r in row %d (counted from 0), a level that the model does not know; %s"
            )
            raise invalid(words % (name, text_of(unknown[0]), row, known + "; send one of them"))
        if name not in self.warned:
            self.warned.add(name)
            words = "the column %s has %r, which the model does not know and treats by its own rule; %s\n"
            sys.stderr.write("\x01w" + words % (name, text_of(unknown[0]), known))


def invalid(message):
    return WorkerError("INPUT_INVALID", message)


def has_only_numbers(frame):
    """Whether every column is of numpy's numbers or truth values."""
    try:
        return all(block.dtype.kind in "biuf" for block in frame._mgr.blocks)
    except AttributeError:
        return all(dtype.kind in "biuf" for dtype in frame.dtypes)


def with_columns(frame, changed):
    """A frame of the same index and names, some columns replaced."""
    values = {at: changed[at] if at in changed else frame.iloc[:, at] for at in range(frame.shape[1])}
    whole = pd.DataFrame(values, index=frame.index)
    whole.columns = frame.columns
    return whole


# -- the conversions


def as_texts(series, levels=None, missing=np.nan):
    """The cells as text: a whole number as whole, a truth value as its level's spelling."""
    if isinstance(series.dtype, pd.StringDtype) and missing is not None:
        return series
    gaps = series.isna()
    if series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) == "string":
        if not gaps.any() or all(cell is missing for cell in series[gaps]):
            return series
    cells = [
        missing if is_gap else text_of(cell, levels)
        for cell, is_gap in zip(series.astype(object).tolist(), gaps.tolist())
    ]
    dtype = object if missing is None else TEXT_DTYPE
    return pd.Series(cells, index=series.index, dtype=dtype, name=series.name)


def as_numbers(name, series):
    """The cells as numbers. Raises INPUT_INVALID for the first that is none."""
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype) or (
        not isinstance(dtype, pd.CategoricalDtype) and dtype.kind in "biuf"
    ):
        return series
    cells = series.astype(object).tolist()
    present = series.notna().tolist()
    values = np.full(len(cells), np.nan)
    for row, (cell, is_here) in enumerate(zip(cells, present)):
        if is_here:
            values[row] = number_of(cell, name, row)
    return pd.Series(values, index=series.index, name=series.name)


def number_of(cell, name, row):
    if isinstance(cell, (numbers.Real, np.bool_, decimal.Decimal)):
        return float(cell)
    if isinstance(cell, str) and "_" not in cell:
        try:
            return float(cell)
        except ValueError:
            pass
    raise no_number(name, row, cell)


def no_number(name, row, cell):
    words = (
        "the column %s has %s in row %d (counted from 0), which is no number; correct it, or leave it empty"
    )
    return invalid(words % (name, quoted(cell), row))


def holds_number(cell):
    try:
        number_of(cell, "", 0)
    except WorkerError:
        return False
    return True


def as_truth_values(name, series):
    """The cells as True and False. Raises INPUT_INVALID for the first that is neither."""
    if not isinstance(series.dtype, pd.CategoricalDtype) and series.dtype.kind == "b":
        return series
    words = "the column %s has %s in row %d (counted from 0), which is neither true nor false; correct it"
    cells, present = series.astype(object).tolist(), series.notna().tolist()
    for row, is_here in enumerate(present):
        cell = cells[row]
        text = str(cell).strip().lower()
        if not is_here:
            continue
        if text not in TRUTH:
            raise invalid(words % (name, quoted(cell), row))
        cells[row] = TRUTH[text]
    dtype = bool if all(present) else object
    return pd.Series(cells, index=series.index, dtype=dtype, name=series.name)


def quoted(cell):
    text = repr(cell if isinstance(cell, str) else str(cell))
    return text if len(text) <= 60 else text[:59] + "\u2026"
