"""Which datarobot_drum user code imports: ours only where none is installed."""

import os
import subprocess
import sys
import tempfile
import unittest

from .. import WORKER


class Precedence(unittest.TestCase):
    def test_a_really_installed_package_comes_first(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "datarobot_drum"))
            with open(os.path.join(folder, "datarobot_drum", "__init__.py"), "w") as file:
                file.write("real = True\n")
            # Not by PYTHONPATH: our csv.py would be taken for Python's own.
            code = (
                "import sys; sys.path.append(%r); import main; main.import_siblings(); import datarobot_drum"
                % WORKER
            )
            code += "; print(getattr(datarobot_drum, 'real', False))"
            for path, expected in ((folder, "True"), (os.path.join(folder, "nothing"), "False")):
                variables = {**os.environ, "PYTHONPATH": path}
                output = subprocess.run(
                    [sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, check=True
                ).stdout
                self.assertEqual(output.decode().strip(), expected)
