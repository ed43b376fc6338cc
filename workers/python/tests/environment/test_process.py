"""A real worker process with a real model: hooks that print, exit, fork and return too much."""

import time
import unittest

from ..noise import INTRUDER, NOISE, NOISES
from ..process import WorkerProcess
from ..user_code import UserCode

LOAD_MODEL = "import pandas as pd\ndef load_model(code_dir): return 10\n"
SCORE = "def score(data, model): return pd.DataFrame({'p': data['a'] + model})\n"
PAYLOAD = {
    "payload": {"kind": "bytes", "data": b"a,b\n1,2\n3,4\n", "mimetype": "text/csv", "charset": "utf8"}
}


def within(hook, text):
    """The definition of a hook that runs the text and then does its work."""
    signature, work = {
        "init": ("code_dir", "pass"),
        "load_model": ("code_dir", "return 10"),
        "read_input_data": ("data", "import io; return pd.read_csv(io.BytesIO(data))"),
        "transform": ("data, model", "return data"),
        "score": ("data, model", "return pd.DataFrame({'p': data['a'] + model})"),
        "post_process": ("predictions, model", "return predictions"),
    }[hook]
    body = "\n".join("    " + line for line in text.splitlines())
    return "def %s(%s):\n%s\n    %s\n" % (hook, signature, body, work)


class Process(unittest.TestCase):
    def setUp(self):
        self.code = UserCode()
        self.addCleanup(self.code.__exit__)

    def start(self, custom, most=1 << 20):
        worker = WorkerProcess(most)
        self.addCleanup(worker.__exit__)
        params = {
            "code_directory": self.code.folder,
            "hook_file": self.code.write("custom.py", custom),
            "artifacts": [],
            "target_type": "regression",
            "positive_class_label": None,
            "negative_class_label": None,
            "class_labels": None,
        }
        return worker, worker.call("load", params)

    def loaded(self, custom, most=1 << 20):
        worker, (error, _) = self.start(custom, most)
        self.assertIsNone(error)
        return worker

    def predict(self, worker, request_id=1):
        """The values of the column p."""
        error, result = worker.call("predict", PAYLOAD, request_id)
        self.assertIsNone(error)
        (column,) = result["predictions"]["columns"]
        self.assertEqual((column["name"], column["type"]), ("p", "int64"))
        return list(memoryview(column["data"]).cast("q"))


class Models(Process):
    def test_a_model_is_loaded_and_predicts(self):
        worker, (error, result) = self.start(LOAD_MODEL + SCORE)
        self.assertIsNone(error)
        self.assertEqual(result["hooks"], ["load_model", "score"])
        self.assertIsNone(result["predictor"])
        self.assertLessEqual({"pandas", "numpy", "msgpack"}, set(result["packages"]))
        self.assertEqual(self.predict(worker), [11, 13])
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.log(), "")

    def test_the_versions_of_packages_are_told(self):
        _, (error, result) = self.start(LOAD_MODEL + SCORE)
        self.assertIsNone(error)
        for name, version in result["packages"].items():
            if name != "msgpack":
                self.assertEqual(version, __import__(name).__version__)
        self.assertEqual(result["payload_formats"], {"csv": None, "mtx": None})

    def test_pipelined_predictions_are_answered_in_order(self):
        worker = self.loaded(LOAD_MODEL + SCORE)
        payload = {"kind": "bytes", "mimetype": None, "charset": None}
        worker.send(
            *[[0, at, "predict", {"payload": {**payload, "data": b"a\n%d\n" % at}}] for at in range(1, 301)]
        )
        for at in range(1, 301):
            _, request_id, error, result = worker.receive()
            self.assertEqual((request_id, error), (at, None))
            data = result["predictions"]["columns"][0]["data"]
            self.assertEqual(int.from_bytes(data, "little"), at + 10)

    def test_a_failed_load_can_be_repeated(self):
        worker, (error, _) = self.start("raise ValueError('not yet')")
        self.assertEqual(error["code"], "HOOK_FILE_BROKEN")
        self.assertEqual(worker.call("predict", PAYLOAD)[0]["code"], "NOT_LOADED")
        params = {
            "code_directory": self.code.folder,
            "hook_file": self.code.write("custom.py", LOAD_MODEL + SCORE),
            "artifacts": [],
        }
        error, _ = worker.call("load", {**params, "target_type": "regression"})
        self.assertIsNone(error)
        self.assertEqual(self.predict(worker), [11, 13])

    def test_predictions_larger_than_a_frame_are_refused_with_both_sizes(self):
        worker = self.loaded(
            LOAD_MODEL + "def score(data, model): return pd.DataFrame({'p': range(20000)})\n", most=1 << 16
        )
        error, _ = worker.call("predict", PAYLOAD)
        self.assertEqual(error["code"], "FRAME_TOO_LARGE")
        self.assertIn(str(1 << 16), error["message"])
        self.assertEqual(worker.call("ping"), (None, {}))

    def test_a_long_message_of_a_hook_is_cut_to_what_a_frame_holds(self):
        worker = self.loaded(
            LOAD_MODEL + "def score(data, model): raise ValueError('x' * 100000)\n", most=1 << 16
        )
        error, _ = worker.call("predict", PAYLOAD)
        self.assertEqual(error["code"], "HOOK_FAILED")
        self.assertIn("xxxx", error["message"])


