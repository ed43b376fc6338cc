"""Which datarobot_drum user code imports: ours only where none is installed."""

import os
import subprocess
import sys
import tempfile
import unittest

from drumline_worker.protocol import WorkerError

from .. import WORKER
from .hook_files import HookFileTest


class Modules(HookFileTest):
    def test_what_public_hooks_import_is_there(self):
        hooks = self.hooks("""\
            import logging
            from datarobot_drum import CustomHTTPError, RuntimeParameters
            from datarobot_drum.drum.common import get_drum_logger, TargetType as Older
            from datarobot_drum.drum.enum import LOGGER_NAME_PREFIX, TargetType, CustomHooks
            from datarobot_drum.drum.exceptions import DrumCommonException, DrumException, ModelError

            logger = get_drum_logger(__name__)

            def score(data, model):
                logger.warning("seen by the log")
                assert Older is TargetType and TargetType("binary").is_classification()
                assert logger.name == LOGGER_NAME_PREFIX + ".custom" and CustomHooks.SCORE == "score"
                assert issubclass(DrumCommonException, DrumException)
                raise ModelError("no such thing", status_code=418)
            """)
        with self.assertRaises(WorkerError) as caught:
            hooks.hook_for("score")(None, None)
        self.assertEqual((caught.exception.http_status, caught.exception.message), (418, "no such thing"))


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
