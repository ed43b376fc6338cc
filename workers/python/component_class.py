"""Finds the class of a wrapper, and tells what its methods take and what fails in it."""

import functools
import importlib
import inspect
import types

from .packages import package_missing
from .protocol import WorkerError
from .tracebacks import text_of, trace_of, words_of


def class_named(name):
    """The class `Model` of the module Model, or `Cls` of pkg.mod for `pkg.mod.Cls`."""
    module_name, _, class_name = name.rpartition(".")
    module_name = module_name or name
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name in (module_name, module_name.split(".")[0]):
            words = "there is no module %s for the class %s; check the name and the folder" % (
                module_name,
                name,
            )
            raise WorkerError("HOOK_FILE_BROKEN", words) from None
        raise package_missing(module_name, error) from None
    except Exception as error:
        raise failed("the module " + module_name, error) from None
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        words = "the module %s has no class %s; name the class after its file, or give MODULE.CLASS"
        raise WorkerError("HOOK_FILE_BROKEN", words % (module_name, class_name))
    return found


def attempted(what, work):
    try:
        return work()
    except Exception as error:
        raise failed(what, error) from None


def failed(what, error):
    return WorkerError("HOOK_FAILED", "%s raised %s" % (what, words_of(error)), trace_of(error))


def is_named(thing, name):
    return any(kind.__name__ == name for kind in type(thing).__mro__)


def message_of(error):
    """Seldon's exceptions keep their words to themselves."""
    return getattr(error, "message", None) or text_of(error)


def is_not_implemented(error):
    return is_named(error, "SeldonNotImplementedError")


def takes_meta(method):
    """Whether a method takes the argument `meta`."""
    # Kept for functions, since it takes longer than the rest of a small call.
    function = getattr(method, "__func__", None)
    return meta_in(function) if isinstance(function, types.FunctionType) else has_meta(method)


def has_meta(method):
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(one.name == "meta" or one.kind is one.VAR_KEYWORD for one in parameters)


meta_in = functools.lru_cache(maxsize=64)(has_meta)
