"""The quick reader of plainly numeric CSV against pandas.read_csv: equal frames, or left to it."""

import io
import random
import tempfile
import unittest

import pandas
from drumline_worker import csv_rows, payloads
from drumline_worker.protocol import WorkerError
from pandas.testing import assert_frame_equal

SEED = 20261121
WORDS = [
    "",
    "NA",
    "nan",
    "true",
    "False",
    "x",
    "1e5",
    "1E-3",
    "+1",
    " 1",
    "1 ",
    "0x10",
    "inf",
    "-inf",
    ".5",
    "5.",
    "-",
    "1_000",
    '"3"',
    "1,5",
    "\u0663",
]
NAMES = ["a", "b", "c", "a", "x y", "", " d", "1", "0.5", "caf\u00e9", "NA", "Unnamed: 0"]


def random_number(chance):
    kind = chance.randrange(8)
    if kind == 0:
        return str(chance.randrange(-10, 10))
    if kind == 1:
        return str(chance.randrange(-(10 ** chance.randrange(1, 25)), 10 ** chance.randrange(1, 25)))
    if kind == 2:
        return repr(chance.uniform(-1000, 1000))
    if kind == 3:
        digits = chance.randrange(1, 17)
        text = str(chance.randrange(10**digits)).zfill(digits)
        at = chance.randrange(len(text) + 1)
        return chance.choice(["", "-"]) + text[:at] + "." + text[at:]
    if kind == 4:
        return chance.choice(
            [
                "007",
                "-0",
                "-0.0",
                "00.10",
                "0",
                "0.0",
                "000000000000001",
                "1234567890123456",
                "999999999999999",
                "0.000000000000001",
            ]
        )
    return "%.*f" % (chance.randrange(1, 8), chance.gauss(0, 100))


def random_csv(chance):
    """Mostly plain numbers, now and then something that only read_csv knows."""
    width = chance.choice([1, 1, 2, 3, 5])
    odd = chance.random() < 0.3
    names = [chance.choice(NAMES) if odd else "c%d" % at for at in range(width)]
    end = chance.choice(["\n", "\n", "\n", "\r\n", "\r" if odd else "\n"])
    lines = [",".join(names)]
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 8])):
        cells = [random_number(chance) for _ in range(width)]
        if odd and chance.random() < 0.4:
            cells[chance.randrange(width)] = chance.choice(WORDS)
        if odd and chance.random() < 0.05:
            cells += ["7"] * chance.choice([1, 2])
        lines.append(",".join(cells))
        if odd and chance.random() < 0.1:
            lines.append("")
    start = chance.choice(["\ufeff", "\n", ""]) if odd else ""
    return (start + end.join(lines) + chance.choice([end, end, "", end + end if odd else end])).encode()


class QuickRows(unittest.TestCase):
    def test_thousands_of_random_bodies_equal_what_read_csv_makes_of_them(self):
        chance = random.Random(SEED)
        quick = 0
        for round in range(8000):
            data = random_csv(chance)
            numbers = csv_rows.read_numbers(data)
            if numbers is None:
                continue
            quick += 1
            expected = pandas.read_csv(io.BytesIO(data))
            with self.subTest(round=round, data=data):
                assert_frame_equal(numbers.frame(), expected, check_exact=True, check_index_type="exact")
                self.check_array(numbers, expected)
        self.assertGreater(quick, 1500, "the quick way is hardly ever taken")

    def check_array(self, numbers, expected):
        """The array is what the frame gives, so that a model computes the same bits of both."""
        array = expected.to_numpy()
        self.assertEqual((numbers.names, numbers.array.dtype), (list(expected.columns), array.dtype))
        self.assertEqual(numbers.array.tobytes(), array.tobytes())
        self.assertEqual(numbers.array.flags.f_contiguous, array.flags.f_contiguous)

    def test_plain_rows_take_the_quick_way(self):
        for data in (
            b"a\n1\n",
            b"a,b\n1,2.5",
            b"a,b\r\n-1,0.5\r\n2,1.25\r\n",
            b"x,x\n1,2\n",
            b"a\n" + b"1.5\n" * 500,
        ):
            with self.subTest(data[:20]):
                self.assertIsNotNone(csv_rows.read_numbers(data))

    def test_all_other_bodies_are_left_to_read_csv(self):
        bodies = [
            b"",
            b"\n",
            b"a",
            b"a\n",
            b"a,b\n1\n",
            b"a\n1,2\n",
            b"a\nx\n",
            b"a\n\n1\n",
            b'a\n"1"\n',
            b"a,b\n1,\n",
            b"a\n 1\n",
            b"a\n1e5\n",
        ]
        bodies += [
            b"a\n9223372036854775808\n",
            b'"a,b"\n1\n',
            b"\xef\xbb\xbfa\n1\n",
            b"a\n1\n\n",
            b"a\n" + b"1\n" * 20000,
            b"\xff\n1\n",
        ]
        for data in bodies:
            with self.subTest(data[:20]):
                self.assertIsNone(csv_rows.read_numbers(data))

    def test_one_frame_cannot_be_changed_through_another(self):
        first = csv_rows.read_numbers(b"p,q\n1,2.5\n").frame()
        first.loc[0, "q"] = 99.0
        first.columns.name = "mine"
        first["r"] = 1
        second = csv_rows.read_numbers(b"p,q\n1,2.5\n").frame()
        assert_frame_equal(second, pandas.read_csv(io.BytesIO(b"p,q\n1,2.5\n")))

    def test_the_memory_of_header_lines_is_bounded(self):
        for at in range(3 * csv_rows.MOST_HEADERS):
            self.assertIsNotNone(csv_rows.read_numbers(b"h%d\n1\n" % at))
        self.assertLessEqual(len(csv_rows.headers), csv_rows.MOST_HEADERS)


