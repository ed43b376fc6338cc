"""The vectors through the msgpack package, which takes more than the subset, and tables.tsv through
pandas.
"""

import json
import unittest
import unittest.mock

import msgpack
import pandas
from drumline_worker import from_wire, protocol, to_wire, values

from ..vector_cases import VectorCases
from ..vectors import accepted, is_same, read_vectors, refused


class VectorsWithTheMsgpackPackage(VectorCases, unittest.TestCase):
    def setUp(self):
        self.assertIs(values.msgpack, msgpack)

    def test_ordinary_requests_are_read_by_the_package(self):
        message = [
            0,
            7,
            "predict",
            {"payload": {"kind": "bytes", "data": b"a\n1\n", "mimetype": None, "charset": "utf8"}},
        ]
        data = msgpack.packb(message)
        with unittest.mock.patch.object(values.msgpack_subset, "decode") as strict:
            self.assertEqual(values.decode(memoryview(data)), message)
            strict.assert_not_called()


class TablesOfTheVectors(unittest.TestCase):
    def test_tables_become_frames_with_their_values(self):
        vectors = accepted(read_vectors("tables"))
        self.assertGreater(len(vectors), 40)
        for vector in vectors:
            with self.subTest(vector.name):
                frame = from_wire.table_to_frame(values.decode(memoryview(vector.data)))
                self.assertEqual(len(frame), vector.value["rows"])
                self.assertEqual(list(frame.columns), [column["name"] for column in vector.value["columns"]])
                for at, column in enumerate(vector.value["columns"]):
                    self.check_cells(frame.iloc[:, at], column)

    def test_frames_become_the_canonical_tables_again(self):
        for vector in accepted(read_vectors("tables")):
            if loses_something(vector):
                continue
            with self.subTest(vector.name):
                frame = from_wire.table_to_frame(values.decode(memoryview(vector.data)))
                table = to_wire.frame_to_wire(frame)["predictions"]
                self.assertTrue(values.encode(table) in vector.canonical)

    def test_tables_that_do_not_fit_are_refused_with_params_invalid(self):
        vectors = refused(read_vectors("tables"))
        self.assertGreater(len(vectors), 50)
        for vector in vectors:
            with self.subTest(vector.name):
                with self.assertRaises(protocol.WorkerError) as caught:
                    from_wire.table_to_frame(values.decode(memoryview(vector.data)))
                self.assertEqual(caught.exception.code, vector.verdict)

    def check_cells(self, series, column):
        self.assertEqual(len(series), len(column["values"]))
        for cell, expected in zip(series, column["values"]):
            if expected is None:
                self.assertTrue(pandas.isna(cell), cell)
            else:
                self.assertTrue(
                    is_same(content_of(cell, column["type"]), expected_of(expected, column)), (cell, expected)
                )


def content_of(cell, kind):
    if kind in ("float64", "float32", "int64"):
        return float(cell)
    if kind == "date":
        return cell.isoformat()
    if kind == "timestamp":
        naive = cell.tz_convert("UTC").tz_localize(None) if cell.tzinfo else cell
        # strftime leaves out the zeros of early years.
        return "%04d-%02d-%02dT%02d:%02d:%02d.%06d" % (*naive.timetuple()[:6], naive.microsecond)
    return bool(cell) if kind == "bool" else cell


def expected_of(value, column):
    if column["type"] == "int64":
        return float(value) if None in column["values"] else float(int(value))
    if column["type"] == "json":
        return json.loads(value)
    return value


def loses_something(vector):
    """A frame has no missing ints or bools, no type for a date without rows, and JSON is written anew."""
    columns = vector.value["columns"]
    kinds = {column["type"] for column in columns}
    unknown = vector.value["rows"] == 0 and kinds & {"date", "json"}
    return "json" in kinds or unknown or any(None in column["values"] for column in columns)
