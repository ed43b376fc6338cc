"""What DataFrames and arrays become on the wire, column type by column type."""

import datetime
import decimal
import importlib.util
import json
import math
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.protocol import WorkerError
from drumline_worker.values import decode, encode


def sent(frame):
    """The table as the supervisor gets it."""
    return decode(memoryview(encode(to_wire.frame_to_wire(frame))))


def cells(column, rows):
    """(type, Python values with None for missing) of a wire column, through the reader of tables, which
    the vectors check.
    """
    frame = from_wire.table_to_frame({"rows": rows, "columns": [column]})
    return column["type"], [
        None if cell is None or cell is pd.NaT or cell != cell else cell for cell in frame.iloc[:, 0].tolist()
    ]


class PlainNumbers(unittest.TestCase):
    def test_of_one_type_are_the_frame_that_their_columns_make(self):
        for kind, dtype in [("float64", "f8"), ("float32", "f4"), ("int64", "i8")]:
            arrays = {"b": np.array([1, 2, -3], dtype=dtype), "a": np.array([4, 5, 6], dtype=dtype)}
            columns = [{"name": name, "type": kind, "data": one.tobytes()} for name, one in arrays.items()]
            frame = from_wire.table_to_frame({"rows": 3, "columns": columns})
            pd.testing.assert_frame_equal(frame, pd.DataFrame(arrays), check_column_type=True)
            frame.iloc[0, 0] = 9  # It shares no memory with the table.
            self.assertEqual(columns[0]["data"], arrays["b"].tobytes())

    def test_of_which_one_is_missing_or_a_duration_are_columns(self):
        ones = np.array([1, 2], dtype="i8").tobytes()
        plain = {"name": "a", "type": "int64", "data": ones}
        for field in [{"validity": b"\x01"}, {"logical": "duration"}]:
            frame = from_wire.table_to_frame({"rows": 2, "columns": [plain, {**plain, "name": "b", **field}]})
            self.assertEqual([str(frame["a"].dtype), str(frame["b"].dtype) != "int64"], ["int64", True])


