"""Runs the unittest tests below a folder and writes to a JSON file how many passed and which failed. Python
3.8, no packages.

Usage: `python unittest_counts.py FOLDER FILE`. A skipped test counts as neither.
"""

import json
import os
import sys
import unittest


class CountingResult(unittest.TextTestResult):
    """Counts tests, not sub-tests; a class or module whose set-up fails counts as one failed test."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = set()
        self.failed = set()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.add(test.id())

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.passed.add(test.id())

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.failed.add(test.id())

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.failed.add(test.id())

    def addError(self, test, error):
        super().addError(test, error)
        self.failed.add(test.id())

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.failed.add(test.id())


def import_root(folder):
    """The first folder from here upwards that is no package: where imports of the tests start."""
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def main(folder, file):
    folder = os.path.abspath(folder)
    suite = unittest.defaultTestLoader.discover(folder, top_level_dir=import_root(folder))
    result = unittest.TextTestRunner(verbosity=2, resultclass=CountingResult).run(suite)
    counts = {"passed": len(result.passed - result.failed), "failures": sorted(result.failed)}
    with open(file, "w", encoding="utf-8") as output:
        json.dump(counts, output)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
