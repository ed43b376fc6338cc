"""What user code prints in a real worker process, here from a pandas.py of its own, which load imports."""

import unittest

from ..noise import INTRUDER, NOISE, NOISES
from ..process import WorkerProcess
from ..user_code import UserCode
from .test_life import LOAD

# After its work this pandas is a package that is missing, so that load is answered.
GIVE_UP = "\nraise ModuleNotFoundError('no pandas', name='pandas')\n"


class Prints(unittest.TestCase):
    def setUp(self):
        self.code = UserCode()
        self.addCleanup(self.code.__exit__)

    def load(self, text, **variables):
        """A worker that has answered load, which ran the text."""
        self.code.write("pandas.py", text + GIVE_UP)
        worker = WorkerProcess(PYTHONPATH=self.code.folder, **variables)
        self.addCleanup(worker.__exit__)
        error, _ = worker.call("load", LOAD)
        self.assertEqual(error["code"], "PACKAGE_MISSING", error)
        return worker

    def test_prints_of_every_kind_leave_the_frames_alone_and_are_shown_at_once(self):
        worker = self.load(NOISE)
        worker.wait_for_log(*NOISES)
        self.assertEqual(worker.call("ping"), (None, {}))
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.rest(), [])

    def test_prints_of_start_up_files_leave_the_frames_alone(self):
        self.code.write("sitecustomize.py", NOISE)
        with WorkerProcess(PYTHONPATH=self.code.folder) as worker:
            self.assertEqual(worker.receive()[1], "hello")
            self.assertEqual(worker.call("ping"), (None, {}))
            self.assertEqual(worker.finish(), 0)
            self.assertIn("from print", worker.log())

    def test_one_printed_line_is_shown_while_the_code_still_runs(self):
        for name in ("stdout", "stderr"):
            with self.subTest(name):
                self.code.write(
                    "pandas.py", "import sys, time\nprint('one line', file=sys.%s)\ntime.sleep(600)" % name
                )
                with WorkerProcess(PYTHONPATH=self.code.folder) as worker:
                    worker.send([0, 1, "load", LOAD])
                    worker.wait_for_log("one line")

    def test_an_unfinished_line_is_shown_when_the_request_has_been_answered(self):
        worker = self.load("import sys\nsys.stdout.write('no end of line')\nsys.stderr.write('nor here')")
        worker.wait_for_log("no end of line", "nor here")

    def test_characters_that_the_locale_lacks_are_printed_all_the_same(self):
        worker = self.load(
            "import sys\nprint('sn\\u00e5r \\U0001f941 \\udcff')\nsys.stderr.write('\\u00f6\\n')",
            PYTHONIOENCODING="ascii",
        )
        worker.wait_for_log("sn\u00e5r \U0001f941", "\u00f6")

    def test_user_code_that_closes_its_streams_does_not_end_the_worker(self):
        worker = self.load("import os, sys\nsys.stdout.close()\nos.close(2)\nsys.stderr = None")
        self.assertEqual(worker.call("ping"), (None, {}))
        self.assertEqual(worker.finish(), 0)

    def test_child_processes_get_neither_the_descriptors_nor_the_variables(self):
        worker = self.load(INTRUDER)
        worker.wait_for_log("inherited: ''", "intruder done")
        self.assertEqual(worker.call("ping"), (None, {}))
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.rest(), [])

    def test_a_background_child_does_not_keep_the_streams_open(self):
        worker = self.load("import subprocess\nsubprocess.Popen(['sleep', '5'])")
        self.assertEqual(worker.finish(), 0)
        self.assertEqual(worker.rest(), [])

    def test_user_modules_with_the_names_of_the_workers_own_do_not_clash(self):
        names = [
            "model",
            "hooks",
            "protocol",
            "frames",
            "payloads",
            "from_wire",
            "to_wire",
            "packages",
            "parameters",
            "values",
            "artifacts",
            "main",
            "msgpack_subset",
            "tracebacks",
        ]
        for name in names:
            self.code.write(name + ".py", "mine = True")
        imports = "".join("import %s\nassert %s.mine\n" % (name, name) for name in names)
        worker = self.load(imports + "print('all of them were mine')")
        worker.wait_for_log("all of them were mine")
        self.assertEqual(worker.call("ping"), (None, {}))

    def test_user_code_does_not_see_the_workers_modules(self):
        worker = self.load(
            (
                "import importlib.util as util\n"
                "print([util.find_spec(name) for name in ('msgpack_subset', 'csv_rows', 'tracebacks')])"
            )
        )
        worker.wait_for_log("[None, None, None]")

    def test_csv_is_pythons_own_module_also_in_processes_that_user_code_starts(self):
        self.code.write("started.py", "def told(_): import csv; return csv.DictReader.__module__\n")
        worker = self.load(
            "import multiprocessing, started\n"
            "print('here %s' % started.told(None))\n"
            "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
            "    print('there %s' % pool.map(started.told, [None])[0])\n"
        )
        worker.wait_for_log("here csv", "there csv")
