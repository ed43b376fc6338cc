"""The logger of hooks written for DRUM, and the names that its older hooks import from here."""

import logging
import sys

from .enum import *  # noqa: F403
from .enum import LOGGER_NAME_PREFIX

REGRESSION_PRED_COLUMN = "Predictions"


def get_drum_logger(logger_name):
    """A logger below `drum`, whose lines go to the log."""
    root = logging.getLogger(LOGGER_NAME_PREFIX)
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
        root.setLevel(logging.INFO)
    return root.getChild(logger_name)


def to_bool(value):
    """Whether the text, or anything else, says true."""
    return str(value).strip().lower() in ("1", "true", "yes", "on", "y", "t")
