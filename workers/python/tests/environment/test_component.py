"""Wrapper classes: what is refused at load, and answers that e2e/wrappers.test.ts does not reach."""

import itertools
import json
import unittest

from drumline_worker.component import Component
from drumline_worker.protocol import WorkerError

from ..user_code import UserCode

NUMBERS = itertools.count()


class Case(unittest.TestCase):
    def setUp(self):
        self.code = UserCode()
        self.addCleanup(self.code.__exit__)

    def component(self, text, parameters=None, name=None, **fields):
        """The class `Model` of a module that no other test has imported."""
        module = "wrapped%d" % next(NUMBERS)
        self.code.write(module + ".py", text)
        component = {"name": name or module + ".Model", "parameters": parameters or {}, **fields}
        told = []
        self.progress = told
        made = Component({"code_directory": self.code.folder, "component": component}, told.append)
        made.load(told.append)
        return made

    def asked(self, component, method, message):
        """(status, answer) of a message."""
        text = message if isinstance(message, (str, type(None))) else json.dumps(message)
        result = component.call({"method": method, "message": text})
        self.result = result
        return result["status"], json.loads(result["message"])


class Loading(Case):
    def test_parameters_are_arguments_of_the_constructor(self):
        component = self.component(
            """
            class Model:
                def __init__(self, scale, name="x"):
                    self.told = [scale, name]

                def predict(self, X, names):
                    return {"told": self.told}
            """,
            {"scale": 2.5},
        )
        answer = self.asked(component, "predict", {"strData": ""})[1]
        self.assertEqual(answer["jsonData"], {"told": [2.5, "x"]})
        self.assertEqual(component.names(), ["predict"])

    def test_methods_for_whole_messages_are_named_if_they_are_the_classs_own(self):
        component = self.component(
            """
            from seldon_core.user_model import SeldonComponent

            class Model(SeldonComponent):
                def predict_raw(self, message):
                    return message

                def route_grpc(self, message):
                    return message

                def send_feedback_rest(self, feedback):
                    return {}

                def custom_service(self):
                    pass
            """
        )
        beside = [name for name in component.names() if name.endswith("_raw") or name == "custom_service"]
        self.assertEqual(beside, ["predict_raw", "route_raw", "send_feedback_raw", "custom_service"])

    def test_what_cannot_be_made_is_refused_with_its_reason(self):
        for text, name, code, words in (
            ("class Other: pass", None, "HOOK_FILE_BROKEN", "has no class Model"),
            ("Model = 3", None, "HOOK_FILE_BROKEN", "has no class Model"),
            ("class Model: pass", "nowhere.Model", "HOOK_FILE_BROKEN", "no module nowhere"),
            ("import not_installed", None, "PACKAGE_MISSING", "not_installed"),
            ("1 / 0", None, "HOOK_FAILED", "ZeroDivisionError"),
            ("class Model:\n    def __init__(self, a): pass", None, "HOOK_FAILED", "a"),
            ("class Model:\n    def load(self): raise ValueError('no disk')", None, "HOOK_FAILED", "no disk"),
        ):
            with self.subTest(text), self.assertRaises(WorkerError) as raised:
                self.component(text, name=name)
            self.assertEqual(raised.exception.code, code)
            self.assertIn(words, raised.exception.message)

    def test_load_may_lack_something_as_in_the_original(self):
        for error in ("AttributeError", "NotImplementedError"):
            component = self.component("class Model:\n    def load(self): raise %s('x')" % error)
            self.assertEqual(self.asked(component, "health_status", None)[1]["strData"], "healthy")

    def test_metadata_comes_from_either_method_if_it_is_a_map(self):
        for body, expected in (
            ("def init_metadata(self): return {'name': 'a'}", {"name": "a"}),
            ("def metadata(self): return {'name': 'b'}", {"name": "b"}),
            ("def init_metadata(self): return ['a']", None),
            ("pass", None),
        ):
            with self.subTest(body):
                component = self.component("class Model:\n    " + body)
                self.assertEqual(component.metadata(), expected)


