"""Loads the hook file, lists the hooks that it defines, and calls them."""

import importlib.util
import inspect
import os
import sys

from .custom_task import hooks_of_task
from .packages import package_missing
from .protocol import WorkerError
from .tracebacks import last_line_in, trace_of, words_of
from .user_sources import Source, compile_anew

HOOKS = [
    "init",
    "load_model",
    "read_input_data",
    "transform",
    "score",
    "post_process",
    "score_unstructured",
    "chat",
    "get_supported_llm_models",
    "fit",
]


class Hooks:
    """The hooks that the hook file defines, or those of them named in `used`; none without a hook file.

    Raises HOOK_FILE_BROKEN or PACKAGE_MISSING.
    """

    def __init__(self, hook_file, code_directory, used=None):
        self.functions = {}
        put_first_on_path(code_directory)  # Also for classes that an artifact was pickled with.
        if hook_file is None:
            return
        put_first_on_path(os.path.dirname(hook_file))
        module = load_module(hook_file)
        task = getattr(module, "CustomTask", None)
        # Its methods stand for all hooks.
        source = hooks_of_task(task) if isinstance(task, type) else vars(module)
        prefix = "CustomTask." if isinstance(task, type) else ""
        for name in HOOKS if used is None else used:
            function = source.get(name)
            if callable(function):
                self.functions[name] = Hook(prefix + name, function)

    def names(self):
        """Names of the hooks that there are."""
        return list(self.functions)

    def hook_for(self, name):
        """The hook, or None."""
        return self.functions.get(name)


class Hook:
    """One hook. Reads its signature once, and leaves out optional arguments that it does not take."""

    def __init__(self, name, function):
        self.name = name
        self.function = function
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            parameters = []
        self.positional = sum(
            one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters
        )
        self.takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters)
        self.names = frozenset(
            one.name for one in parameters if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)
        )

    def takes(self, name):
        """Whether it has a keyword argument of this name."""
        return self.takes_all or name in self.names

    def __call__(self, *args, **optional):
        if optional and not self.takes_all:
            optional = {name: value for name, value in optional.items() if name in self.names}
        try:
            return self.function(*args, **optional)
        except (SystemExit, KeyboardInterrupt):
            raise  # The user asked for the end of the process.
        except BaseException as error:
            raise hook_error(self.name, error) from None


def hook_error(name, error):
    """The error for an exception that the hook raised, with the user's own traceback."""
    status = getattr(error, "status_code", None)
    if type(status) is int and any(
        kind.__name__ in ("CustomHTTPError", "ModelError", "QueryKeyError") for kind in type(error).__mro__
    ):
        return WorkerError("HOOK_FAILED", str(error), trace_of(error), status)
    return WorkerError("HOOK_FAILED", "the hook %s raised %s" % (name, words_of(error)), trace_of(error))


def put_first_on_path(folder):
    """Modules of the folder are found before all others, and compiled from their sources."""
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)
    compile_anew(folder)


def load_module(hook_file):
    """Runs the hook file as the module `custom`. Raises HOOK_FILE_BROKEN or PACKAGE_MISSING."""
    loader = Source("custom", hook_file)
    spec = importlib.util.spec_from_file_location("custom", hook_file, loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["custom"] = module
    file = os.path.basename(hook_file)
    main = sys.modules["__main__"]
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise package_missing(file, error, last_line_in(hook_file, error)) from None
    except SyntaxError as error:
        message = "%s does not parse: %s; correct line %s of %s" % (
            file,
            error.msg,
            error.lineno,
            error.filename or hook_file,
        )
        raise WorkerError("HOOK_FILE_BROKEN", message, trace_of(error)) from None
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        line = last_line_in(hook_file, error)
        where = "" if line is None else " at line %d" % line
        message = "%s raised %s%s while it was loaded; correct %s" % (file, words_of(error), where, hook_file)
        raise WorkerError("HOOK_FILE_BROKEN", message, trace_of(error)) from None
    # Pickles look in __main__ for what the training script itself defined.
    for name, value in vars(module).items():
        if callable(value) and not hasattr(main, name):
            setattr(main, name, value)
    return module


def hook_missing(name):
    """The error for a request whose hook the hook file does not define."""
    words = "the hook file defines no %s; ask only models that list it among their hooks" % name
    return WorkerError("METHOD_UNKNOWN", words)
