"""Makers of random columns of every dtype, and what the wire makes of each dtype."""

import datetime
import math

import numpy as np
import pandas as pd
from drumline_worker import from_wire

TEXTS = [
    "",
    "a",
    "Stra\u00dfe",
    "\u6a21\u578b",
    "\U0001f941",
    "a,b",
    'say "x"',
    "line\nend",
    "\0",
    "nan",
    "None",
    " ",
]
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "+05:30"]


def float_of(chance):
    odd = [0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 0.1]
    return chance.choice(odd + [chance.gauss(0, 1e3), float(chance.randrange(-9, 9))])


def moment_of(chance):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(
        microseconds=chance.randrange(-(10**16), 10**16)
    )


# Dtype or kind of column, to a maker of one column of so many rows, which comes back as it was.
UNCHANGED = {
    "float64": lambda chance, rows: np.array([float_of(chance) for _ in range(rows)]),
    "float32": lambda chance, rows: np.array(
        [chance.choice([0.0, -0.0, math.nan, math.inf, chance.gauss(0, 1)]) for _ in range(rows)], dtype="f4"
    ),
    "int64": lambda chance, rows: np.array(
        [chance.choice([-(2**63), 2**63 - 1, 2**53 + 1, 0, -1]) for _ in range(rows)], dtype="i8"
    ),
    "bool": lambda chance, rows: np.array([chance.random() < 0.5 for _ in range(rows)], dtype=bool),
    "str": lambda chance, rows: pd.Series(
        [chance.choice(TEXTS) for _ in range(rows)], dtype=from_wire.TEXT_DTYPE
    ),
    "str with missing": lambda chance, rows: pd.Series(
        [chance.choice(TEXTS + [None]) for _ in range(rows)], dtype=from_wire.TEXT_DTYPE
    ),
    "datetime": lambda chance, rows: pd.Series(
        [chance.choice([moment_of(chance), pd.NaT]) for _ in range(rows)], dtype="datetime64[us]"
    ),
}
# The same for columns that come back as another dtype, which holds the same.
CHANGED = {
    "float16": (
        "f4",
        lambda chance, rows: np.array(
            [chance.choice([0.5, math.nan, -2.0]) for _ in range(rows)], dtype="f2"
        ),
    ),
    "int8": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(-128, 128) for _ in range(rows)], dtype="i1"),
    ),
    "int16": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(-(2**15), 2**15) for _ in range(rows)], dtype="i2"),
    ),
    "int32": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(-(2**31), 2**31) for _ in range(rows)], dtype="i4"),
    ),
    "uint8": ("i8", lambda chance, rows: np.array([chance.randrange(256) for _ in range(rows)], dtype="u1")),
    "uint16": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(2**16) for _ in range(rows)], dtype="u2"),
    ),
    "uint32": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(2**32) for _ in range(rows)], dtype="u4"),
    ),
    "uint64": (
        "i8",
        lambda chance, rows: np.array([chance.randrange(2**63) for _ in range(rows)], dtype="u8"),
    ),
    "uint64 beyond int64": ("u8", lambda chance, rows: np.array([2**64 - 1] * rows, dtype="u8")),
    "big-endian": ("f8", lambda chance, rows: np.array([float_of(chance) for _ in range(rows)], dtype=">f8")),
    "Int64": ("i8", lambda chance, rows: pd.array([chance.randrange(9) for _ in range(rows)], dtype="Int64")),
    "UInt8": ("i8", lambda chance, rows: pd.array([chance.randrange(9) for _ in range(rows)], dtype="UInt8")),
    "Float64": (
        "f8",
        lambda chance, rows: pd.array([chance.gauss(0, 1) for _ in range(rows)], dtype="Float64"),
    ),
    "Float32": (
        "f4",
        lambda chance, rows: pd.array([chance.gauss(0, 1) for _ in range(rows)], dtype="Float32"),
    ),
    "boolean": (
        bool,
        lambda chance, rows: pd.array([chance.random() < 0.5 for _ in range(rows)], dtype="boolean"),
    ),
    "string": (
        from_wire.TEXT_DTYPE,
        lambda chance, rows: pd.array([chance.choice(TEXTS) for _ in range(rows)], dtype="string"),
    ),
    "object of str": (
        from_wire.TEXT_DTYPE,
        lambda chance, rows: np.array([chance.choice(TEXTS) for _ in range(rows)], dtype=object),
    ),
    "categorical of str": (
        from_wire.TEXT_DTYPE,
        lambda chance, rows: pd.Categorical([chance.choice(TEXTS) for _ in range(rows)]),
    ),
    "categorical of int": (
        "i8",
        lambda chance, rows: pd.Categorical([chance.randrange(4) for _ in range(rows)]),
    ),
    "sparse float": (
        "f8",
        lambda chance, rows: pd.arrays.SparseArray(
            [chance.choice([0.0, 1.5, math.nan]) for _ in range(rows)]
        ),
    ),
    "sparse int": (
        "i8",
        lambda chance, rows: pd.arrays.SparseArray(
            [chance.choice([0, 7]) for _ in range(rows)], fill_value=0
        ),
    ),
    "datetime of seconds": (
        "datetime64[us]",
        lambda chance, rows: pd.Series([moment_of(chance)] * rows).astype("datetime64[s]"),
    ),
}
