"""MLServer's runtime for LightGBM, for environments without it."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, NumpyRequestCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse
from mlserver.utils import get_model_uri

FILES = ["model.bst"]


class LightGBMModel(MLModel):
    """Answers what the booster predicts, as the output `predict`."""

    async def load(self):
        """Raises InvalidModelURI without a file."""
        import lightgbm

        path = await get_model_uri(self._settings, wellknown_filenames=FILES)
        self._model = lightgbm.Booster(model_file=path)
        return True

    async def predict(self, payload):
        """Raises InferenceError for outputs and rows that the model does not know."""
        import lightgbm

        for output in payload.outputs or ():
            if output.name != "predict":
                words = "LightGBMModel only supports 'predict' as output (%s was received)"
                raise InferenceError(words % output.name)
        data = self.decode_request(payload, default_codec=NumpyRequestCodec)
        try:
            result = self._model.predict(data)
        except (ValueError, TypeError, lightgbm.basic.LightGBMError) as error:
            raise InferenceError(str(error)) from error
        output = NumpyCodec.encode_output(name="predict", payload=result)
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=[output])
