"""Seldon's prepackaged SKLEARN_SERVER: serves the scikit-learn model of a folder, without user code."""

from saved_model import SavedModel
from seldon_core.flask_utils import SeldonMicroserviceException

METHODS = ("predict_proba", "decision_function", "predict")


class SKLearnServer(SavedModel):
    """Calls `method` of the model for each request, one of METHODS."""

    files = ("model.joblib", "model.pickle", "model.pkl")

    def __init__(self, model_uri, method="predict_proba"):
        super().__init__(model_uri)
        if method not in METHODS:
            raise ValueError("the parameter method must be one of %s, got %s" % (", ".join(METHODS), method))
        self.method = method
        self.model = None

    def load(self):
        """Raises FileNotFoundError without a model, and ValueError if it lacks the method."""
        import joblib

        self.model = joblib.load(self.path())
        if not hasattr(self.model, self.method):
            words = "%s has no %s; give the node the parameter method with one of %s"
            able = [name for name in METHODS if hasattr(self.model, name)]
            raise ValueError(words % (type(self.model).__name__, self.method, ", ".join(able)))

    def predict(self, X, names, meta=None):
        """The answer of the model's method. Raises 400 for rows that the model cannot take."""
        try:
            return getattr(self.model, self.method)(X)
        except (ValueError, TypeError) as error:
            raise SeldonMicroserviceException(str(error), status_code=400) from error
