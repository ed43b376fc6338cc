"""How the hook file is loaded, which hooks it defines, and what is told when it cannot be loaded."""

import importlib
import importlib.util
import os
import py_compile
import shutil
import sys

from drumline_worker.hooks import Hooks

from .hook_files import HookFileTest


class Loading(HookFileTest):
    def test_without_a_hook_file_there_are_no_hooks(self):
        hooks = Hooks(None, self.code.folder)
        self.assertEqual(hooks.names(), [])
        self.assertIsNone(hooks.hook_for("score"))

    def test_only_functions_with_the_names_of_hooks_are_hooks(self):
        hooks = self.hooks(
            "def score(data, model): return data\ndef other(): pass\ntransform = 5\nclass init: pass\n"
        )
        self.assertEqual(sorted(hooks.names()), ["init", "score"])
        self.assertIsNone(hooks.hook_for("other"))
        self.assertIsNone(hooks.hook_for("transform"))

    def test_modules_beside_the_hook_file_and_in_the_code_directory_are_importable(self):
        self.code.write("near_the_top.py", "WORD = 'top'")
        self.code.write("inner/beside.py", "WORD = 'beside'")
        self.code.write("near_both.py", "WORD = 'far'")
        self.code.write("inner/near_both.py", "WORD = 'near'")
        text = (
            "import near_the_top, beside, near_both\n"
            "def score(data, model): return near_the_top.WORD, beside.WORD, near_both.WORD"
        )
        self.assertEqual(
            self.hooks(text, "inner/custom.py").hook_for("score")(1, 2), ("top", "beside", "near")
        )

    def test_sources_that_changed_within_a_second_are_read_anew_and_no_bytecode_is_written(self):
        text = "import near, inner.beside\ndef score(data, model): return %d, near.WORD, inner.beside.WORD\n"
        names = {
            "near.py": "WORD = %d\n",
            "inner/__init__.py": "",
            "inner/beside.py": "WORD = %d\n",
            "custom.py": text,
        }
        for number in (1, 2):
            for name, content in names.items():
                file = self.code.write(name, content % number if "%d" in content else content)
                os.utime(file, (1e9, 1e9))
                if number == 1:
                    py_compile.compile(file)
        hooks = Hooks(file, self.code.folder)
        self.assertEqual(hooks.hook_for("score")(1, 2), (2, 2, 2))
        shutil.rmtree(os.path.join(self.code.folder, "inner", "__pycache__"))
        self.code.write("inner/later.py", "")
        importlib.import_module("inner.later")
        self.assertFalse(os.path.exists(os.path.join(self.code.folder, "inner", "__pycache__")))

    def test_the_hook_file_is_the_module_custom_as_pickles_expect_it(self):
        self.hooks("class Mine: pass\n")
        import custom

        self.assertEqual(custom.Mine.__module__, "custom")

    def test_user_modules_named_like_the_workers_are_the_users(self):
        for name in ("model", "hooks", "protocol"):
            self.code.write(name + ".py", "WHOSE = 'mine'")
        hooks = self.hooks(
            (
                "import model, hooks, protocol\n"
                "def score(data, m): return model.WHOSE, hooks.WHOSE, protocol.WHOSE"
            )
        )
        self.assertEqual(hooks.hook_for("score")(1, 2), ("mine", "mine", "mine"))

    def test_a_syntax_error_is_told_with_file_line_and_text(self):
        error = self.refusal(self.hooks, "import os\ndef score(data, model)\n    return data\n")
        self.assertEqual(error.code, "HOOK_FILE_BROKEN")
        self.assertIn("custom.py", error.message)
        self.assertIn("line 2", error.message)
        self.assertIn("def score(data, model)", error.traceback)

    def test_a_syntax_error_in_an_imported_file_names_that_file(self):
        self.code.write("broken_module.py", "x = (\n")
        error = self.refusal(self.hooks, "import broken_module\n")
        self.assertEqual(error.code, "HOOK_FILE_BROKEN")
        self.assertIn("broken_module.py", error.message)

    def test_a_file_with_null_bytes_or_bad_utf_8_is_broken(self):
        for data in (b"x = 1\0\n", b"x = '\xff'\n"):
            with open(self.code.path("custom.py"), "wb") as file:
                file.write(data)
            self.assertEqual(
                self.refusal(Hooks, self.code.path("custom.py"), self.code.folder).code, "HOOK_FILE_BROKEN"
            )

    def test_a_file_that_raises_is_told_with_the_line(self):
        error = self.refusal(
            self.hooks, "import os\nlimit = os.environ.get('NOT_SET_HERE')\nnumber = int(limit)\n"
        )
        self.assertEqual(error.code, "HOOK_FILE_BROKEN")
        self.assertIn("TypeError", error.message)
        self.assertIn("line 3", error.message)
        self.assertIn("number = int(limit)", error.traceback)

    def test_a_missing_package_is_named_with_the_line_and_the_command(self):
        error = self.refusal(self.hooks, "import os\nimport no_such_package.inner\n")
        self.assertEqual(error.code, "PACKAGE_MISSING")
        self.assertIn("custom.py", error.message)
        self.assertIn("line 2", error.message)
        self.assertIn("which %s lacks" % sys.executable, error.message)
        self.assertIn("write no_such_package into requirements.txt", error.message)
        self.assertIn("--install-deps", error.message)
        self.assertIn("--runtime python=", error.message)
        self.assertNotIn("pip install", error.message)

    def test_a_package_that_drum_of_datarobot_brings_along_is_said_to_be_one(self):
        words = "raise ModuleNotFoundError('no', name='werkzeug.exceptions')"
        if importlib.util.find_spec("werkzeug") is None:
            self.assertIn("DRUM brings it along", self.refusal(self.hooks, words).message)
        self.assertNotIn("DRUM brings", self.refusal(self.hooks, "import no_such_package").message)

    def test_a_module_that_the_installed_package_lacks_is_told_from_a_missing_package(self):
        message = self.refusal(self.hooks, "import email.no_such_module").message
        self.assertIn(
            "needs the module email.no_such_module (line 1), which the email that is installed lacks", message
        )
        self.assertIn("write email==VERSION into requirements.txt", message)

    def test_packages_that_are_installed_under_another_name_are_named_so(self):
        for module, package in (
            ("sklearn", "scikit-learn"),
            ("yaml", "PyYAML"),
            ("PIL", "pillow"),
        ):
            words = "raise ModuleNotFoundError('no', name=%r)" % module
            self.assertTrue(self.refusal(self.hooks, words).message.find("write %s into" % package) > 0)

    def test_a_name_that_a_module_lacks_is_no_missing_package(self):
        error = self.refusal(self.hooks, "from os import no_such_name\n")
        self.assertEqual(error.code, "HOOK_FILE_BROKEN")
        self.assertIn("no_such_name", error.message)

    def test_sys_exit_while_loading_is_the_users_own_wish(self):
        with self.assertRaises(SystemExit) as caught:
            self.hooks("import sys\nsys.exit(3)\n")
        self.assertEqual(caught.exception.code, 3)
