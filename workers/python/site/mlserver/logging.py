"""The logger of MLServer's users."""

import logging

logger = logging.getLogger("mlserver")


def get_logger():
    """The logger."""
    return logger
