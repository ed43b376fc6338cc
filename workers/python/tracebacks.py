"""The words of an exception in user code, and the user's own frames of its traceback."""

import os
import re
import traceback

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
MOST_FRAMES = 16
OF_THE_SCRIPT = re.compile(
    r"get attribute \\?'(\w+)\\?' on <module \\?'[\w.]*__main__"
    r"|module \\?'__main__\\?' has no attribute \\?'(\w+)"
)
COLOURS = re.compile("\x1b\\[[0-9;]*m")


def words_of(error):
    """repr(error), also when its own repr fails, with the remedy for what a pickle does not find."""
    try:
        words = repr(error)
    except Exception:
        return "%s (whose repr fails)" % type(error).__name__
    found = OF_THE_SCRIPT.search(words)
    if found is None:
        return words
    return words + "; the training script defined it: define %s in custom.py" % (
        found.group(1) or found.group(2)
    )


def text_of(error):
    """str(error) without colours for terminals, also when the exception's own str fails."""
    try:
        return COLOURS.sub("", str(error))
    except Exception:
        return "(no text, its str fails)"


def trace_of(error):
    """The traceback as Python prints it, without the worker's own frames and without the middle of a long
    one.
    """
    try:
        told = traceback.TracebackException(type(error), error, error.__traceback__)
        trim(told, set())
        return "".join(told.format())
    except Exception:  # An exception whose str() fails, which Python before 3.11 does not expect.
        return "".join(traceback.format_tb(error.__traceback__)) + words_of(error)


def trim(told, seen):
    """Follows causes and contexts too."""
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    frames = [frame for frame in told.stack if not is_ours(frame.filename)]
    if len(frames) > MOST_FRAMES:
        half = MOST_FRAMES // 2
        more = "%d more frames" % (len(frames) - MOST_FRAMES)
        gap = traceback.FrameSummary("...", 0, more, lookup_line=False, line="")
        frames = frames[:half] + [gap] + frames[-half:]
    told.stack = traceback.StackSummary.from_list(frames)
    trim(told.__cause__, seen)
    trim(told.__context__, seen)


def is_ours(file):
    return file.startswith((HERE, "<frozen importlib"))


def last_line_in(file, error):
    """The number of the line in `file` that the exception passed last; None where it passed none."""
    lines = [
        line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file
    ]
    return lines[-1] if lines else None
