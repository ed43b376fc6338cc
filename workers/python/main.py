"""Owns the descriptors, says hello, and answers requests until the end of input (protocol/SPEC.md sections
1, 4 and 5).
"""

import os
import sys
import types

METHODS = [
    "ping",
    "load",
    "predict",
    "transform",
    "post_process",
    "score_unstructured",
    "chat",
    "models",
    "fit",
]
WAITING = frozenset(("score_unstructured", "chat"))  # Their hooks mostly wait for other services.
HERE = os.path.dirname(os.path.abspath(__file__))
USAGE = """\
this is the Python worker of drum, which drum starts itself: run `drum score` or `drum server`
expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited descriptors) and \
DRUM_MAX_FRAME (bytes): %s
"""


def read_variables():
    """The two descriptors, made private to this process, the largest frame, and how many threads there may
    be. Raises ValueError or OSError.
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
    """In a process that user code forks: whatever it does, it takes and sends no frame, and ends like at
    the end of input.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)


def import_siblings():
    """Makes this folder the private package drumline_worker, so that a user's own model.py or hooks.py
    never meets ours.
    """
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.getcwd()) != HERE]
    package = types.ModuleType("drumline_worker")
    package.__path__ = [HERE]
    sys.modules["drumline_worker"] = package
    sys.path.append(os.path.join(HERE, "site"))


def show_prints_at_once():
    """User prints go to the log line by line, Python's and native code's alike, whatever characters the
    locale has.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, 1, 0)
    except Exception:
        pass  # Another C library: native prints appear when its buffer is full.


def then_flush(method):
    """The method, after which lines that it printed without ending them go to the log too."""

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


def main():
    try:
        incoming, outgoing, most, threads = read_variables()
    except (ValueError, OSError) as error:
        sys.stderr.write(USAGE % error)
        return 64
    import_siblings()
    from drumline_worker import protocol

    channel = protocol.Stream(incoming, outgoing, most)
    channel.notify("hello", protocol.hello(METHODS, threads))
    show_prints_at_once()
    from drumline_worker.model import Model

    model = Model(channel)
    return channel.serve({name: then_flush(getattr(model, name)) for name in METHODS}, WAITING, threads)


if __name__ == "__main__":
    sys.exit(main())
