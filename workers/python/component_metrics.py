"""What wrapper classes measure: checks it, and makes what is sent of it."""

import json

from .component_messages import Refusal

METRIC_TYPES = ("COUNTER", "GAUGE", "TIMER")


def checked(metrics):
    """Raises a Refusal for what is no list of metrics."""
    if isinstance(metrics, list) and all(map(is_metric, metrics)):
        return metrics
    words = "Bad metric created during request: %s" % json.dumps(metrics, default=str)
    raise Refusal(words, 500, "MICROSERVICE_BAD_METRIC")


def is_metric(metric):
    try:
        metric["value"] + 1
        return "key" in metric and metric["type"] in METRIC_TYPES
    except (KeyError, TypeError):
        return False


def metric_to_wire(metric):
    tags = {str(name): str(value) for name, value in (metric.get("tags") or {}).items()}
    return {
        "type": str(metric.get("type", "COUNTER")),
        "key": str(metric.get("key")),
        "value": float(metric.get("value", 0)),
        "tags": tags,
    }


def labelled(metrics, method):
    """Seldon's wrapper writes the method into the tags of a metric that has some."""
    for metric in metrics:
        if "tags" in metric:
            metric["tags"]["method"] = method
    return metrics
