"""Keeps the level of what user code logs or warns, as marks on printed lines (SPEC.md section 1)."""

import importlib.util
import sys
import warnings


def mark_levels():
    """From now on, warnings and handlers that log to standard output or error mark their lines."""
    warnings.showwarning = show_warning
    if "logging" in sys.modules:
        mark_handlers(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, WhenLogging())


class WhenLogging:
    """Waits for the import of `logging`, which takes longer than many a model."""

    def find_spec(self, name, _path=None, _target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def run_and_mark(module):
            run(module)
            mark_handlers(module)

        spec.loader.exec_module = run_and_mark
        return spec


def mark_handlers(logging):
    emit = logging.StreamHandler.emit

    def emit_marked(self, record):
        if not is_ours(self.stream):
            return emit(self, record)
        try:
            self.stream.write(marked(self.format(record), letter_of(record.levelno)))
            self.flush()
        except Exception:
            self.handleError(record)

    logging.StreamHandler.emit = emit_marked


def show_warning(message, category, filename, lineno, file=None, line=None):
    stream = sys.stderr if file is None else file
    if stream is None:
        return
    text = warnings.formatwarning(message, category, filename, lineno, line)
    try:
        stream.write(marked(text, "w") if is_ours(stream) else text)
    except OSError:
        pass  # As Python does: nobody reads it.


def is_ours(stream):
    """Whether the stream leads to the supervisor's log, not to what user code has put in its place."""
    return stream is not None and (stream is sys.__stderr__ or stream is sys.__stdout__)


def letter_of(level):
    return "e" if level >= 40 else "w" if level >= 30 else "i" if level >= 20 else "d"


def marked(text, letter):
    """The text as whole lines, each with the mark of its level."""
    return "".join("\x01%s%s\n" % (letter, line) for line in text.rstrip("\n").split("\n"))