class Reading(unittest.TestCase):
    def read(self, data, **fields):
        return payloads.read(
            {"kind": "bytes", "data": data, "mimetype": "text/csv", "charset": None, **fields}
        )

    def code_of(self, data, **fields):
        with self.assertRaises(WorkerError) as caught:
            self.read(data, **fields)
        self.assertNotEqual(str(caught.exception), "")
        return caught.exception.code

    def test_read_csv_reads_what_is_not_plain(self):
        for data in (
            b"a,b\nx,1\n,2\n",
            b"\xef\xbb\xbfa,b\n1,2\n",
            'a,b\n"q\r\nr",\u00e9\n'.encode(),
            b"a,b\n\n1,2\n\n3,4\n",
            b"a,b\n1\n",
            b"a,b\n",
        ):
            with self.subTest(data):
                assert_frame_equal(self.read(data), pandas.read_csv(io.BytesIO(data)))

    def test_in_a_single_column_a_blank_line_is_a_missing_value(self):
        assert_frame_equal(self.read(b"a\n1\n\n2\n"), pandas.DataFrame({"a": [1.0, None, 2.0]}))
        assert_frame_equal(self.read(b"\n\r\na\nx\n\ny"), pandas.DataFrame({"a": ["x", None, "y"]}))
        assert_frame_equal(self.read(b"\xef\xbb\xbfa\n1\n\n"), pandas.DataFrame({"a": [1.0, None]}))

    def test_nothing_or_only_line_ends_is_empty_input(self):
        for data in (b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"):
            with self.subTest(data):
                self.assertEqual(self.code_of(data), "INPUT_EMPTY")

    def test_broken_text_is_unreadable_input(self):
        for data in (b"a,b\n\xff,1\n", b"\xff\xfea\x00", b"a,b\n1,2\n1,2,3\n", b'a,b\n"1,2\n'):
            with self.subTest(data):
                self.assertEqual(self.code_of(data), "INPUT_UNREADABLE")

    def test_other_media_types_and_kinds_are_unsupported_input(self):
        self.assertEqual(self.code_of(b"{}", mimetype="application/json"), "INPUT_UNSUPPORTED")
        self.assertEqual(self.code_of(b"", kind="carrier pigeon"), "INPUT_UNSUPPORTED")

    def test_payloads_with_missing_or_wrong_fields_are_refused(self):
        for payload in (
            {},
            {"kind": 3},
            {"kind": "bytes"},
            {"kind": "bytes", "data": "a"},
            {"kind": "file"},
            {"kind": "table"},
        ):
            with self.subTest(payload):
                with self.assertRaises(WorkerError) as caught:
                    payloads.read(payload)
                self.assertEqual(caught.exception.code, "PARAMS_INVALID")

    def test_matrix_market_becomes_a_sparse_frame(self):
        text = b"%%MatrixMarket matrix coordinate real general\n2 3 2\n1 1 1.5\n2 3 -2\n"
        frame = self.read(text, mimetype="text/mtx")
        self.assertEqual(list(frame.columns), [0, 1, 2])
        self.assertEqual(frame.to_numpy().tolist(), [[1.5, 0.0, 0.0], [0.0, 0.0, -2.0]])
        self.assertTrue(all(isinstance(dtype, pandas.SparseDtype) for dtype in frame.dtypes))
        named = self.read(text, mimetype="text/mtx", column_names=["x", "y", "z"])
        self.assertEqual(list(named.columns), ["x", "y", "z"])
        self.assertEqual(self.code_of(text, mimetype="text/mtx", column_names=["x"]), "INPUT_UNREADABLE")
        self.assertEqual(self.code_of(b"no matrix", mimetype="text/mtx"), "INPUT_UNREADABLE")

    def test_a_file_reads_like_its_bytes_and_a_missing_one_is_named(self):
        for data in (b"a,b\n1,2.5\n", b"a\n1\n\n2\n", b"\n\na\nx\n"):
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                file.write(data)
                file.flush()
                read = payloads.read({"kind": "file", "path": file.name, "mimetype": None, "charset": None})
                assert_frame_equal(read, self.read(data))
        with self.assertRaises(WorkerError) as caught:
            payloads.read({"kind": "file", "path": "/nowhere/rows.csv"})
        self.assertEqual(caught.exception.code, "INPUT_UNREADABLE")
        self.assertIn("/nowhere/rows.csv", str(caught.exception))
