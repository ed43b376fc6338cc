"""vectors/values.tsv through the strict reader and writer in plain Python."""

import unittest

from drumline_worker import msgpack_subset

from ..vectors import accepted, is_same, read_vectors, refused


class Values(unittest.TestCase):
    cases = read_vectors("values")

    def test_every_value_of_the_subset_is_read_and_written_in_a_canonical_form(self):
        for case in accepted(self.cases):
            with self.subTest(case.name):
                value = msgpack_subset.decode(case.data)
                self.assertTrue(is_same(value, case.value))
                self.assertIn(msgpack_subset.encode(value), case.canonical)

    def test_every_canonical_form_reads_as_the_same_value(self):
        for case in accepted(self.cases):
            with self.subTest(case.name):
                for form in case.canonical:
                    self.assertTrue(is_same(msgpack_subset.decode(form), case.value))

    def test_a_value_is_read_from_a_view_within_a_larger_buffer(self):
        for case in accepted(self.cases):
            with self.subTest(case.name):
                view = memoryview(bytearray(b"\xff\xff\xff" + case.data + b"\xc0"))[3:-1]
                self.assertTrue(is_same(msgpack_subset.decode(view), case.value))

    def test_every_other_value_is_refused_with_its_code(self):
        for case in refused(self.cases):
            with self.subTest(case.name):
                with self.assertRaises(msgpack_subset.ValueFault) as caught:
                    msgpack_subset.decode(case.data)
                self.assertEqual(caught.exception.code, case.verdict)

    def test_a_bin_is_a_copy_that_outlives_the_buffer(self):
        buffer = bytearray(b"\xc4\x02ab")
        value = msgpack_subset.decode(memoryview(buffer))
        buffer[2:] = b"xy"
        self.assertEqual(value, b"ab")


class Writing(unittest.TestCase):
    def test_tuples_and_views_are_written_as_arrays_and_bins(self):
        self.assertEqual(
            msgpack_subset.encode((1, memoryview(b"ab"), bytearray(b"c"))), b"\x93\x01\xc4\x02ab\xc4\x01c"
        )

    def test_a_view_of_wide_elements_is_written_by_its_bytes(self):
        self.assertEqual(msgpack_subset.encode(memoryview(b"abcdefgh").cast("d")), b"\xc4\x08abcdefgh")

    def test_what_the_subset_has_no_form_for_is_refused(self):
        deep = []
        for _ in range(64):
            deep = [deep]
        refusals = [
            (2**53 + 1, "VALUE_RANGE"),
            (-(2**53) - 1, "VALUE_RANGE"),
            ({1: 2}, "VALUE_TYPE"),
            (object(), "VALUE_TYPE"),
            (1j, "VALUE_TYPE"),
            ("\ud800", "VALUE_UTF8"),
            ({"\ud800": 1}, "VALUE_UTF8"),
            (deep, "VALUE_DEPTH"),
        ]
        for value, code in refusals:
            with self.subTest(code):
                with self.assertRaises(msgpack_subset.ValueFault) as caught:
                    msgpack_subset.encode(value)
                self.assertEqual(caught.exception.code, code)
