"""Makes a table of every type, and tells every cell of one: the same words in every language;
e2e/mixed.test.ts compares them.
"""

import datetime

import pandas as pd


def load_model(code_dir):
    return "types"


def transform(data, model):
    moment = datetime.datetime(2020, 1, 2, 3, 4, 5, 250000)
    return pd.DataFrame(
        {
            "i": pd.array([1, None, -(2**40)], dtype="Int64"),
            "f": [0.5, None, -2.0],
            "b": [True, None, False],
            "s": ["Zürich", None, ""],
            "d": [datetime.date(2020, 2, 29), None, datetime.date(1969, 12, 31)],
            "t": pd.to_datetime(pd.Series([moment, None, datetime.datetime(1999, 12, 31)])),
        }
    )


def score(data, model):
    rows = [" ".join(words(name, data[name].iloc[row]) for name in data.columns) for row in range(len(data))]
    return pd.DataFrame({"answer": rows})


def words(name, value):
    if value is None or pd.isna(value):
        return name + "=missing"
    if name == "i":
        return "%s=%d" % (name, value)
    if name == "f":
        return "%s=%.2f" % (name, value)
    if name == "b":
        return "%s=%s" % (name, str(bool(value)).lower())
    if name == "t":
        return "%s=%s" % (name, pd.Timestamp(value).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3])
    return "%s=%s" % (name, value)
