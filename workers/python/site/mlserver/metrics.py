"""What a model measures: a line of the log for each value."""

import logging

logger = logging.getLogger("mlserver.metrics")
descriptions = {}


class Metric:
    """A metric by its name."""

    def __init__(self, name):
        self.name = name

    def observe(self, value, *_labels):
        """Logs the value at info level."""
        logger.info("%s %s", self.name, value)

    def labels(self, **_labels):
        """The same metric: labels are the model's own, which the log line has already."""
        return self


def register(name, description):
    """The metric of that name."""
    descriptions.setdefault(name, description)
    return Metric(name)


def log(**metrics):
    """Logs each value under its name."""
    for name, value in metrics.items():
        Metric(name).observe(value)
