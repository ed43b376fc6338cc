"""Unstructured models, which need no pandas: what the hook gets, and what it may return."""

import unittest

from ..process import WorkerProcess
from ..user_code import UserCode

LOAD_MODEL = "def load_model(code_dir): return 'model'\n"
REQUEST = {"data": "text", "mimetype": "text/plain", "charset": "utf8", "query": {}, "headers": {}}


class Unstructured(unittest.TestCase):
    def load(self, custom, **fields):
        code = UserCode()
        self.addCleanup(code.__exit__)
        worker = WorkerProcess()
        self.addCleanup(worker.__exit__)
        params = {
            "code_directory": code.folder,
            "hook_file": code.write("custom.py", custom),
            "artifacts": [],
            "target_type": "unstructured",
            **fields,
        }
        return worker, worker.call("load", params)

    def asked(self, hook, **request):
        """The answer of a hook of these lines to the request."""
        worker, (error, _) = self.load(LOAD_MODEL + hook)
        self.assertIsNone(error)
        return worker.call("score_unstructured", {**REQUEST, **request}, 2)

    def returned(self, expression, **request):
        error, result = self.asked(
            "def score_unstructured(model, data, **kwargs): return %s\n" % expression, **request
        )
        self.assertIsNone(error)
        return result

    def test_load_looks_at_its_three_hooks_alone_and_chooses_no_predictor(self):
        custom = (
            LOAD_MODEL
            + "def score_unstructured(model, data): return data\ndef transform(data, model): return data\n"
        )
        _, (error, result) = self.load(custom)
        self.assertIsNone(error)
        self.assertEqual(
            (result["hooks"], result["predictor"], result["payload_formats"]),
            (["load_model", "score_unstructured"], None, {}),
        )

    def test_load_without_a_model_is_refused_and_without_the_hook_it_is_not(self):
        self.assertEqual(
            self.load("def score_unstructured(model, data): return data\n")[1][0]["code"], "ARTIFACT_MISSING"
        )
        worker, (error, result) = self.load(LOAD_MODEL)
        self.assertEqual((error, result["hooks"]), (None, ["load_model"]))
        self.assertEqual(worker.call("score_unstructured", REQUEST, 2)[0]["code"], "METHOD_UNKNOWN")

    def test_pandas_is_not_asked_for(self):
        self.assertIs(
            self.returned("'pandas' in __import__('sys').modules and 'yes' or 'no'")["data"] == "no", True
        )

    def test_text_and_bytes_arrive_as_such(self):
        self.assertEqual(self.returned("type(data).__name__")["data"], "str")
        self.assertEqual(self.returned("type(data).__name__", data=b"\xff")["data"], "bytes")

    def test_a_report_larger_than_a_frame_fails_the_hook_and_the_worker_goes_on(self):
        hook = (
            "def score_unstructured(model, data, "
            "mlops): mlops.report_predictions_data(predictions=['x' * int(data)])\n"
        )
        worker, (error, _) = self.load(LOAD_MODEL + hook, reports=True)
        self.assertIsNone(error)
        error, _ = worker.call("score_unstructured", {**REQUEST, "data": str(2 << 20)}, 2)
        self.assertEqual(error["code"], "HOOK_FAILED")
        self.assertRegex(
            error["message"], "a report has 2097[0-9]{3} bytes, a frame may have 1048576; give smaller ones"
        )
        self.assertIsNone(worker.call("score_unstructured", {**REQUEST, "data": "3"}, 3)[0])

    def test_every_argument_is_given(self):
        self.assertEqual(self.returned("' '.join(sorted(kwargs))")["data"], "charset headers mimetype query")
        hook = "def score_unstructured(model, data, mimetype, charset, query, headers):"
        error, result = self.asked(hook + " return charset + str(headers)\n", data=b"x")
        self.assertEqual((error, result["data"]), (None, "utf8{}"))

    def test_a_parameter_that_the_query_lacks_is_the_callers_fault(self):
        hook = "def score_unstructured(model, data, query): return query['absent']\n"
        error, _ = self.asked(hook, query={"a": ["1"]})
        self.assertEqual(
            (error["code"], error["http_status"], error["message"]),
            ("HOOK_FAILED", 400, "the query has no parameter absent; add it to the URL"),
        )
        for expression in ("query.get('absent', 'own')", "'own' if 'absent' not in query else 0"):
            error, result = self.asked("def score_unstructured(model, data, query): return %s\n" % expression)
            self.assertEqual((error, result["data"]), (None, "own"))
        hook = (
            "def score_unstructured(model, data, query):\n"
            "    try: return query['a']\n"
            "    except KeyError: return 'own'\n"
        )
        error, result = self.asked(hook)
        self.assertEqual((error, result["data"]), (None, "own"))

    def test_another_key_error_is_the_hooks_fault(self):
        error, _ = self.asked("def score_unstructured(model, data, query): return {}['absent']\n")
        self.assertEqual((error["code"], error.get("http_status")), ("HOOK_FAILED", None))

    def test_a_hook_gets_what_it_names(self):
        error, result = self.asked(
            "def score_unstructured(model, data, query): return model + query['a']\n", query={"a": ["1", "2"]}
        )
        self.assertEqual((error, result["data"]), (None, "model1"))
        error, result = self.asked("def score_unstructured(model, data): return data\n")
        self.assertEqual((error, result["data"]), (None, "text"))

    def test_every_value_of_the_query_can_be_had(self):
        self.assertEqual(
            self.returned(
                "','.join(kwargs['query'].getlist('a') + kwargs['query'].getlist('b'))",
                query={"a": ["1", "2"]},
            )["data"],
            "1,2",
        )

    def test_headers_are_found_in_any_case_of_letters(self):
        headers = "kwargs['headers']"
        expression = f"{headers}['X-Own'] + {headers}.get('x-OWN') + str('X-Other' in {headers})"
        self.assertEqual(self.returned(expression, headers={"x-own": "1"})["data"], "11False")

    def test_each_form_of_result(self):
        for expression, data, mimetype, charset in (
            ("'a'", "a", None, None),
            ("b'a'", b"a", None, None),
            ("bytearray(b'a')", b"a", None, None),
            ("None", None, None, None),
            ("('a', None)", "a", None, None),
            ("('a', {})", "a", None, None),
            ("('a', {'mimetype': 'text/html', 'charset': 'latin1', 'more': 1})", "a", "text/html", "latin1"),
            ("(None, {'mimetype': 'text/html'})", None, "text/html", None),
        ):
            with self.subTest(expression):
                self.assertEqual(
                    self.returned(expression), {"data": data, "mimetype": mimetype, "charset": charset}
                )

    def test_each_wrong_result_is_told_with_what_is_expected(self):
        for expression, words in (
            ("42", "returned int"),
            ("['a']", "returned list"),
            ("('a', 'b', 'c')", "a tuple of str, str, str"),
            ("('a', 'b')", "returned str beside its data"),
            ("('a', {'charset': 1})", "returned int as charset"),
        ):
            with self.subTest(expression):
                error, _ = self.asked("def score_unstructured(model, data): return %s\n" % expression)
                self.assertEqual(error["code"], "HOOK_RESULT_INVALID")
                self.assertIn(words, error["message"])
                self.assertIn("return text or bytes", error["message"])

    def test_data_of_another_type_is_refused(self):
        self.assertEqual(
            self.asked("def score_unstructured(model, data): return data\n", data=1)[0]["code"],
            "PARAMS_INVALID",
        )

    def test_an_error_in_the_hook_has_its_trace(self):
        error, _ = self.asked("def score_unstructured(model, data): raise ValueError('no luck')\n")
        self.assertEqual(error["code"], "HOOK_FAILED")
        self.assertIn("custom.py", error["traceback"])
