"""Columns of categories, decimals, times and durations, and the index, as pyarrow gives them to pandas."""

import datetime
import decimal
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.protocol import WorkerError


def wire(values, **more):
    table = to_wire.frame_to_wire(pd.DataFrame({"x": values}))["predictions"]
    return {**table["columns"][0], **more}


def frame_of(*columns, rows=3, index=None):
    return from_wire.table_to_frame({"rows": rows, "columns": list(columns), "index": index})


class LogicalColumns(unittest.TestCase):
    def test_categories_keep_their_order_and_those_that_no_row_has(self):
        for ordered in (None, False, True):
            series = frame_of(wire(["b", None, "a"], levels=["b", "z", "a"], ordered=ordered))["x"]
            expected = pd.Series(
                pd.Categorical(["b", None, "a"], ["b", "z", "a"], ordered=bool(ordered)), name="x"
            )
            pd.testing.assert_series_equal(series, expected)
            self.assertEqual(series.cat.codes.tolist(), [0, -1, 2])

    def test_no_rows_have_categories_too(self):
        series = frame_of(wire(pd.Series([], dtype=str), levels=["a"]), rows=0)["x"]
        self.assertEqual(series.cat.categories.tolist(), ["a"])

    def test_a_value_that_is_no_category_is_refused(self):
        with self.assertRaises(WorkerError) as caught:
            frame_of(wire(["b", "c", "a"], levels=["b", "a"]))
        self.assertEqual(caught.exception.code, "PARAMS_INVALID")

    def test_decimals_are_exact(self):
        series = frame_of(wire(["12345678901234567890.12", None, "-0.10"], logical="decimal"))["x"]
        texts = ["12345678901234567890.12", "None", "-0.10"]
        self.assertEqual(list(map(str, series)), texts)
        self.assertIsInstance(series[0], decimal.Decimal)

    def test_times_are_times_of_day(self):
        series = frame_of(wire(["12:30:00", None, "00:00:00.000001"], logical="time"))["x"]
        self.assertEqual(series.tolist(), [datetime.time(12, 30), None, datetime.time(microsecond=1)])

    def test_durations_are_timedeltas(self):
        series = frame_of(wire(np.array([1, -(10**9), 2**62]), logical="duration"))["x"]
        self.assertEqual(series.dtype, np.dtype("timedelta64[ns]"))
        self.assertEqual(series.astype("int64").tolist(), [1, -(10**9), 2**62])
        gap = {**wire(np.array([1, 2, 3])), "validity": b"\x05", "logical": "duration"}
        self.assertEqual(frame_of(gap)["x"].isna().tolist(), [False, True, False])

    def test_a_text_that_is_not_what_it_is_to_be_is_refused(self):
        for logical in ("decimal", "time"):
            with self.assertRaises(WorkerError) as caught:
                frame_of(wire(["x", "y", "z"], logical=logical))
            self.assertEqual(caught.exception.code, "PARAMS_INVALID")

    def test_the_index_is_restored(self):
        x = wire([1.5, 2.5, 3.5])
        labels = {**wire(["a", "b", "c"]), "name": "__index_level_0__"}
        self.assertEqual(frame_of(x, index=[labels]).index.tolist(), ["a", "b", "c"])
        self.assertIsNone(frame_of(x, index=[labels]).index.name)
        moments = {**wire(pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])), "name": "when"}
        index = frame_of(x, index=[moments]).index
        self.assertIsInstance(index, pd.DatetimeIndex)
        self.assertEqual(index.name, "when")
        both = frame_of(x, index=[moments, labels]).index
        self.assertEqual(list(both.names), ["when", None])
        self.assertEqual(both[1], (pd.Timestamp("2020-01-02"), "b"))
        self.assertTrue(frame_of(x, index=None).index.equals(pd.RangeIndex(3)))
