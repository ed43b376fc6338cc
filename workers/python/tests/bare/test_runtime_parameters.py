"""What user code imports from datarobot_drum where that is not installed."""

import json
import os
import unittest
from unittest.mock import patch

from datarobot_drum import CustomHTTPError, RuntimeParameters


def variables(**parameters):
    texts = {"MLOPS_RUNTIME_PARAM_" + name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    return patch.dict(os.environ, texts)


class RuntimeParametersOfAModel(unittest.TestCase):
    def test_a_value_comes_as_its_type_says(self):
        credential = {"credentialType": "basic", "username": "u", "password": "p"}
        cases = [
            ("string", "text", "text"),
            ("string", "5", "5"),
            ("boolean", True, True),
            ("boolean", False, False),
            ("numeric", 5, 5),
            ("numeric", -0.25, -0.25),
            ("credential", credential, credential),
            ("deployment", "65f0", "65f0"),
            ("string", None, None),
            ("numeric", None, None),
        ]
        for kind, payload, expected in cases:
            with self.subTest(kind=kind, payload=payload), variables(KEY={"type": kind, "payload": payload}):
                self.assertTrue(RuntimeParameters.has("KEY"))
                value = RuntimeParameters.get("KEY")
                self.assertEqual(value, expected)
                self.assertIs(type(value), type(expected))

    def test_what_is_not_set_is_told_by_name(self):
        self.assertFalse(RuntimeParameters.has("NOT_SET_HERE"))
        with self.assertRaisesRegex(ValueError, "NOT_SET_HERE"):
            RuntimeParameters.get("NOT_SET_HERE")

    def test_what_is_not_of_the_form_is_refused_by_name(self):
        broken = ["", "text", "[]", "5", "null", "{}", {"type": "string"}, {"payload": "x"}, {"type": "string", "payload": "x", "more": 1}]
        for text in broken:
            with self.subTest(text), variables(KEY=text):
                with self.assertRaisesRegex(ValueError, "KEY"):
                    RuntimeParameters.get("KEY")

    def test_a_payload_that_is_not_what_its_type_says_is_refused(self):
        wrong = [
            ("string", 5),
            ("string", ""),
            ("boolean", "true"),
            ("boolean", 1),
            ("numeric", "5"),
            ("numeric", True),
            ("credential", {"username": "u"}),
            ("credential", "secret"),
            ("deployment", 5),
            ("colour", "red"),
            (["string"], "x"),
        ]
        for kind, payload in wrong:
            with self.subTest(kind=kind, payload=payload), variables(KEY={"type": kind, "payload": payload}):
                with self.assertRaisesRegex(ValueError, "KEY"):
                    RuntimeParameters.get("KEY")


class CustomHttpErrors(unittest.TestCase):
    def test_it_has_its_words_and_status(self):
        error = CustomHTTPError("no such customer", 404)
        self.assertEqual((str(error), error.status_code), ("no such customer", 404))

    def test_the_arguments_may_be_named(self):
        error = CustomHTTPError(message="teapot", status_code=418)
        self.assertEqual((str(error), error.status_code), ("teapot", 418))