class Prints(Process):
    def test_prints_in_every_hook_leave_the_frames_alone_and_are_shown_at_once(self):
        for hook in ("init", "load_model", "read_input_data", "transform", "score"):
            with self.subTest(hook):
                worker = self.loaded(LOAD_MODEL + SCORE + within(hook, NOISE))
                self.assertEqual(self.predict(worker), [11, 13])
                worker.wait_for_log(*NOISES)
                self.assertEqual(worker.finish(), 0)
                self.assertEqual(worker.rest(), [])

    def test_prints_while_the_hook_file_is_loaded_leave_the_frames_alone(self):
        worker = self.loaded(NOISE + LOAD_MODEL + SCORE)
        worker.wait_for_log(*NOISES)
        self.assertEqual(self.predict(worker), [11, 13])

    def test_children_and_forks_of_a_hook_cannot_reach_the_frames(self):
        worker = self.loaded(LOAD_MODEL + within("score", INTRUDER))
        self.assertEqual(self.predict(worker), [11, 13])
        worker.wait_for_log("inherited: ''", "intruder done")
        self.assertEqual(self.predict(worker, 2), [11, 13])

    def test_a_process_pool_of_a_hook_works(self):
        text = """
            import multiprocessing
            import pandas as pd
            def double(value): return value * 2
            def load_model(code_dir): return multiprocessing.get_context("fork").Pool(2)
            def score(data, model): return pd.DataFrame({"p": model.map(double, data["a"].tolist())})
            """
        worker = self.loaded(text)
        self.assertEqual(self.predict(worker), [2, 6])
        self.assertEqual(self.predict(worker, 2), [2, 6])
        self.assertEqual(worker.finish(), 0)

    def test_what_warnings_say_goes_to_the_log(self):
        worker = self.loaded(LOAD_MODEL + within("score", "import warnings; warnings.warn('mind the gap')"))
        self.assertEqual(self.predict(worker), [11, 13])
        worker.wait_for_log("mind the gap")


class Ends(Process):
    def test_a_hook_that_exits_chooses_the_status(self):
        for words, status in (
            ("sys.exit(7)", 7),
            ("sys.exit()", 0),
            ("sys.exit('no licence')", 1),
            ("import os; os._exit(9)", 9),
        ):
            with self.subTest(words):
                worker = self.loaded(LOAD_MODEL + within("score", "import sys; " + words))
                worker.send([0, 1, "ping", {}], [0, 2, "predict", PAYLOAD], [0, 3, "ping", {}])
                self.assertEqual(worker.wait(), status)
                self.assertEqual(worker.rest(), [[1, 1, None, {}]])
                if "no licence" in words:
                    self.assertIn("no licence", worker.log())

    def test_threads_that_a_hook_started_do_not_keep_it_alive(self):
        text = (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        )
        worker = self.loaded(text + LOAD_MODEL + SCORE)
        self.assertEqual(self.predict(worker), [11, 13])
        self.assertEqual(worker.finish(), 0)

    def test_a_hook_that_returns_in_a_forked_process_too_is_answered_once(self):
        worker = self.loaded(LOAD_MODEL + within("score", "import os; os.fork()"))
        for request_id in (2, 3):
            error, result = worker.call("predict", PAYLOAD, request_id)
            self.assertIsNone(error, worker.log())
            self.assertEqual(result["rows"], 2)
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.rest(), [])

    def test_a_slow_prediction_holds_no_finished_response_back(self):
        worker = self.loaded(LOAD_MODEL + within("score", "import time; time.sleep(float(data.iloc[0, 0]))"))
        slow = {"payload": {"kind": "bytes", "data": b"a\n20.5\n", "mimetype": "text/csv", "charset": None}}
        quick = {"payload": {"kind": "bytes", "data": b"a\n0.0\n", "mimetype": "text/csv", "charset": None}}
        for request_id in range(2, 40):
            worker.call("predict", quick, request_id)
        worker.send(*[[0, 100 + at, "ping", {}] for at in range(50)], [0, 200, "predict", slow])
        start = time.monotonic()
        self.assertEqual([worker.receive()[1] for _ in range(50)], list(range(100, 150)))
        self.assertLess(time.monotonic() - start, 10)
