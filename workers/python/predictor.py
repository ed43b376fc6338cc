"""Types the data and predicts with an artifact type where no hook scores, and words the model's errors."""

from .labels import are_places
from .numbers_alone import framed
from .protocol import WorkerError
from .tracebacks import text_of, trace_of


class Predictor:
    """An artifact type, the model that it predicts with, the target type, the labels of the request, and what
    the model knows of its columns, or None.
    """

    def __init__(self, kind, model, target_type, labels, signature=None):
        self.kind = kind
        self.name = kind.name
        self.model = model
        self.target_type = target_type
        self.labels = labels
        self.signature = signature
        self.are_places = None  # the model's classes, among the labels; known from the first answer on

    def predict(self, data):
        """(predictions, the model's own class labels or None). Raises INPUT_EMPTY, INPUT_INVALID or
        PREDICTOR_FAILED.
        """
        if rows_of(data) == 0:
            words = "the data has columns but no rows, and a built-in predictor needs one at least; send rows"
            raise WorkerError("INPUT_EMPTY", words)
        if self.signature is not None:
            data = self.signature.typed(data)
        try:
            values, classes = self.kind.predict(self.model, data, self.target_type, self.labels)
        except (SystemExit, KeyboardInterrupt, WorkerError):
            raise
        except BaseException as error:
            from .unfit_cells import refusal_of

            data = framed(data)
            refusal = refusal_of(error, data, self.signature)
            if refusal is not None:
                raise refusal from None
            words = "the model could not predict: %s: %s%s"
            message = words % (type(error).__name__, text_of(error), columns_in_words(data))
            raise WorkerError("PREDICTOR_FAILED", message, trace_of(error)) from None
        if self.are_places is None and classes is not None:
            self.are_places = are_places(classes, self.labels)
        return values, None if self.are_places else classes


def rows_of(data):
    """Rows of a frame, an array or a matrix; None for other data, which only its hooks can count."""
    shape = getattr(data, "shape", None)
    return int(shape[0]) if isinstance(shape, tuple) and shape else None


def columns_in_words(data):
    """The columns that a model was given, for its errors, most of which are about them."""
    columns = getattr(data, "columns", ())
    if not hasattr(columns, "__len__") or len(columns) == 0:
        return ""
    count = "1 column" if len(columns) == 1 else "%d columns" % len(columns)
    more = ", and so on" if len(columns) > 10 else ""
    return "; the data has %s: %s%s" % (count, ", ".join(map(str, columns[:10])), more)