class Answers(Case):
    def test_metrics_must_be_a_list_of_metrics(self):
        for returned in ("({'type': 'COUNTER', 'key': 'k', 'value': 1},)", "[{'key': 'k'}]", "[1]", "{}"):
            component = self.component(
                "class Model:\n    def predict(self, X, names): return X\n    def metrics(self): return %s"
                % returned
            )
            status, answer = self.asked(component, "predict", {"strData": "x"})
            self.assertEqual((status, answer["status"]["reason"]), (500, "MICROSERVICE_BAD_METRIC"))

    def test_metrics_are_recorded_even_if_the_result_cannot_be_sent(self):
        component = self.component(
            """
            class Model:
                def predict(self, X, names):
                    return 3

                def metrics(self):
                    return [{"type": "GAUGE", "key": "k", "value": 1, "tags": {"a": 1}}]
            """
        )
        self.assertEqual(self.asked(component, "predict", {"strData": "x"})[0], 400)
        expected = {"type": "GAUGE", "key": "k", "value": 1.0, "tags": {"a": "1", "method": "predict"}}
        self.assertEqual(self.result["metrics"], [expected])

    def test_metrics_stay_out_of_answers_where_that_is_asked(self):
        component = self.component(
            """
            class Model:
                def predict(self, X, names):
                    return X

                def metrics(self):
                    return [{"type": "COUNTER", "key": "own", "value": 1}]
            """,
            tells_metrics=False,
        )
        request = {"meta": {"metrics": [{"type": "COUNTER", "key": "came", "value": 1}]}, "strData": "x"}
        answer = self.asked(component, "predict", request)[1]
        self.assertEqual([metric["key"] for metric in answer["meta"]["metrics"]], ["came"])
        self.assertEqual([metric["key"] for metric in self.result["metrics"]], ["own"])

    def test_the_users_own_traceback_is_told_to_the_log_alone(self):
        component = self.component("class Model:\n    def predict(self, X, names): return {}['gone']")
        status, answer = self.asked(component, "predict", {"strData": "x"})
        self.assertEqual((status, answer["status"]["info"]), (500, "'gone'"))
        self.assertIn("return {}['gone']", self.result["traceback"])
        self.assertNotIn("component.py", self.result["traceback"])

    def test_a_type_error_in_a_method_is_raised_once(self):
        component = self.component(
            """
            class Model:
                calls = 0

                def predict(self, X, names, meta=None):
                    self.calls += 1
                    raise TypeError("mine %d" % self.calls)
            """
        )
        self.assertEqual(self.asked(component, "predict", {"strData": "x"})[1]["status"]["info"], "mine 1")

    def test_a_method_gets_meta_if_it_takes_it_at_the_time_of_the_call(self):
        component = self.component(
            """
            import dataclasses, functools

            def passed(method):
                @functools.wraps(method)
                def run(*arguments, **others):
                    return method(*arguments, **others)
                return run

            @dataclasses.dataclass
            class Pipe:
                name: str

                def __call__(self, X, names, meta):
                    return self.name + meta["puid"]

            class Model:
                def predict(self, X, names, **others):
                    self.predict = lambda X, names: "without"
                    return "rest" + others["meta"]["puid"]

                @passed
                def transform_input(self, X, names):
                    return "wrapped"

                transform_output = Pipe("pipe")
            """
        )
        message = {"meta": {"puid": "-p"}, "strData": "x"}
        calls = (
            ("predict", "rest-p"),
            ("predict", "without"),
            ("transform_input", "wrapped"),
            ("transform_input", "wrapped"),
            ("transform_output", "pipe-p"),
        )
        for method, expected in calls:
            self.assertEqual(self.asked(component, method, message)[1].get("strData"), expected)

    def test_values_that_json_lacks_are_written_as_flask_does(self):
        component = self.component(
            """
            import datetime, decimal, uuid

            class Model:
                def predict(self, X, names):
                    return {
                        "date": datetime.date(2020, 1, 2),
                        "time": datetime.datetime(2020, 1, 2, 3, 4, 5),
                        "decimal": decimal.Decimal("1.10"),
                        "id": uuid.UUID(int=1),
                    }
            """
        )
        self.assertEqual(
            self.asked(component, "predict", {"strData": "x"})[1]["jsonData"],
            {
                "date": "Thu, 02 Jan 2020 00:00:00 GMT",
                "time": "Thu, 02 Jan 2020 03:04:05 GMT",
                "decimal": "1.10",
                "id": "00000000-0000-0000-0000-000000000001",
            },
        )

    def test_an_error_handler_of_the_class_answers_its_own_exceptions(self):
        component = self.component(
            """
            from flask import Blueprint, jsonify

            class Mine(Exception):
                payload = object()

            class Model:
                model_error_handler = Blueprint("handlers", __name__)

                @model_error_handler.app_errorhandler(Mine)
                def told(error):
                    told = error.payload if str(error) == "payload" else str(error)
                    response = jsonify({"mine": told})
                    response.status_code = 402
                    return response

                def predict(self, X, names):
                    raise ValueError("other") if X == "other" else Mine(X)
            """
        )
        for text, words in (
            ("other", "other"),
            ("payload", "Object of type object is not JSON serializable"),
        ):
            status, answer = self.asked(component, "predict", {"strData": text})
            self.assertEqual((status, answer["status"]["reason"]), (500, "MICROSERVICE_INTERNAL_ERROR"))
            self.assertEqual(answer["status"]["info"], words)
            self.assertEqual(self.asked(component, "predict", {"strData": "a"}), (402, {"mine": "a"}))

    def test_columns_are_named_by_a_list_too(self):
        component = self.component(
            "class Model:\n    class_names = ['a', 'b']\n    def predict(self, X, names): return X"
        )
        answer = self.asked(component, "predict", {"data": {"ndarray": [[1, 2]]}})[1]
        self.assertEqual(answer["data"]["names"], ["a", "b"])
