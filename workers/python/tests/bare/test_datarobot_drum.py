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

    def test_exceptions_modules_and_secrets_have_drums_names(self):
        hooks = self.hooks("""\
            import datarobot_drum
            from datarobot_drum.custom_task_interfaces import ApiTokenSecret, BasicSecret, GCPSecret
            from datarobot_drum.drum.enum import PredictionServerMimetypes
            from datarobot_drum.drum.exceptions import BaseCustomUserError, CustomHTTPError
            from datarobot_drum.drum.exceptions import UnrecoverableConfigurationError
            from datarobot_drum.runtime_parameters import RuntimeParameters
            from datarobot_drum.runtime_parameters.runtime_parameters import RuntimeParameters as Same
            from drumline import UserSecrets

            def score(data, model):
                assert datarobot_drum.CustomHTTPError is CustomHTTPError
                assert issubclass(CustomHTTPError, BaseCustomUserError)
                assert Same is RuntimeParameters is datarobot_drum.RuntimeParameters
                assert PredictionServerMimetypes.TEXT_MTX == "text/mtx"
                UserSecrets.given = {
                    "t": {"credential_type": "api_token", "api_token": "hush"},
                    "b": {"credential_type": "BASIC", "username": "u", "password": "p"},
                    "o": {"credential_type": "of_tomorrow", "key": "k"},
                }
                token = UserSecrets.get("t")
                assert isinstance(token, ApiTokenSecret) and token.api_token == "hush"
                assert isinstance(UserSecrets.get("b"), BasicSecret)
                assert not isinstance(UserSecrets.get("o"), GCPSecret)
                raise CustomHTTPError(repr([token, UserSecrets.get("o")]), status_code=418)
            """)
        with self.assertRaises(WorkerError) as caught:
            hooks.hook_for("score")(None, None)
        self.assertEqual(caught.exception.http_status, 418)
        shown = "[ApiTokenSecret(credential_type=*****, api_token=*****), Secret(credential_type=*****, "
        self.assertEqual(caught.exception.message, shown + "key=*****)]")

    def test_a_missing_package_that_drum_brings_is_named_as_such(self):
        for package, is_brought in (("trafaret", True), ("of_nobody", False)):
            with self.assertRaises(WorkerError) as caught:
                self.hooks("import %s\ndef score(data, model): pass\n" % package)
            self.assertEqual(caught.exception.code, "PACKAGE_MISSING")
            self.assertIn("needs the package %s" % package, caught.exception.message)
            self.assertEqual("DRUM brings it along" in caught.exception.message, is_brought)


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
