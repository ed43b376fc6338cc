"""Seldon's prepackaged XGBOOST_SERVER: serves the XGBoost model of a folder, without user code."""

from saved_model import SavedModel
from seldon_core.flask_utils import SeldonMicroserviceException


class XGBoostServer(SavedModel):
    """Answers what the booster predicts."""

    files = ("model.bst", "model.json", "model.ubj")

    def __init__(self, model_uri):
        super().__init__(model_uri)
        self.model = None

    def load(self):
        """Raises FileNotFoundError without a model."""
        import xgboost

        self.model = xgboost.Booster(model_file=self.path())

    def predict(self, X, names, meta=None):
        """Raises 400 for rows that the booster cannot take."""
        import xgboost

        try:
            # Requests seldom name their columns as the training data did.
            return self.model.predict(xgboost.DMatrix(X), validate_features=False)
        except (ValueError, TypeError, xgboost.core.XGBoostError) as error:
            raise SeldonMicroserviceException(str(error), status_code=400) from error
