"""Random frames through the wire and back: what comes back is the frame itself, or what section 8 of
SPEC.md has for it.
"""

import datetime
import decimal
import json
import math
import random
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.values import decode, encode
from pandas.testing import assert_frame_equal, assert_series_equal

from .random_columns import CHANGED, UNCHANGED, ZONES, moment_of

SEED = 20261121


def there_and_back(frame):
    """The frame after its table has been sent as bytes and read again, without its index."""
    result = decode(memoryview(encode(to_wire.frame_to_wire(frame))))
    return from_wire.table_to_frame(result["predictions"])


class RoundTrips(unittest.TestCase):
    def test_columns_of_the_wires_own_types_come_back_as_they_were(self):
        chance = random.Random(SEED)
        for kind, make in UNCHANGED.items():
            for rows in list(range(20)) + [64, 1000]:
                with self.subTest(kind, rows=rows):
                    frame = pd.DataFrame({"x": make(chance, rows)}, index=pd.RangeIndex(rows))
                    back = there_and_back(frame)
                    assert_frame_equal(back, frame, check_exact=True)
                    if kind.startswith("float"):
                        np.testing.assert_array_equal(np.signbit(back["x"]), np.signbit(frame["x"]))

    def test_columns_of_other_types_come_back_as_the_type_that_holds_them(self):
        chance = random.Random(SEED)
        for kind, (dtype, make) in CHANGED.items():
            for rows in (1, 2, 7, 8, 9, 100):
                with self.subTest(kind, rows=rows):
                    series = pd.Series(make(chance, rows), name="x")
                    back = there_and_back(series.to_frame())["x"]
                    assert_series_equal(
                        back, pd.Series(np.asarray(series), name="x").astype(dtype), check_exact=True
                    )

    def test_frames_of_many_kinds_of_columns_come_back_with_their_names_in_order(self):
        chance = random.Random(SEED)
        for round in range(200):
            rows = chance.choice([0, 1, 2, 9, 30])
            kinds = [chance.choice(sorted(UNCHANGED)) for _ in range(chance.randrange(1, 7))]
            columns = [pd.Series(UNCHANGED[kind](chance, rows), index=pd.RangeIndex(rows)) for kind in kinds]
            frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
            frame.columns = [chance.choice(["a", "b", "", "x y", "\u6a21"]) for _ in kinds]
            with self.subTest(round=round, kinds=kinds):
                assert_frame_equal(there_and_back(frame), frame, check_exact=True)

    def test_a_table_made_of_a_frame_gives_the_same_table_again(self):
        chance = random.Random(SEED)
        for kind, make in UNCHANGED.items():
            with self.subTest(kind):
                table = to_wire.frame_to_wire(pd.DataFrame({"x": make(chance, 33)}))["predictions"]
                again = to_wire.frame_to_wire(from_wire.table_to_frame(table))["predictions"]
                self.assertEqual(encode(again), encode(table))

    def test_times_with_a_zone_come_back_as_the_same_moments_in_that_zone(self):
        chance = random.Random(SEED)
        for zone in ZONES:
            with self.subTest(zone):
                moments = [chance.choice([moment_of(chance), None]) for _ in range(50)] + [
                    datetime.datetime(2024, 10, 27, 0, 30)
                ]
                series = (
                    pd.Series(moments, dtype="datetime64[us]", name="x")
                    .dt.tz_localize("UTC")
                    .dt.tz_convert(zone)
                )
                back = there_and_back(series.to_frame())["x"]
                self.assertEqual(
                    str(back.dtype.tz).replace("UTC", ""), str(series.dtype.tz).replace("UTC", "")
                )
                assert_series_equal(back.dt.tz_convert("UTC"), series.dt.tz_convert("UTC"))

    def test_missing_values_stay_missing_whatever_their_type_was(self):
        columns = {
            "Int64": pd.array([1, None, 3], dtype="Int64"),
            "UInt64": pd.array([1, None, 3], dtype="UInt64"),
            "Float64": pd.array([1.5, None, 3], dtype="Float64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "string": pd.array(["a", None, "b"], dtype="string"),
            "object of None": np.array(["a", None, "b"], dtype=object),
            "object of NaN": np.array(["a", math.nan, "b"], dtype=object),
            "object of NA": np.array(["a", pd.NA, "b"], dtype=object),
            "mixed": np.array([1, None, "b"], dtype=object),
            "categorical of str": pd.Categorical(["a", None, "b"]),
            "categorical of int": pd.Categorical([1, None, 3]),
            "categorical of bool": pd.Categorical([True, None, False]),
            "categorical of datetimes": pd.Categorical(
                [pd.Timestamp("2024-01-01"), None, pd.Timestamp("2024-01-02")]
            ),
            "dates": np.array([datetime.date(2024, 1, 1), None, datetime.date(1, 1, 1)], dtype=object),
            "datetimes": pd.Series(["2024-01-01", None, "2024-01-02"], dtype="datetime64[ns]"),
            "zoned": pd.Series(["2024-01-01", None, "2024-01-02"], dtype="datetime64[ns, Europe/Berlin]"),
            "timedeltas": pd.Series([pd.Timedelta("1s"), None, pd.Timedelta("2s")]),
            "periods": pd.Series([pd.Period("2024-01"), None, pd.Period("2024-02")]),
            "intervals": pd.Series([pd.Interval(0, 1), None, pd.Interval(1, 2)]),
            "decimals": np.array([decimal.Decimal("1.5"), None, decimal.Decimal("NaN")], dtype=object),
        }
        for kind, values in columns.items():
            with self.subTest(kind):
                back = there_and_back(pd.DataFrame({"x": values}))["x"]
                self.assertEqual(back.isna().tolist()[:2], [False, True])
                if kind != "decimals":
                    self.assertFalse(back.isna().iloc[2])

    def test_missing_values_beside_other_columns_of_a_frame_that_pandas_keeps_as_one(self):
        frame = pd.DataFrame({"a": [1.5, 2.5], "b": [math.nan, 4.5]})
        assert_frame_equal(there_and_back(frame.astype("Float64")), frame)
        for shaped in (
            frame.T.copy().T,
            frame[["b", "a"]][["a", "b"]],
            frame.loc[[0, 1]],
            pd.concat([frame, frame])[:2],
        ):
            assert_frame_equal(there_and_back(shaped), frame)

    def test_frames_that_are_views_or_rearranged_come_back_in_their_own_order(self):
        frame = pd.DataFrame(np.arange(40.0).reshape(8, 5), columns=list("abcde"))
        for view in (
            frame[::-1],
            frame[list("ecadb")],
            frame.iloc[1:6, 1:4],
            frame.T,
            frame[::2][list("ba")],
            frame.astype("f4")[::3],
        ):
            expected = view.reset_index(drop=True)
            expected.columns = [str(name) for name in view.columns]
            assert_frame_equal(there_and_back(view), expected)

    def test_a_frame_filled_column_by_column_comes_back(self):
        frame = pd.DataFrame({"a": [1.0, 2.0]})
        for at in range(90):
            frame.insert(0, "n%d" % at, [float(at), -float(at)])
        assert_frame_equal(there_and_back(frame), frame)

    def test_mixed_objects_come_back_as_json_has_them(self):
        values = [
            1,
            -2.5,
            True,
            "x",
            [1, [2]],
            {"a": {"b": None}},
            np.int8(3),
            np.float64(0.25),
            np.bool_(True),
            (1, 2),
            2**70,
        ]
        back = there_and_back(pd.DataFrame({"x": pd.Series(values, dtype=object)}))["x"].tolist()
        self.assertEqual(
            back, [1, -2.5, True, "x", [1, [2]], {"a": {"b": None}}, 3, 0.25, True, [1, 2], 2**70]
        )
        json.dumps(back, allow_nan=False)

    def test_names_that_are_no_strings_come_back_as_strings(self):
        names = [0, 1.5, None, True, ("a", 1), pd.Timestamp("2024-01-01"), math.nan, np.int64(7)]
        frame = pd.DataFrame([range(len(names))])
        frame.columns = pd.Index(names, dtype=object)
        self.assertEqual(list(there_and_back(frame).columns), [str(name) for name in names])

    def test_every_kind_of_index_is_sent_as_a_column_of_its_labels(self):
        indexes = [
            (pd.RangeIndex(5, 8), "int64"),
            (pd.RangeIndex(0, 6, 2), "int64"),
            (pd.RangeIndex(2, -1, -1), "int64"),
            (pd.Index([0, 1, 3]), "int64"),
            (pd.Index([0.5, 1.5, math.nan]), "float64"),
            (pd.Index(["x", "y", "x"]), "utf8"),
            (pd.Index(["x", None, 3], dtype=object), "json"),
            (pd.CategoricalIndex(["x", "y", None]), "utf8"),
            (pd.DatetimeIndex(["2024-01-01", "2024-01-02", None]), "timestamp"),
            (pd.DatetimeIndex(["2024-01-01", "2024-01-02", None], tz="Asia/Kolkata"), "timestamp"),
            (pd.PeriodIndex(["2024-01", "2024-02", "2024-03"], freq="M"), "json"),
            (pd.Index([True, False, True]), "bool"),
        ]
        for index, kind in indexes:
            with self.subTest(repr(index)):
                column = to_wire.frame_to_wire(pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=index))["index"]
                self.assertEqual(column["type"], kind)
                back = from_wire.table_to_frame({"rows": 3, "columns": [column]}).iloc[:, 0]
                self.assertEqual(back.isna().tolist(), index.isna().tolist())
                expected = (
                    [str(label) for label in index] if isinstance(index, pd.PeriodIndex) else index.tolist()
                )
                self.assertEqual(
                    [cell for cell in back if not pd.isna(cell)],
                    [cell for cell in expected if not pd.isna(cell)],
                )
