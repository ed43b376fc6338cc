"""MLServer's runtime for XGBoost, for environments without it."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, NumpyRequestCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse, RequestOutput
from mlserver.utils import get_model_uri

FILES = ["model.bst", "model.json", "model.ubj"]


class XGBoostModel(MLModel):
    """Answers `predict`, and a classifier `predict_proba`."""

    async def load(self):
        """Raises InvalidModelURI without a file."""
        self._model = loaded(await get_model_uri(self._settings, wellknown_filenames=FILES))
        return True

    async def predict(self, payload):
        """Raises InferenceError for outputs and rows that the model does not know."""
        wanted = payload.outputs or [RequestOutput(name="predict")]
        for output in wanted:
            if output.name not in ("predict", "predict_proba"):
                words = (
                    "XGBoostModel only supports 'predict' and 'predict_proba' as outputs (%s was received)"
                )
                raise InferenceError(words % output.name)
            if not hasattr(self._model, output.name):
                raise InferenceError("XGBRegressor models do not support 'predict_proba'")
        data = self.decode_request(payload, default_codec=NumpyRequestCodec)
        results = [attempted(getattr(self._model, output.name), data) for output in wanted]
        outputs = [
            self.encode(result, output, default_codec=NumpyCodec) for output, result in zip(wanted, results)
        ]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)


def loaded(path):
    """The regressor or classifier of a file: XGBoost refuses a classifier's file for a regressor."""
    import xgboost

    try:
        model = xgboost.XGBRegressor()
        model.load_model(path)
    except TypeError:
        model = xgboost.XGBClassifier()
        model.load_model(path)
    return model


def attempted(method, data):
    """Rows that do not fit the model are the caller's error."""
    try:
        return method(data)
    except (ValueError, TypeError) as error:  # XGBoost's own error is a ValueError.
        raise InferenceError(str(error)) from error
