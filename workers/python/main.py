"""Owns the descriptors, says hello, and answers requests until the end of input (protocol/SPEC.md sections 1, 4 and 5)."""

import os
import sys
import types

METHODS = ["ping", "load", "predict", "post_process"]
HERE = os.path.dirname(os.path.abspath(__file__))


def import_siblings():
    """Makes this folder the private package drumline_worker, so that a user's own model.py or hooks.py never meets ours."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.getcwd()) != HERE]
    package = types.ModuleType("drumline_worker")
    package.__path__ = [HERE]
    sys.modules["drumline_worker"] = package
    sys.path.append(os.path.join(HERE, "site"))


def show_prints_at_once():
    """User prints go to the log line by line, Python's and native code's alike."""
    sys.stdout.reconfigure(line_buffering=True)
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, 1, 0)
    except Exception:
        pass  # Another C library: native prints appear when its buffer is full.


def main():
    try:
        incoming = int(os.environ.pop("DRUM_PROTOCOL_IN"))
        outgoing = int(os.environ.pop("DRUM_PROTOCOL_OUT"))
        most = int(os.environ.pop("DRUM_MAX_FRAME"))
    except (KeyError, ValueError):
        sys.stderr.write("this is a worker of drum; it is started by drum score and drum server\n")
        return 64
    os.set_inheritable(incoming, False)
    os.set_inheritable(outgoing, False)
    import_siblings()
    from drumline_worker import protocol

    stream = protocol.Stream(incoming, outgoing, most)
    stream.notify("hello", protocol.hello(METHODS))
    show_prints_at_once()
    from drumline_worker.model import Model

    model = Model()
    return stream.serve({name: getattr(model, name) for name in METHODS})


if __name__ == "__main__":
    sys.exit(main())
