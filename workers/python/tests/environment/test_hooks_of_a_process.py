"""A real worker process with a loaded model: what its hooks print, fork and exit with never reaches the frames."""

import os
import time
import unittest

from .. import WORKER
from ..process import WorkerProcess
from .code_directories import code_directory, csv, load_params

PRINTS = os.path.join(WORKER, "..", "..", "e2e", "models", "python_prints", "custom.py")
SCORE = "import os, sys, pandas as pd\ndef load_model(d): return 1\ndef score(data, model):\n%s    return pd.DataFrame({'p': data.sum(axis=1)})\n"


class HooksOfAProcess(unittest.TestCase):
    def loaded(self, custom):
        worker = WorkerProcess()
        self.addCleanup(worker.__exit__)
        error, result = worker.call("load", load_params(code_directory(self, custom)))
        self.assertIsNone(error, worker.log())
        return worker, result

    def test_prints_of_every_kind_in_every_hook_leave_the_frames_alone(self):
        with open(PRINTS) as file:
            worker, result = self.loaded(file.read())
        error, predicted = worker.call("predict", csv(b"a,b\n1,2.5\n"), 2)
        self.assertIsNone(error, worker.log())
        error, processed = worker.call("post_process", {"predictions": predicted["predictions"]}, 3)
        self.assertEqual((error, processed["predictions"]), (None, predicted["predictions"]))
        for stage in ("import", "init", "load_model", "transform", "score", "post_process"):
            worker.wait_for_log(*[how + stage for how in ("print in ", "os.write to 1 in ", "puts in ", "child in ")])
        self.assertEqual(worker.finish(), 0)

    def test_a_hook_that_returns_in_a_forked_process_too_is_answered_once(self):
        worker, _ = self.loaded(SCORE % "    os.fork()\n")
        for request_id in (2, 3):
            error, result = worker.call("predict", csv(b"a\n1\n"), request_id)
            self.assertIsNone(error, worker.log())
            self.assertEqual(result["rows"], 1)
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.rest(), [])

    def test_pipelined_predictions_are_answered_in_order_and_a_slow_one_holds_none_back(self):
        worker, _ = self.loaded(SCORE % "    import time; time.sleep(float(data.iloc[0, 0]))\n")
        for request_id in range(2, 40):
            worker.call("predict", csv(b"a\n0.0\n"), request_id)
        worker.send(*[[0, 100 + at, "ping", {}] for at in range(50)], [0, 200, "predict", csv(b"a\n20.5\n")])
        start = time.monotonic()
        self.assertEqual([worker.receive()[1] for _ in range(50)], list(range(100, 150)))
        self.assertLess(time.monotonic() - start, 10)

    def test_a_hook_that_exits_ends_the_process_with_its_status(self):
        worker, _ = self.loaded(SCORE % "    sys.exit(7)\n")
        worker.send([0, 2, "predict", csv(b"a\n1\n")])
        self.assertEqual(worker.wait(), 7)
