"""What users may rely on in a CSV, rule by rule, with the expected cells written out; and that both
readers keep to it.
"""

import io
import math
import random
import unittest

import numpy as np
import pandas as pd
from drumline_worker import csv_rows, payloads
from drumline_worker.protocol import WorkerError
from pandas.testing import assert_frame_equal

SEED = 20261122
MISSING_WORDS = [
    "",
    "#N/A N/A",
    *"#N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null".split(),
]


def read(data):
    return payloads.read({"kind": "bytes", "data": data, "mimetype": "text/csv", "charset": "utf8"})


def cells(data):
    """Rows as lists, with None for what is missing."""
    return [
        [None if pd.isna(cell) else cell for cell in row]
        for row in read(data).astype(object).to_numpy().tolist()
    ]


class Rules(unittest.TestCase):
    def refusal(self, data):
        with self.assertRaises(WorkerError) as caught:
            read(data)
        return caught.exception

    def test_a_byte_order_mark_is_dropped(self):
        for rest in (b"a,b\n1,2\n", b'"a",b\n1,2\n'):
            self.assertEqual(list(read(b"\xef\xbb\xbf" + rest).columns), ["a", "b"])

    def test_quotes_hold_commas_quotes_and_line_ends_as_they_are(self):
        data = b'a,b\r\n"1,5","say ""x"""\r\n"two\r\nlines","one\nmore"\r\n'
        self.assertEqual(cells(data), [["1,5", 'say "x"'], ["two\r\nlines", "one\nmore"]])

    def test_every_word_for_missing_is_missing(self):
        for word in MISSING_WORDS:
            with self.subTest(word):
                self.assertEqual(cells(b"a,b\n%s,x\n" % word.encode()), [[None, "x"]])
                frame = read(b"a,b\n%s,1\n2.5,1\n" % word.encode())
                self.assertEqual(frame["a"].dtype, np.float64)
                self.assertTrue(math.isnan(frame["a"][0]))

    def test_other_words_are_not_missing(self):
        for word in ("na", "NONE", "missing", "-", "?", "nul", " NA"):
            self.assertEqual(cells(b"a,b\n%s,1\n" % word.encode()), [[word, 1]])

    def test_blank_lines_are_skipped_between_several_columns(self):
        self.assertEqual(cells(b"a,b\n1,2\n\n\r\n3,4\n\n"), [[1, 2], [3, 4]])

    def test_blank_lines_of_a_single_column_are_missing_values(self):
        self.assertEqual(cells(b"a\n1\n\n3\n"), [[1], [None], [3]])
        self.assertEqual(cells(b"a\r\nx\r\n\r\n\r\n"), [["x"], [None], [None]])
        self.assertEqual(cells(b"a\n\n"), [[None]])

    def test_the_last_line_end_is_optional(self):
        for data in (b"a\n1", b"a\n1\n", b"a\r\n1", b"a\r\n1\r\n"):
            self.assertEqual(cells(data), [[1]])

    def test_names_that_come_twice_get_numbers(self):
        self.assertEqual(list(read(b"a,a,b,a\n1,2,3,4\n").columns), ["a", "a.1", "b", "a.2"])

    def test_columns_without_a_name_get_one(self):
        self.assertEqual(list(read(b"a,,b,\n1,2,3,4\n").columns), ["a", "Unnamed: 1", "b", "Unnamed: 3"])

    def test_names_are_not_trimmed_and_stay_strings(self):
        self.assertEqual(list(read(b" a ,1,2.0,NA\n1,2,3,4\n").columns), [" a ", "1", "2.0", "NA"])

    def test_short_rows_are_filled_with_missing_values(self):
        self.assertEqual(cells(b"a,b,c\n1,2,3\n4\n5,6\n"), [[1, 2, 3], [4, None, None], [5, 6, None]])

    def test_long_rows_are_refused_with_the_line(self):
        error = self.refusal(b"a,b\n1,2\n3,4,5\n")
        self.assertEqual(error.code, "INPUT_UNREADABLE")
        self.assertIn("line 3", error.message)

    def test_an_empty_cell_beyond_the_header_is_nothing(self):
        plain = [[1, 4, 7], [2, 5, 8]]
        for data in (
            b"a,b,c\n1,4,7,\n2,5,8,\n",
            b"a,b,c\r\n1,4,7,\r\n2,5,8,\r\n",
            b"a,b,c\n1,4,7,\n2,5,8\n",
            b"a,b,c\n1,4,7\n2,5,8,\n",
            b'\xef\xbb\xbfa,b,c\n"1",4,7,\n\n2,5,8,""\n',
        ):
            with self.subTest(data):
                self.assertEqual(cells(data), plain)
                self.assertEqual(list(read(data).columns), ["a", "b", "c"])
        self.assertEqual(cells(b"a\n1,\n,\n3\n"), [[1], [None], [3]])
        for head in (b"a,b\n", b'"a",b\n', b"\na,b\r\n"):
            self.assertEqual(cells(head + b"0,7,\n1,8,\n"), [[0, 7], [1, 8]])
            self.assertEqual(cells(head + b"0,7\n1,8\n"), [[0, 7], [1, 8]])
        self.assertEqual(cells(b'a,b\n"x,\ny","q ""r""",\n'), [["x,\ny", 'q "r"']])
        long = "x" * 200000
        self.assertEqual(cells(("a,b\n%s,1,\n" % long).encode()), [[long, 1]])

    def test_a_filled_cell_beyond_the_header_is_refused_with_its_line(self):
        for data, line in (
            (b"a,b,c\n1,4,7,\n2,5,8,9\n", 3),
            (b"a,b,c\nfirst,1,4,7\nsecond,2,5,8\n", 2),
            (b"a,b\n1,2,,\n", 2),
            (b'a,b\n"1\n2",2,\n1,2,3\n', 4),
        ):
            with self.subTest(data):
                error = self.refusal(data)
                self.assertEqual(error.code, "INPUT_UNREADABLE")
                self.assertIn("line %d of the CSV has" % line, error.message)

    def test_an_index_column_whose_name_is_empty_is_a_column(self):
        frame = read(b",a,b\n0,1,4\n1,2,5\n")
        self.assertEqual(list(frame.columns), ["Unnamed: 0", "a", "b"])
        self.assertEqual(frame["b"].tolist(), [4, 5])

    def test_ints_beyond_64_bits_keep_their_digits(self):
        self.assertEqual(
            [str(row[0]) for row in cells(b"a,b\n99999999999999999999,1\n")], ["99999999999999999999"]
        )
        self.assertEqual(read(b"a,b\n9223372036854775807,1\n")["a"][0], 2**63 - 1)
        self.assertEqual(read(b"a,b\n18446744073709551615,1\n")["a"][0], 2**64 - 1)

    def test_ints_floats_bools_and_texts_are_told_apart_by_column(self):
        frame = read(b"i,f,b,t,m\n1,0.5,true,x,1\n-2,1e3,False,y,z\n")
        self.assertEqual([dtype.kind for dtype in frame.dtypes], ["i", "f", "b", "O", "O"])
        self.assertEqual(frame.iloc[1].tolist()[:3], [-2, 1000.0, False])

    def test_characters_of_all_scripts_are_read(self):
        frame = read("n\u00e4me,\u540d\u524d\n\u00e9,\U0001f941\n".encode())
        self.assertEqual(list(frame.columns), ["n\u00e4me", "\u540d\u524d"])
        self.assertEqual(frame.iloc[0].tolist(), ["\u00e9", "\U0001f941"])

    def test_what_is_not_utf_8_is_refused_with_the_place(self):
        for data in ("a,b\nStra\u00dfe,1\n".encode("latin-1"), "a,b\n1,2\n".encode("utf-16")):
            error = self.refusal(data)
            self.assertEqual(error.code, "INPUT_UNREADABLE")
            self.assertIn("UTF-8", error.message)
        rows = ["city,n", *("town,%d" % at for at in range(20)), "Malm\u00f6,20", "\u00d6rebro,21"]
        for head, place in (
            ("\n", "in the column city of row 20"),
            ("\r\n", "in the column city of row 20"),
        ):
            data = head.join(rows).encode("latin-1")
            words = "byte %d (counted from 0) is 0xf6, %s" % (data.index(b"\xf6"), place)
            self.assertIn(words, self.refusal(data).message)
        data = b"a,b\n1," + b"x" * 300000 + b"\n2,\xe9\n"
        self.assertIn(
            "byte %d (counted from 0) is 0xe9, in" % data.index(b"\xe9"), self.refusal(data).message
        )
        self.assertIn("in the column b of row 1", self.refusal(data).message)
        self.assertEqual(
            self.refusal(b"n\xe9,b\n1,2\n").message,
            "the CSV is not UTF-8: byte 1 (counted from 0) is 0xe9, in the header; "
            "encode it as UTF-8; a request may name its charset instead",
        )

    def test_an_open_quote_is_refused(self):
        self.assertEqual(self.refusal(b'a,b\n"1,2\n').code, "INPUT_UNREADABLE")

    def test_nothing_and_only_line_ends_are_empty_input(self):
        for data in (b"", b"\n", b"\r\n", b"\n\n\n", b"\xef\xbb\xbf"):
            self.assertEqual(self.refusal(data).code, "INPUT_EMPTY")

    def test_a_header_alone_has_columns_and_no_rows(self):
        for data in (b"a,b", b"a,b\n", b"a,b\r\n\r\n"):
            frame = read(data)
            self.assertEqual((list(frame.columns), len(frame)), (["a", "b"], 0))
        self.assertEqual(len(read(b"a\n")), 0)

    def test_media_types_of_csv_are_all_read_alike(self):
        for mimetype in ("text/csv", "text/plain", None, ""):
            frame = payloads.read({"kind": "bytes", "data": b"a\n1\n", "mimetype": mimetype, "charset": None})
            self.assertEqual(frame.to_dict("list"), {"a": [1]})


