"""The life of a real worker process, from hello to the end of input, without a model."""

import os
import subprocess
import sys
import time
import unittest

from .. import WORKER
from ..process import DEADLINE, WorkerProcess, frame_of
from ..user_code import UserCode

LOAD = {
    "code_directory": "/nowhere",
    "hook_file": None,
    "artifacts": [],
    "target_type": "regression",
    "positive_class_label": None,
    "negative_class_label": None,
    "class_labels": None,
}


class Hello(unittest.TestCase):
    def test_hello_comes_first_and_says_who_speaks(self):
        with WorkerProcess() as worker:
            kind, method, params = worker.receive()
        self.assertEqual((kind, method), (2, "hello"))
        self.assertEqual(params["protocol"], 1)
        self.assertEqual(params["language"], "python")
        self.assertEqual(params["language_version"], "%d.%d.%d" % sys.version_info[:3])
        self.assertEqual(params["executable"], sys.executable)
        self.assertEqual(params["capabilities"]["concurrency"], 1)
        self.assertEqual(params["capabilities"]["payloads"], ["bytes", "file", "table"])
        for method in ("ping", "load", "predict", "post_process"):
            self.assertIn(method, params["capabilities"]["methods"])

    def test_hello_does_not_wait_for_heavy_imports(self):
        with UserCode() as code:
            code.write("pandas.py", "import time; time.sleep(%d)" % DEADLINE)
            started = time.monotonic()
            with WorkerProcess(PYTHONPATH=code.folder) as worker:
                worker.receive()
            self.assertLess(time.monotonic() - started, DEADLINE / 12)

    def test_hello_tells_every_method_that_is_answered(self):
        with WorkerProcess() as worker:
            for method in worker.receive()[2]["capabilities"]["methods"]:
                error, _ = worker.call(method)
                self.assertNotEqual((error or {}).get("code"), "METHOD_UNKNOWN", method)


class Requests(unittest.TestCase):
    def test_ping_is_answered_before_load(self):
        with WorkerProcess() as worker:
            self.assertEqual(worker.call("ping"), (None, {}))

    def test_an_unknown_method_is_refused_by_name(self):
        with WorkerProcess() as worker:
            error, _ = worker.call("train")
            self.assertEqual(error["code"], "METHOD_UNKNOWN")
            self.assertIn("train", error["message"])
            self.assertIn("predict", error["message"])
            self.assertEqual(worker.call("ping"), (None, {}))

    def test_no_attribute_of_the_worker_is_a_method_by_accident(self):
        with WorkerProcess() as worker:
            for method in ("__init__", "read", "hook_for", ""):
                self.assertEqual(worker.call(method)[0]["code"], "METHOD_UNKNOWN")

    def test_predictions_before_load_are_refused(self):
        with WorkerProcess() as worker:
            for method in ("predict", "post_process"):
                self.assertEqual(worker.call(method)[0]["code"], "NOT_LOADED")

    def test_load_without_pandas_names_the_package_and_the_command(self):
        with UserCode() as code:
            code.write("sitecustomize.py", "import sys; sys.modules['pandas'] = None")
            with WorkerProcess(PYTHONPATH=code.folder) as worker:
                error, result = worker.call("load", LOAD)
                self.assertIsNone(result)
                self.assertEqual(error["code"], "PACKAGE_MISSING")
                self.assertIn("needs the package pandas", error["message"])
                self.assertIn("write pandas into requirements.txt", error["message"])
                self.assertEqual(worker.call("predict")[0]["code"], "NOT_LOADED")

    def test_pickles_find_the_training_scripts_functions_and_none_of_the_workers(self):
        with UserCode() as code:
            hook_file = code.write(
                "custom.py",
                """\
                import multiprocessing, pickle
                def main(): return "of the script"
                def load_model(code_dir):
                    try:
                        pickle.loads(b"c__main__\\nread_variables\\n.")
                    except AttributeError:
                        return pickle.loads(b"c__main__\\nmain\\n.")
                def score_unstructured(model, data, **kwargs):
                    with multiprocessing.get_context("spawn").Pool(1) as pool:
                        return model() + str(pool.apply(abs, (-3,)))
                """,
            )
            with WorkerProcess() as worker:
                fields = {
                    "code_directory": code.folder,
                    "hook_file": hook_file,
                    "target_type": "unstructured",
                }
                self.assertIsNone(worker.call("load", {**LOAD, **fields})[0])
                params = {
                    "data": "x",
                    "mimetype": "text/plain",
                    "charset": "utf8",
                    "query": {},
                    "headers": {},
                }
                error, result = worker.call("score_unstructured", params)
                self.assertIsNone(error)
                self.assertEqual(result["data"], "of the script3")

    def test_load_without_its_fields_is_refused(self):
        with WorkerProcess() as worker:
            for name in ("code_directory", "artifacts", "target_type"):
                params = {key: value for key, value in LOAD.items() if key != name}
                error, _ = worker.call("load", params)
                self.assertEqual(error["code"], "PARAMS_INVALID")
                self.assertIn(name, error["message"])

    def test_responses_to_pipelined_requests_come_in_order(self):
        with WorkerProcess() as worker:
            worker.receive()
            for first in range(1, 3000, 100):
                worker.send(*[[0, at, "ping", {}] for at in range(first, first + 100)])
                self.assertEqual(
                    [worker.receive() for _ in range(100)],
                    [[1, at, None, {}] for at in range(first, first + 100)],
                )

    def test_a_response_does_not_wait_for_a_frame_that_gets_none(self):
        with WorkerProcess() as worker:
            worker.receive()
            worker.send([0, 1, "ping", {}], [2, "cancel", {"id": 1}])
            self.assertEqual(worker.receive(), [1, 1, None, {}])

    def test_a_response_does_not_wait_for_the_rest_of_the_next_frame(self):
        with WorkerProcess() as worker:
            worker.receive()
            worker.send_bytes(frame_of([0, 1, "ping", {}]) + frame_of([0, 2, "ping", {}])[:-1])
            self.assertEqual(worker.receive(), [1, 1, None, {}])
            worker.send_bytes(frame_of([0, 2, "ping", {}])[-1:])
            self.assertEqual(worker.receive(), [1, 2, None, {}])


