"""The hook file: loads it, lists the hooks it defines, calls them, and keeps the user's own traceback."""

import importlib.util
import inspect
import os
import sys
import traceback as tracebacks

from .protocol import WorkerError

HOOKS = ["init", "load_model", "read_input_data", "transform", "score", "post_process", "chat"]
HERE = os.path.dirname(os.path.abspath(__file__))
MOST_FRAMES = 16

# Packages that are installed under another name than they are imported.
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML", "PIL": "pillow", "cv2": "opencv-python"}


class Hooks:
    """What the hook file defines, by name; nothing where there is none."""

    def __init__(self, hook_file, code_directory):
        self.functions = {}
        if hook_file is None:
            return
        for folder in (code_directory, os.path.dirname(hook_file)):
            if folder in sys.path:
                sys.path.remove(folder)
            sys.path.insert(0, folder)
        module = load_module(hook_file)
        for name in HOOKS:
            function = getattr(module, name, None)
            if callable(function):
                self.functions[name] = Hook(name, function)

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
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            parameters = ()
        self.takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters)
        self.takes = frozenset(one.name for one in parameters if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD))

    def __call__(self, *args, **optional):
        if optional and not self.takes_all:
            optional = {name: value for name, value in optional.items() if name in self.takes}
        try:
            return self.function(*args, **optional)
        except (SystemExit, KeyboardInterrupt):
            raise  # The user asked for the end of the process.
        except BaseException as error:
            raise hook_error(self.name, error) from None


def hook_error(name, error):
    if any(kind.__name__ == "CustomHTTPError" for kind in type(error).__mro__) and hasattr(error, "status_code"):
        return WorkerError("HOOK_FAILED", str(error), trace_of(error), int(error.status_code))
    return WorkerError("HOOK_FAILED", "the hook %s raised %r; see the traceback" % (name, error), trace_of(error))


def load_module(hook_file):
    spec = importlib.util.spec_from_file_location("custom", hook_file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["custom"] = module
    file = os.path.basename(hook_file)
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise package_missing(file, error, line_in(hook_file, error)) from None
    except SyntaxError as error:
        where = "%s, line %s" % (os.path.basename(error.filename or file), error.lineno)
        message = "%s does not parse: %s: %s; correct it" % (file, where, error.msg)
        raise WorkerError("HOOK_FILE_BROKEN", message, trace_of(error)) from None
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        message = "%s raised %r at line %s while it was loaded" % (file, error, line_in(hook_file, error))
        raise WorkerError("HOOK_FILE_BROKEN", message, trace_of(error)) from None
    return module


def package_missing(what, error, line=None):
    """The error for an import that failed, with the command that mends it."""
    module = (error.name or str(error)).split(".")[0]
    where = "" if line is None else " (line %s)" % line
    message = "%s needs the package %s%s, which %s lacks; add it: %s -m pip install %s" % (
        what,
        module,
        where,
        sys.executable,
        sys.executable,
        DISTRIBUTIONS.get(module, module),
    )
    return WorkerError("PACKAGE_MISSING", message, trace_of(error))


def line_in(hook_file, error):
    lines = [line for frame, line in tracebacks.walk_tb(error.__traceback__) if frame.f_code.co_filename == hook_file]
    return lines[-1] if lines else "?"


def trace_of(error):
    """The traceback as Python prints it, without the worker's own frames and without the middle of a long one."""
    told = tracebacks.TracebackException(type(error), error, error.__traceback__)
    trim(told, set())
    return "".join(told.format())


def trim(told, seen):
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    frames = [frame for frame in told.stack if not is_ours(frame.filename)]
    if len(frames) > MOST_FRAMES:
        half = MOST_FRAMES // 2
        left_out = tracebacks.FrameSummary("(%d more frames)" % (len(frames) - MOST_FRAMES), 0, "...", lookup_line=False, line="")
        frames = frames[:half] + [left_out] + frames[-half:]
    told.stack = tracebacks.StackSummary.from_list(frames)
    trim(told.__cause__, seen)
    trim(told.__context__, seen)


def is_ours(filename):
    return filename.startswith((HERE, "<frozen importlib"))
