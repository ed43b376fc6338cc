"""The object `mlops` that hooks report with. The supervisor delivers the reports."""

from .values import sendable


class MLOps:
    """Takes reports at once; they are delivered in the background.

    Its methods raise TypeError or ValueError for what cannot be reported.
    """

    def __init__(self, notify):
        self.notify = notify

    def report_deployment_stats(self, num_predictions, execution_time_ms=None, execution_time=None):
        """Reports the number of predictions and the milliseconds that they took."""
        time = execution_time_ms if execution_time is None else execution_time
        self.report(
            "deployment_stats",
            {
                "num_predictions": int(num_predictions),
                "execution_time": None if time is None else float(time),
            },
        )

    def report_predictions_data(
        self, features_df=None, predictions=None, association_ids=None, class_names=None
    ):
        """Reports rows and their predictions.

        `features_df` is a DataFrame of the features to track. `predictions` has for each of its rows a number
        or a text, or a list of probabilities in the order of `class_names`. `association_ids` has a unique
        value for each row.
        """
        if features_df is None and predictions is None:
            raise ValueError("report_predictions_data needs features_df or predictions")
        data = {
            "features": None if features_df is None else table_of(features_df),
            "predictions": None
            if predictions is None
            else [plain(one) for one in listed("predictions", predictions)],
            "association_ids": None
            if association_ids is None
            else [sendable(str(one)) for one in listed("association_ids", association_ids)],
            "class_names": None
            if class_names is None
            else [sendable(str(one)) for one in listed("class_names", class_names)],
        }
        rows = {len(data[name]) for name in ("predictions", "association_ids") if data[name] is not None}
        rows |= {len(features_df)} if features_df is not None else set()
        if len(rows) > 1:
            raise ValueError(
                "features_df, predictions and association_ids have %s rows; give as many of each"
                % sorted(rows)
            )
        repeated = first_repeated(data["association_ids"] or [])
        if repeated is not None:
            raise ValueError(
                'association_ids must be unique, got "%s" twice; give each row an id of its own' % repeated
            )
        self.report("predictions_data", data)

    def report(self, kind, data):
        self.notify("report", {"kind": kind, "data": data})


def table_of(frame):
    from .to_wire import frame_to_wire  # Brings pandas, which whoever has a frame has loaded.

    if type(frame).__name__ != "DataFrame":
        raise TypeError("features_df must be a DataFrame, got %s" % type(frame).__name__)
    return frame_to_wire(frame, nan_is_missing=True)["predictions"]


def first_repeated(texts):
    seen = set()
    return next((text for text in texts if text in seen or seen.add(text)), None)


def listed(name, values):
    if isinstance(values, (str, bytes, dict)):
        raise TypeError("%s must be a list, got %s" % (name, type(values).__name__))
    return values.tolist() if hasattr(values, "tolist") else list(values)


def plain(value):
    """A number, a text, or a list of numbers."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return sendable(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    raise TypeError(
        "a prediction must be a number, a text or a list of numbers, got %s" % type(value).__name__
    )