class NearMisses(unittest.TestCase):
    """Bodies one small change away from plain ones: the quick reader leaves them alone, or makes the frame
    that read_csv makes.
    """

    alphabet = b"0123456789.,-+\n\r\"' \teENAx;#\\\x00\xef\xbb\xbf_"

    def changed(self, chance):
        width = chance.randrange(1, 4)
        lines = [",".join(chance.choice(["a", "b", "c d", "1", "2.5", ""]) for _ in range(width))]
        for _ in range(chance.randrange(1, 4)):
            lines.append(",".join(self.number(chance) for _ in range(width)))
        data = bytearray(chance.choice(["\n", "\r\n"]).join(lines + [""] * chance.randrange(2)).encode())
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(2)] = bytes([chance.choice(self.alphabet)]) * chance.randrange(2)
            if not data:
                break
        return bytes(data)

    def number(self, chance):
        digits = "".join(
            chance.choice("0123456789") for _ in range(chance.choice([1, 2, 3, 8, 14, 15, 16, 17, 20]))
        )
        at = chance.randrange(len(digits))
        return chance.choice(["", "", "", "-"]) + chance.choice(
            [digits, digits[: at + 1] + "." + digits[at:]]
        )

    def test_thousands_of_them_never_become_another_frame(self):
        chance = random.Random(SEED)
        quick = 0
        for _ in range(12000):
            data = self.changed(chance)
            numbers = csv_rows.read_numbers(data)
            if numbers is None:
                continue
            frame = numbers.frame()
            quick += 1
            expected = pd.read_csv(io.BytesIO(data))
            if len(expected.columns) == 1:
                expected = pd.read_csv(io.BytesIO(data), skip_blank_lines=False)
            try:
                assert_frame_equal(
                    frame, expected, check_exact=True, check_index_type="exact", check_column_type="exact"
                )
            except AssertionError as difference:
                self.fail("%r: %s" % (data, difference))
        self.assertGreater(quick, 1000, "the quick way is hardly ever taken")
