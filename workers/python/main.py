"""Starts the worker: opens the descriptors, sends hello, and runs the loop (SPEC.md sections 1, 4 and 5)."""

import os
import sys
import types

METHODS = (
    "ping load predict transform post_process score_unstructured chat models call infer serve fit".split()
)
WAITING = frozenset(
    ("score_unstructured", "chat", "call", "infer")
)  # Their hooks mostly wait for other services.
HERE = os.path.dirname(os.path.abspath(__file__))
USAGE = """\
this is the Python worker of drum, which drum starts itself: run `drum score` or `drum server`
expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited descriptors) and \
DRUM_MAX_FRAME (bytes): %s
"""


def read_variables():
    """The two descriptors, the largest frame in bytes, and the most threads. Raises ValueError or OSError.

    Makes the descriptors private to this process.
    """
    names = ("DRUM_PROTOCOL_IN", "DRUM_PROTOCOL_OUT", "DRUM_MAX_FRAME")
    unset = [name for name in names if name not in os.environ]
    if unset:
        raise ValueError("%s not set" % ", ".join(unset))
    incoming, outgoing, most = [int(os.environ.pop(name)) for name in names]
    for descriptor in (incoming, outgoing):
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, True)
    os.register_at_fork(after_in_child=lambda: point_at_nothing(incoming, outgoing))
    return incoming, outgoing, most, int(os.environ.pop("DRUM_WORKER_THREADS", 1))


def point_at_nothing(*descriptors):
    """Cuts a process that user code forks off from the frames: it reads the end of input at once."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)


def import_siblings():
    """Makes this folder the private package drumline_worker, and takes it off the import path.

    So `import model` finds the user's model.py and not ours, and `import csv` Python's own. An empty module
    becomes `__main__`: pickles look there for what a training script defined, and must not find ours.
    """
    here = os.path.realpath(HERE)
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry or os.getcwd()) != here]
    package = types.ModuleType("drumline_worker")
    package.__path__ = [HERE]
    sys.modules["drumline_worker"] = package
    package.main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.path.append(os.path.join(HERE, "site"))


def show_prints_at_once():
    """Sends what Python and native code print to the log line by line, in UTF-8 whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, 1, 0)
    except Exception:
        pass  # Another C library: native prints appear when its buffer is full.


def then_flush(method):
    """The method, followed by a flush, so that lines printed without their end go to the log too."""

    def run(params):
        try:
            return method(params)
        finally:
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except (AttributeError, ValueError, OSError):
                    pass  # User code has closed it, or put something else in its place.

    return run


def methods_of(channel):
    """A function of params for each of METHODS. Their modules take a while, so hello comes before."""
    from functools import partial

    from drumline_worker import chat, fitting, logs, unstructured
    from drumline_worker.model import Model

    logs.mark_levels()
    model = Model(channel)
    methods = {
        "ping": lambda _params: {},
        "load": model.load,
        "predict": model.predict,
        "transform": model.transform,
        "post_process": model.post_process,
        "score_unstructured": partial(unstructured.score_unstructured, model),
        "chat": partial(chat.chat, model),
        "models": partial(chat.models, model),
        "call": model.call,
        "infer": model.infer,
        "serve": model.serve,
        "fit": partial(fitting.fit, channel),
    }
    return {name: then_flush(methods[name]) for name in METHODS}


def main():
    try:
        incoming, outgoing, most, threads = read_variables()
    except (ValueError, OSError) as error:
        sys.stderr.write(USAGE % error)
        return 64
    import_siblings()
    from drumline_worker import frames, protocol

    channel = protocol.Channel(frames.Stream(incoming, outgoing, most))
    channel.notify("hello", protocol.hello(METHODS, threads))
    show_prints_at_once()
    return channel.serve(methods_of(channel), WAITING, threads)


if __name__ == "__main__":
    sys.exit(main())