class Columns(unittest.TestCase):
    def check(self, values, kind, expected):
        series = values if isinstance(values, pd.Series) else pd.Series(values)
        column = sent(pd.DataFrame({"x": series}))["predictions"]["columns"][0]
        self.assertEqual(column["name"], "x")
        self.assertEqual(cells(column, len(series)), (kind, expected))
        return column

    def test_numpy_types_keep_their_values(self):
        self.check(np.array([0.5, -1.25]), "float64", [0.5, -1.25])
        self.check(np.array([0.5, 0.1], dtype="f4"), "float32", [0.5, float(np.float32(0.1))])
        self.check(np.array([0.5], dtype="f2"), "float32", [0.5])
        self.check(np.array([1, -(2**63)]), "int64", [1, -(2**63)])
        self.check(np.array([1, 255], dtype="u1"), "int64", [1, 255])
        self.check(np.array([1, 2**63], dtype="u8"), "json", [1, 2**63])
        self.check(np.array([True, False, True]), "bool", [True, False, True])

    def texts(self, values):
        column = sent(pd.DataFrame({"x": values}))["predictions"]["columns"][0]
        ends = np.frombuffer(column["offsets"], dtype="<i4")
        return column["type"], [column["data"][start:end].decode() for start, end in zip(ends, ends[1:])]

    def test_digits_beyond_a_float_and_an_int64_are_all_kept(self):
        most = 18446744073709551557
        self.assertEqual(self.texts(np.array([most, 12], dtype="u8")), ("json", [str(most), "12"]))
        self.assertEqual(self.texts(np.array([12, 2**63], dtype="u8")), ("json", ["12", str(2**63)]))
        nullable = pd.Series([most, None, 12], dtype="UInt64")
        self.check(nullable, "json", [most, None, 12])
        self.assertEqual(self.texts(pd.Series([most, 12], dtype=object)), ("json", [str(most), "12"]))
        many = decimal.Decimal("12345678901234567890.12")
        self.assertEqual(self.texts([many, decimal.Decimal("0.10")]), ("json", [str(many), "0.10"]))
        nested = {"a": [many, None, "x"], "b": {"c": decimal.Decimal("NaN")}}
        self.assertEqual(
            self.texts([nested]), ("json", ['{"a":[12345678901234567890.12,null,"x"],"b":{"c":null}}'])
        )

    def test_bytes_are_their_text(self):
        self.assertEqual(self.texts([b"ab", b"\xff"]), ("json", ['"ab"', '"\\\\xff"']))

    def test_nanoseconds_are_not_cut(self):
        fine = pd.Series(pd.to_datetime(["2026-01-02 03:04:05.123456789", None]))
        self.check(fine, "utf8", ["2026-01-02 03:04:05.123456789", None])
        zoned = fine.dt.tz_localize("Europe/Berlin")
        self.check(zoned, "utf8", ["2026-01-02 03:04:05.123456789+01:00", None])
        self.check([pd.Timestamp("2026-01-02 03:04:05.000000001")], "utf8", ["2026-01-02 03:04:05.000000001"])

    def test_nan_and_infinities_are_values_of_a_float_column(self):
        column = self.check([math.nan, math.inf], "float64", [None, math.inf])
        self.assertIsNone(column["validity"])

    def test_nullable_types_say_what_is_missing(self):
        self.check(pd.Series([1, None, 3], dtype="Int64"), "int64", [1, None, 3])
        self.check(pd.Series([0.5, None], dtype="Float64"), "float64", [0.5, None])
        self.check(pd.Series([True, None, False], dtype="boolean"), "bool", [True, None, False])
        column = self.check(pd.Series([1, 2], dtype="Int32"), "int64", [1, 2])
        self.assertIsNone(column["validity"])

    def test_texts_of_every_kind_of_string_column_are_utf8(self):
        self.check(["a", "", "\u6a21\U0001f941"], "utf8", ["a", "", "\u6a21\U0001f941"])
        self.check(["a", None, math.nan, ""], "utf8", ["a", None, None, ""])
        self.check(pd.Series(["a", None], dtype="string"), "utf8", ["a", None])
        self.check(pd.Series(["a", "b", None, "a"], dtype="category"), "utf8", ["a", "b", None, "a"])
        self.check(pd.Series(["\ud800x"], dtype=object), "utf8", ["?x"])

    def test_arrow_backed_columns_are_read_too(self):
        if importlib.util.find_spec("pyarrow") is None:
            # Without pyarrow there can be no such column.
            with self.assertRaises(ImportError):
                pd.Series(["a"], dtype="string[pyarrow]")
            return
        self.check(pd.Series(["a", None], dtype="string[pyarrow]"), "utf8", ["a", None])
        self.check(pd.Series([1, None], dtype="int64[pyarrow]"), "int64", [1, None])
        self.check(pd.Series([0.5, None], dtype="double[pyarrow]"), "float64", [0.5, None])
        moment = pd.Timestamp("2024-06-01T12:00:00.5")
        self.check(pd.Series([moment, None], dtype="timestamp[us][pyarrow]"), "timestamp", [moment, None])

    def test_categories_and_sparse_columns_are_their_values(self):
        self.check(pd.Series([3, 1, None], dtype="category"), "float64", [3.0, 1.0, None])
        self.check(pd.Series([3, 1], dtype="category"), "int64", [3, 1])
        self.check(pd.Series(pd.arrays.SparseArray([0.0, 1.5])), "float64", [0.0, 1.5])

    def test_dates_and_times_keep_their_meaning(self):
        day = datetime.date(2024, 2, 29)
        self.check(pd.Series([day, None], dtype=object), "date", [day, None])
        moment = pd.Timestamp("2024-06-01T12:00:00.500001")
        self.check([moment, pd.NaT], "timestamp", [moment, None])
        self.check(pd.Series([moment.to_pydatetime(), None], dtype=object), "timestamp", [moment, None])
        column = self.check(
            [moment.tz_localize("Europe/Berlin")], "timestamp", [moment.tz_localize("Europe/Berlin")]
        )
        self.assertEqual(column["timezone"], "Europe/Berlin")

    def test_everything_else_is_json(self):
        values = [
            1,
            0.5,
            "a",
            True,
            None,
            [1, {"b": math.nan}],
            {"k": np.float32(0.5)},
            np.int64(7),
            decimal.Decimal("1.5"),
        ]
        expected = [1, 0.5, "a", True, None, [1, {"b": None}], {"k": 0.5}, 7, 1.5]
        self.check(pd.Series(values, dtype=object), "json", expected)
        self.check(pd.Series([np.array([1, 2]), (3,)], dtype=object), "json", [[1, 2], [3]])
        self.check(pd.Series([pd.Timedelta("1 days")]), "json", ["1 days 00:00:00"])
        self.check(pd.Series([10**30, 1], dtype=object), "json", [10**30, 1])
        self.check(pd.Series([math.inf, "x"], dtype=object), "json", [None, "x"])


