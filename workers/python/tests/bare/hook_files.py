"""What the tests of hook files have in common: a code directory, and an interpreter that forgets it after
the test.
"""

import sys
import unittest

from drumline_worker.hooks import Hooks
from drumline_worker.protocol import WorkerError

from .. import WORKER
from ..user_code import UserCode


class HookFileTest(unittest.TestCase):
    def setUp(self):
        self.code = UserCode()
        self.addCleanup(self.code.__exit__)
        self.addCleanup(sys.path.__setitem__, slice(None), list(sys.path))
        before = set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in set(sys.modules) - before])

    def hooks(self, text, name="custom.py"):
        return Hooks(self.code.write(name, text), self.code.folder)

    def refusal(self, call, *arguments, **optional):
        """The error of a call, whose traceback shows nothing of the worker."""
        with self.assertRaises(WorkerError) as caught:
            call(*arguments, **optional)
        self.assertNotIn(WORKER, caught.exception.traceback)
        return caught.exception
