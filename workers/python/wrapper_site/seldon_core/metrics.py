"""Makes metrics for the method `metrics` and for a SeldonResponse."""

COUNTER, GAUGE, TIMER = "COUNTER", "GAUGE", "TIMER"


def create_counter(key, value):
    """Adds `value` to the counter."""
    return checked({"key": key, "type": COUNTER, "value": value})


def create_gauge(key, value):
    """Sets the gauge to `value`."""
    return checked({"key": key, "type": GAUGE, "value": value})


def create_timer(key, value):
    """Adds a time of `value` milliseconds."""
    return checked({"key": key, "type": TIMER, "value": value})


def checked(metric):
    """Raises TypeError for a value that is no number."""
    metric["value"] + 1
    return metric
