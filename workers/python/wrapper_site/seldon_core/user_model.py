"""The base class of wrapper classes, and what their methods may return."""


class SeldonNotImplementedError(Exception):
    """Raised by a method that the class does not have after all."""

    def __init__(self, message=None):
        super().__init__(message)
        self.message = message


class SeldonResponse:
    """What a method returned, with tags and metrics of this call."""

    def __init__(self, data, tags=None, metrics=None):
        self.data = data
        self.tags = tags if tags is not None else {}
        self.metrics = metrics if metrics is not None else []

    @classmethod
    def create(cls, data):
        """The response itself, or one that holds the data."""
        return data if isinstance(data, cls) else cls(data)


def absent(name):
    """A method that says that it is not implemented."""

    def method(self, *args, **kwargs):
        raise SeldonNotImplementedError("%s is not implemented" % name)

    method.__name__ = name
    return method


class SeldonComponent:
    """Has every method that the wrapper may ask for; those that a class does not define count as absent."""

    def __init__(self, **kwargs):
        pass

    tags = absent("tags")
    class_names = absent("class_names")
    feature_names = absent("feature_names")
    metrics = absent("metrics")
    load = lambda self: None  # noqa: E731
    predict = absent("predict")
    predict_raw = absent("predict_raw")
    transform_input = absent("transform_input")
    transform_input_raw = absent("transform_input_raw")
    transform_output = absent("transform_output")
    transform_output_raw = absent("transform_output_raw")
    route = absent("route")
    route_raw = absent("route_raw")
    aggregate = absent("aggregate")
    aggregate_raw = absent("aggregate_raw")
    send_feedback = absent("send_feedback")
    send_feedback_raw = absent("send_feedback_raw")
    health_status = absent("health_status")
    health_status_raw = absent("health_status_raw")
    init_metadata = absent("init_metadata")
