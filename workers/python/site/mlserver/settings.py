"""The settings of a model, from its model-settings.json."""

from .messages import Message, anything, listed, of, text
from .types import MetadataTensor


class ModelParameters(Message):
    """`parameters` of the settings; `extra` is for the model's own."""

    FIELDS = {
        "uri": (text, None),
        "version": (text, None),
        "environment_path": (text, None),
        "environment_tarball": (text, None),
        "inference_pool_gid": (text, None),
        "format": (text, None),
        "content_type": (text, None),
        "extra": (dict, {}),
    }
    KEEPS_OTHERS = True


class ModelSettings(Message):
    """What model-settings.json says of a model."""

    FIELDS = {
        "name": (text, ""),
        "platform": (text, ""),
        "versions": (listed(text), []),
        "inputs": (listed(of(MetadataTensor)), []),
        "outputs": (listed(of(MetadataTensor)), []),
        "max_batch_size": (int, 0),
        "max_batch_time": (float, 0.0),
        "parameters": (of(ModelParameters), None),
        "cache_enabled": (bool, False),
        "implementation": (anything, None),
    }

    def __init__(self, _source=None, **given):
        super().__init__(**given)
        self._source = _source

    @property
    def version(self):
        """parameters.version."""
        return self.parameters and self.parameters.version


class Settings(Message):
    """The settings of a server, for code that makes some: all are kept, and change nothing here."""

    KEEPS_OTHERS = True
