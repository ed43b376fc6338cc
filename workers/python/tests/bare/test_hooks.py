"""How hooks are called, and what is told of their failures."""

import os

from drumline_worker.hooks import Hooks
from drumline_worker.protocol import WorkerError

from .. import WORKER
from .hook_files import HookFileTest

# Functions that call one another, sixty deep; the last calls one that is not there.
STEPS = "".join("def step_%d(d): return step_%d(d)\n" % (at, at + 1) for at in range(60))


class Calling(HookFileTest):
    def score(self, text):
        return self.hooks(text).hook_for("score")

    def test_a_hook_that_takes_everything_gets_everything(self):
        score = self.score("def score(data, model, **kwargs): return data, model, kwargs")
        self.assertEqual(
            score(1, 2, target_type="binary", charset=None),
            (1, 2, {"target_type": "binary", "charset": None}),
        )

    def test_a_hook_gets_only_the_optional_arguments_that_it_takes(self):
        score = self.score("def score(data, model, target_type=None): return target_type")
        self.assertEqual(score(1, 2, target_type="binary", charset="utf8"), "binary")
        score = self.score("def score(data, model, *, charset): return charset")
        self.assertEqual(score(1, 2, target_type="binary", charset="utf8"), "utf8")
        score = self.score("def score(data, model): return data")
        self.assertEqual(score(1, 2, target_type="binary", charset="utf8"), 1)

    def test_callables_of_every_kind_are_hooks(self):
        score = self.score(
            """
            import functools
            class Scorer:
                def __call__(self, data, model, charset): return charset
            score = Scorer()
            transform = functools.partial(lambda data, model, extra: extra, extra=5)
            post_process = max
            """
        )
        self.assertEqual(score(1, 2, target_type="binary", charset="utf8"), "utf8")
        import custom

        hooks = Hooks(custom.__file__, self.code.folder)
        self.assertEqual(hooks.hook_for("transform")(1, 2), 5)
        self.assertEqual(hooks.hook_for("post_process")(1, 2, unknown=3), 2)

    def test_a_decorated_hook_is_read_by_its_own_signature(self):
        score = self.score(
            """
            import functools
            def logged(function):
                @functools.wraps(function)
                def wrapper(*args, **kwargs):
                    return function(*args, **kwargs)
                return wrapper
            @logged
            def score(data, model, charset): return charset
            """
        )
        self.assertEqual(score(1, 2, target_type="binary", charset="utf8"), "utf8")

    def test_init_with_and_without_its_argument_is_called(self):
        self.assertEqual(
            self.hooks("def init(code_dir): return code_dir").hook_for("init")(code_dir="/x"), "/x"
        )
        self.assertEqual(
            self.hooks("def init(**kwargs): return kwargs").hook_for("init")(code_dir="/x"),
            {"code_dir": "/x"},
        )
        self.assertEqual(self.hooks("def init(): return 1").hook_for("init")(code_dir="/x"), 1)

    def test_a_hook_that_raises_is_told_by_name_and_with_the_users_frames_alone(self):
        score = self.score(
            "def score(data, model):\n    return inner(data)\n\ndef inner(data):\n    return data['price']\n"
        )
        error = self.refusal(score, {}, None)
        self.assertEqual(error.code, "HOOK_FAILED")
        self.assertIsNone(error.http_status)
        self.assertIn("score", error.message)
        self.assertIn("KeyError('price')", error.message)
        self.assertIn("line 2, in score\n    return inner(data)", error.traceback)
        self.assertIn("line 5, in inner\n    return data['price']", error.traceback)
        self.assertEqual(error.traceback.count("  File "), 2)

    def test_a_hook_with_too_few_parameters_fails_in_its_own_words(self):
        error = self.refusal(self.score("def score(data): return data"), 1, 2)
        self.assertEqual(error.code, "HOOK_FAILED")
        self.assertIn("takes 1 positional argument but 2 were given", error.message)

    def test_causes_and_contexts_are_told_without_the_workers_frames(self):
        score = self.score(
            """
            def score(data, model):
                try:
                    1 / 0
                except ZeroDivisionError as error:
                    raise ValueError("no price") from error
            def transform(data, model):
                try:
                    1 / 0
                except ZeroDivisionError:
                    raise ValueError("no price")
            """
        )
        told = self.refusal(score, 1, 2).traceback
        self.assertIn("ZeroDivisionError", told)
        self.assertIn("direct cause", told)
        import custom

        told = self.refusal(Hooks(custom.__file__, self.code.folder).hook_for("transform"), 1, 2).traceback
        self.assertIn("During handling", told)

    def test_a_long_traceback_keeps_its_ends(self):
        score = self.score("def score(data, model):\n    return step_0(data)\n" + STEPS)
        error = self.refusal(score, 1, 2)
        self.assertIn("in score", error.traceback)
        self.assertIn("in step_59", error.traceback)
        self.assertIn("step_60", error.message)
        self.assertNotIn("in step_30", error.traceback)
        self.assertIn("more frames", error.traceback)
        self.assertLess(error.traceback.count("  File "), 20)

    def test_a_long_traceback_of_a_cause_or_context_keeps_its_ends_too(self):
        for words in ("raise ValueError('no price') from error", "raise ValueError('no price')"):
            text = (
                "def score(data, model):\n"
                "    try:\n"
                "        return step_0(data)\n"
                "    except NameError as error:\n"
                "        %s\n"
            ) % words
            told = self.refusal(self.score(text + STEPS), 1, 2).traceback
            self.assertIn("in step_59", told)
            self.assertNotIn("in step_30", told)
            self.assertIn("no price", told)

    def test_endless_recursion_is_told_briefly(self):
        error = self.refusal(self.score("def score(data, model): return score(data, model)"), 1, 2)
        self.assertIn("RecursionError", error.message)
        self.assertLess(len(error.traceback), 5000)

    def test_a_custom_http_error_keeps_its_words_and_status(self):
        score = self.score(
            (
                "from datarobot_drum import CustomHTTPError\n"
                "def score(data, model): raise CustomHTTPError('no such customer', 404)"
            )
        )
        error = self.refusal(score, 1, 2)
        self.assertEqual(
            (error.code, error.message, error.http_status), ("HOOK_FAILED", "no such customer", 404)
        )

    def test_the_users_own_custom_http_error_and_its_kinds_count_too(self):
        text = """
            class CustomHTTPError(Exception):
                def __init__(self, message, status_code):
                    super().__init__(message)
                    self.status_code = status_code
            class Gone(CustomHTTPError):
                def __init__(self): super().__init__("gone", 410)
            def score(data, model): raise Gone()
            """
        error = self.refusal(self.score(text), 1, 2)
        self.assertEqual((error.message, error.http_status), ("gone", 410))

    def test_a_status_that_is_no_number_is_an_ordinary_failure(self):
        text = (
            "class CustomHTTPError(Exception): status_code = 'teapot'\n"
            "def score(data, model): raise CustomHTTPError('short and stout')"
        )
        error = self.refusal(self.score(text), 1, 2)
        self.assertEqual(error.code, "HOOK_FAILED")
        self.assertIsNone(error.http_status)
        self.assertIn("short and stout", error.message)

    def test_an_exception_that_cannot_be_printed_is_a_failure_all_the_same(self):
        text = """
            class Silent(Exception):
                def __str__(self): raise ValueError("no words")
                __repr__ = __str__
            def score(data, model): raise Silent()
            """
        error = self.refusal(self.score(text), 1, 2)
        self.assertEqual(error.code, "HOOK_FAILED")
        self.assertIn("Silent", error.message)
        self.assertIn("in score", error.traceback)

    def test_exceptions_beside_exception_are_failures_of_the_hook_too(self):
        text = (
            "class Mine(BaseException): pass\n"
            "def score(data, model): raise Mine('odd')\n"
            "def transform(data, model): raise GeneratorExit()"
        )
        self.assertEqual(self.refusal(self.score(text), 1, 2).code, "HOOK_FAILED")
        self.assertEqual(self.refusal(self.hooks(text).hook_for("transform"), 1, 2).code, "HOOK_FAILED")

    def test_sys_exit_in_a_hook_ends_the_process(self):
        with self.assertRaises(SystemExit) as caught:
            self.score("import sys\ndef score(data, model): sys.exit(9)")(1, 2)
        self.assertEqual(caught.exception.code, 9)

    def test_a_code_directory_beside_the_worker_is_not_taken_for_it(self):
        text = "def score(data, model): return 1 / 0"
        score = self.score(text)
        score.function.__code__ = compile(text, WORKER + "-models" + os.sep + "custom.py", "exec").co_consts[
            0
        ]
        with self.assertRaises(WorkerError) as caught:
            score(1, 2)
        self.assertIn("in score", caught.exception.traceback)