class Frames(unittest.TestCase):
    def test_names_may_repeat_and_be_no_strings(self):
        frame = pd.DataFrame([[1.5, 2, "x"]], columns=[0, "a", "a"])
        self.assertEqual(
            [column["name"] for column in sent(frame)["predictions"]["columns"]], ["0", "a", "a"]
        )
        self.assertEqual(
            [column["type"] for column in sent(frame)["predictions"]["columns"]], ["float64", "int64", "utf8"]
        )

    def test_every_column_of_a_uniform_frame_is_its_own(self):
        frame = pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=list("abc"))
        columns = sent(frame[::2])["predictions"]["columns"]
        self.assertEqual([cells(column, 2)[1] for column in columns], [[0.0, 6.0], [1.0, 7.0], [2.0, 8.0]])

    def test_frames_without_rows_or_columns_are_tables(self):
        self.assertEqual(sent(pd.DataFrame({"a": np.array([], dtype="f8")}))["predictions"]["rows"], 0)
        self.assertEqual(sent(pd.DataFrame())["predictions"], {"rows": 0, "columns": []})
        self.assertEqual(sent(pd.DataFrame(index=range(3)))["predictions"], {"rows": 3, "columns": []})

    def test_an_index_is_sent_unless_it_counts_the_rows(self):
        frame = pd.DataFrame({"a": [1.0, 2.0]})
        for index in (None, [0, 1], pd.RangeIndex(2)):
            self.assertIsNone(sent(frame if index is None else frame.set_axis(index, axis=0))["index"])
        self.assertEqual(cells(sent(frame.set_axis([5, 4], axis=0))["index"], 2), ("int64", [5, 4]))
        self.assertEqual(cells(sent(frame.set_axis(["x", "y"], axis=0))["index"], 2), ("utf8", ["x", "y"]))
        self.assertEqual(cells(sent(frame.iloc[::-1])["index"], 2), ("int64", [1, 0]))
        pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
        self.assertEqual(cells(sent(frame.set_axis(pairs, axis=0))["index"], 2), ("utf8", ["a, 1", "b, 2"]))

    def test_only_data_frames_are_results_of_hooks(self):
        frame = pd.DataFrame({"a": [1]})
        self.assertIs(to_wire.check_frame("score", frame), frame)
        for value, name in (
            (None, "None"),
            ([1], "a list"),
            (np.zeros(1), "a ndarray"),
            (frame["a"], "a Series"),
        ):
            with self.assertRaises(WorkerError) as caught:
                to_wire.check_frame("score", value)
            self.assertEqual(caught.exception.code, "HOOK_RESULT_INVALID")
            self.assertIn("score returned %s" % name, str(caught.exception))


class Arrays(unittest.TestCase):
    def test_one_dimension_is_one_column_and_labels_are_names(self):
        table = to_wire.array_to_wire(np.array([1.5, 2.5]), None)["predictions"]
        self.assertEqual(
            [(column["name"], cells(column, 2)[1]) for column in table["columns"]], [("0", [1.5, 2.5])]
        )
        table = to_wire.array_to_wire(np.array([[0.25, 0.75]], dtype="f4"), np.array([False, True]))[
            "predictions"
        ]
        found = [(column["name"], column["type"], cells(column, 1)[1]) for column in table["columns"]]
        self.assertEqual(found, [("False", "float32", [0.25]), ("True", "float32", [0.75])])

    def test_a_list_holds_columns(self):
        table = to_wire.array_to_wire([np.array([1.0, 2.0]), np.array([3.0, 4.0])], None)["predictions"]
        self.assertEqual([cells(column, 2)[1] for column in table["columns"]], [[1.0, 2.0], [3.0, 4.0]])

    def test_texts_and_ints_are_sent_as_such(self):
        self.assertEqual(
            to_wire.array_to_wire(np.array(["a", "b"]), None)["predictions"]["columns"][0]["type"], "utf8"
        )
        self.assertEqual(
            to_wire.array_to_wire(np.array([1, 2]), None)["predictions"]["columns"][0]["type"], "int64"
        )

    def test_more_dimensions_are_refused(self):
        with self.assertRaises(WorkerError) as caught:
            to_wire.array_to_wire(np.zeros((1, 1, 1)), None)
        self.assertEqual(caught.exception.code, "PREDICTOR_FAILED")


class Json(unittest.TestCase):
    def test_json_is_strict_json(self):
        for value in (
            math.nan,
            math.inf,
            {"a": -math.inf},
            {1: {2: None}},
            {"s": {1}},
            object,
            datetime.time(1),
        ):
            json.loads(to_wire.as_json(value), parse_constant=self.fail)
