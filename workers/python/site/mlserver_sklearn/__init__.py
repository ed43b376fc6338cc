"""MLServer's runtime for scikit-learn, for environments without it."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, NumpyRequestCodec, PandasCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse
from mlserver.utils import get_model_uri

FILES = ["model.joblib", "model.pickle", "model.pkl"]
METHODS = ("predict", "predict_proba", "transform")


class SKLearnModel(MLModel):
    """Answers with methods of the model: `predict`, or those of METHODS that a request names as outputs."""

    async def load(self):
        """Raises InvalidModelURI without a file."""
        import joblib

        self._model = joblib.load(await get_model_uri(self._settings, wellknown_filenames=FILES))
        return True

    async def predict(self, payload):
        """Raises InferenceError for outputs and rows that the model does not know."""
        extra = (self.settings.parameters and self.settings.parameters.extra) or {}
        usual = extra.get("predict_fn", "predict")
        names = [output.name for output in payload.outputs or ()] or [usual]
        for name in names:
            self.check(name, METHODS if payload.outputs else (*METHODS, usual))
        data = self.decode_request(payload, default_codec=NumpyRequestCodec)
        results = [attempted(getattr(self._model, name), data) for name in names]
        outputs = []
        for at, result in enumerate(results):
            if PandasCodec.can_encode(result):
                if len(results) > 1:
                    words = "%s returned a data frame, which is no single output; ask for it alone"
                    raise InferenceError(words % names[at])
                return self.answer(PandasCodec.encode_outputs(result))
            outputs.append(self.output(result, names[at], payload))
        return self.answer(outputs)

    def output(self, result, name, payload):
        wanted = next((one for one in payload.outputs or () if one.name == name), None)
        if wanted is None:
            return NumpyCodec.encode_output(name, result)
        return self.encode(result, wanted, default_codec=NumpyCodec)

    def answer(self, outputs):
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)

    def check(self, name, known):
        if name not in known:
            words = "SKLearnModel only supports %s as outputs (%s was received)"
            raise InferenceError(words % (", ".join("'%s'" % one for one in known), name))
        if not hasattr(self._model, name):
            raise InferenceError("%s models do not support '%s'" % (type(self._model), name))


def attempted(method, data):
    """Rows that do not fit the model are the caller's error."""
    try:
        return method(data)
    except (ValueError, TypeError) as error:
        raise InferenceError(str(error)) from error
