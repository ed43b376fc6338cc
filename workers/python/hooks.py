"""The hook file: loads it, lists the hooks it defines, and calls them."""

import importlib.util
import inspect
import os
import sys

from .custom_task import hooks_of_task
from .protocol import WorkerError
from .tracebacks import last_line_in, trace_of, words_of

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

# Packages that are installed under another name than they are imported.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "bs4": "beautifulsoup4",
}


class Hooks:
    """What the hook file defines, by name, or those of it that are to be used; nothing where there is no
    hook file.
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
        return list(self.functions)

    def get(self, name):
        return self.functions.get(name)


class Hook:
    """One hook. Its signature is read once; optional arguments that it does not take are left out."""

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
    status = getattr(error, "status_code", None)
    if type(status) is int and any(kind.__name__ == "CustomHTTPError" for kind in type(error).__mro__):
        return WorkerError("HOOK_FAILED", str(error), trace_of(error), status)
    return WorkerError("HOOK_FAILED", "the hook %s raised %s" % (name, words_of(error)), trace_of(error))


def put_first_on_path(folder):
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)


def load_module(hook_file):
    spec = importlib.util.spec_from_file_location("custom", hook_file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["custom"] = module
    file = os.path.basename(hook_file)
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
    return module


def package_missing(what, error, line=None):
    """The error for an import that failed, with the command that mends it."""
    module = (error.name or str(error)).split(".")[0]
    where = "" if line is None else " (line %d)" % line
    install = "%s -m pip install %s" % (sys.executable, DISTRIBUTIONS.get(module, module))
    message = "%s needs the package %s%s, which %s lacks; add it: %s" % (
        what,
        module,
        where,
        sys.executable,
        install,
    )
    return WorkerError("PACKAGE_MISSING", message, trace_of(error))
