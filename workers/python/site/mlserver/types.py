"""The messages of the Open Inference Protocol."""

import enum

from .messages import REQUIRED, Message, anything, listed, of, text


class Datatype(enum.Enum):
    """The datatypes of tensors."""

    BOOL = "BOOL"
    UINT8 = "UINT8"
    UINT16 = "UINT16"
    UINT32 = "UINT32"
    UINT64 = "UINT64"
    INT8 = "INT8"
    INT16 = "INT16"
    INT32 = "INT32"
    INT64 = "INT64"
    FP16 = "FP16"
    FP32 = "FP32"
    FP64 = "FP64"
    BYTES = "BYTES"


class Parameters(Message):
    """Whatever a message says beside its tensors."""

    FIELDS = {"content_type": (text, None), "headers": (dict, None)}
    KEEPS_OTHERS = True


class TensorData:
    """The elements of a tensor: `root` is a list, perhaps nested.

    `array` holds them where they came or go as an array; the list is made when somebody asks for it.
    """

    def __init__(self, root=None, array=None):
        self.array = array
        self._root = root

    @property
    def root(self):
        """The elements as Python's own values."""
        if self._root is None and self.array is not None:
            self._root = self.array.tolist()
        return self._root

    def __iter__(self):
        return iter(self.root)

    def __getitem__(self, at):
        return self.root[at]

    def __len__(self):
        return len(self.root)

    def __eq__(self, other):
        return self.root == (other.root if isinstance(other, TensorData) else other)

    __hash__ = None

    def __repr__(self):
        return "TensorData(root=%r)" % (self.root,)

    def model_dump(self, **_options):
        """The list."""
        return self.root


def datatype(given):
    return Datatype(given).value


def shape(given):
    if all(isinstance(size, int) and not isinstance(size, bool) for size in given):
        return list(given)
    raise ValueError("expected whole numbers, got %r" % (given,))


def data(given):
    return given if isinstance(given, TensorData) else TensorData(given)


class MetadataTensor(Message):
    """What a model says of an input or output; -1 in the shape stands for any size."""

    FIELDS = {
        "name": (text, REQUIRED),
        "datatype": (datatype, REQUIRED),
        "shape": (shape, REQUIRED),
        "parameters": (of(Parameters), None),
    }


class RequestInput(Message):
    """A tensor of a request."""

    FIELDS = {**MetadataTensor.FIELDS, "data": (data, REQUIRED)}


class ResponseOutput(Message):
    """A tensor of an answer."""

    FIELDS = RequestInput.FIELDS


class RequestOutput(Message):
    """An output that a request wants."""

    FIELDS = {"name": (text, REQUIRED), "parameters": (of(Parameters), None)}


class InferenceRequest(Message):
    """A request."""

    FIELDS = {
        "id": (text, None),
        "parameters": (of(Parameters), None),
        "inputs": (listed(of(RequestInput)), REQUIRED),
        "outputs": (listed(of(RequestOutput)), None),
    }


class InferenceResponse(Message):
    """An answer."""

    FIELDS = {
        "model_name": (text, REQUIRED),
        "model_version": (text, None),
        "id": (text, None),
        "parameters": (of(Parameters), None),
        "outputs": (listed(of(ResponseOutput)), REQUIRED),
    }


class MetadataModelResponse(Message):
    """What a model says of itself."""

    FIELDS = {
        "name": (text, REQUIRED),
        "versions": (listed(text), None),
        "platform": (text, REQUIRED),
        "inputs": (listed(of(MetadataTensor)), None),
        "outputs": (listed(of(MetadataTensor)), None),
        "parameters": (of(Parameters), None),
    }


class InferenceErrorResponse(Message):
    """An error in place of an answer."""

    FIELDS = {"error": (anything, None)}
