"""MLModel, which a model class extends."""

from .codecs.errors import CodecNotFound
from .codecs.utils import (
    decode_inference_request,
    decode_request_input,
    encode_inference_response,
    encode_response_output,
    get_decoded,
    has_decoded,
)
from .types import MetadataModelResponse, Parameters


class MLModel:
    """A model: `load` runs once in each worker, `predict` for each request."""

    def __init__(self, settings):
        self._settings = settings
        self.ready = False

    async def load(self):
        """Loads what the model needs; True if it can be used."""
        return True

    async def predict(self, payload):
        """Answers a request."""
        raise NotImplementedError("predict() method not implemented")

    async def predict_stream(self, payloads):
        """Answers requests one after another."""
        async for payload in payloads:
            yield await self.predict(payload)

    async def unload(self):
        """Lets go of what `load` took."""
        return True

    @property
    def name(self):
        """The name in the settings."""
        return self._settings.name

    @property
    def version(self):
        """The version in the settings."""
        return self._settings.version

    @property
    def settings(self):
        """The settings."""
        return self._settings

    @property
    def inputs(self):
        """What the model says of its inputs."""
        return self._settings.inputs

    @inputs.setter
    def inputs(self, value):
        self._settings.inputs = value

    @property
    def outputs(self):
        """What the model says of its outputs."""
        return self._settings.outputs

    @outputs.setter
    def outputs(self, value):
        self._settings.outputs = value

    def decode(self, request_input, default_codec=None):
        """An input as the Python object that its content type names, or that of the default codec."""
        decode_request_input(request_input, by_name(self.inputs))
        if has_decoded(request_input):
            return get_decoded(request_input)
        return default_codec.decode_input(request_input) if default_codec else request_input.data

    def decode_request(self, inference_request, default_codec=None):
        """A request as the Python object that its content type names, or that of the default codec."""
        decode_inference_request(inference_request, self._settings, by_name(self.inputs))
        if has_decoded(inference_request):
            return get_decoded(inference_request)
        return default_codec.decode_request(inference_request) if default_codec else inference_request

    def encode_response(self, payload, default_codec=None):
        """The answer that holds the object. Raises CodecNotFound."""
        response = encode_inference_response(payload, self._settings)
        if response is None and default_codec:
            return default_codec.encode_response(self.name, payload, self.version)
        if response is None:
            raise CodecNotFound(payload_type=str(type(payload)), is_request=True)
        return response

    def encode(self, payload, request_output, default_codec=None):
        """The output that holds the object. Raises CodecNotFound."""
        output = encode_response_output(payload, request_output, by_name(self.outputs))
        if output is None and default_codec:
            return default_codec.encode_output(request_output.name, payload)
        if output is None:
            raise CodecNotFound(name=request_output.name)
        return output

    async def metadata(self):
        """What the settings say of the model."""
        told = MetadataModelResponse(
            name=self.name,
            platform=self._settings.platform,
            versions=self._settings.versions,
            inputs=self.inputs,
            outputs=self.outputs,
        )
        if self._settings.parameters:
            told.parameters = Parameters(content_type=self._settings.parameters.content_type)
        return told


def by_name(tensors):
    return {tensor.name: tensor for tensor in tensors or ()}