class Ends(unittest.TestCase):
    def test_the_end_of_input_ends_it_with_0(self):
        with WorkerProcess() as worker:
            worker.receive()
            self.assertEqual(worker.finish(), 0)
            self.assertEqual(worker.rest(), [])

    def test_what_came_before_the_end_of_input_is_answered(self):
        with WorkerProcess() as worker:
            worker.send(*[[0, at, "ping", {}] for at in range(1, 51)])
            self.assertEqual(worker.finish(), 0)
            self.assertEqual([message[1] for message in worker.rest()[1:]], list(range(1, 51)))

    def test_a_supervisor_that_is_gone_ends_it_without_a_traceback(self):
        with WorkerProcess() as worker:
            worker.receive()
            worker.process.stdout.close()
            worker.send([0, 1, "ping", {}])
            self.assertEqual(worker.wait(), 0)
            self.assertEqual(worker.log(), "")

    def test_started_by_hand_it_says_what_starts_it(self):
        command = [sys.executable, os.path.join(WORKER, "main.py")]
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.assertEqual(run.returncode, 64)
        self.assertEqual(run.stdout, b"")
        self.assertIn(b"drum score", run.stderr)
        self.assertNotIn(b"Traceback", run.stderr)

    def test_variables_that_make_no_sense_end_it_with_64(self):
        for name, value in (("DRUM_PROTOCOL_IN", "x"), ("DRUM_PROTOCOL_OUT", "999"), ("DRUM_MAX_FRAME", "")):
            with self.subTest(name):
                with WorkerProcess(**{name: value}) as worker:
                    self.assertEqual(worker.wait(), 64)
                    self.assertIn("drum score", worker.log())
                    self.assertNotIn("Traceback", worker.log())

    def test_user_code_that_exits_chooses_the_status(self):
        with UserCode() as code:
            code.write("pandas.py", "import sys; sys.exit(7)")
            with WorkerProcess(PYTHONPATH=code.folder) as worker:
                worker.send([0, 1, "ping", {}], [0, 2, "load", LOAD], [0, 3, "ping", {}])
                self.assertEqual(worker.wait(), 7)
                progress = [2, "progress", {"id": 2, "done": 0, "total": None, "text": "importing pandas"}]
                self.assertEqual(worker.rest()[1:], [[1, 1, None, {}], progress])
