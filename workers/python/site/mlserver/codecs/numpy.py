"""Arrays. No value changes between a list and an array: what the datatype cannot hold is refused."""

import numpy as np

from ..types import Parameters, ResponseOutput, TensorData
from .base import (
    InputCodec,
    SingleInputRequestCodec,
    elements,
    register_input_codec,
    register_request_codec,
    with_batch,
)
from .errors import CodecError

DTYPES = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
DATATYPES = {name: datatype for datatype, name in DTYPES.items()}


def array_of(tensor):
    """The elements in one dimension, of the datatype's dtype. Raises CodecError."""
    array = getattr(tensor.data, "array", None)
    if tensor.datatype == "BYTES":
        return texts_of(elements(tensor))
    values = elements(tensor) if array is None else array.ravel()
    return cast(values, np.dtype(DTYPES[tensor.datatype]), tensor.name)


def texts_of(values):
    """Text if it is text throughout, else the objects as they are."""
    if all(isinstance(value, str) for value in values):
        return np.array(values, dtype=str)
    try:
        return np.array([value if isinstance(value, str) else value.decode("utf-8") for value in values])
    except (AttributeError, UnicodeDecodeError):
        found = np.empty(len(values), dtype=object)
        found[:] = values
        return found


def cast(values, dtype, name):
    """The values as an array of `dtype`. Floats are rounded to it; nothing else may change. None is NaN."""
    try:
        if dtype.kind == "f":
            with np.errstate(over="ignore"):
                given = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else np.float64)
                array = given.astype(dtype, copy=False)
            if np.array_equal(np.isinf(given), np.isinf(array)):
                return array
        else:
            given = np.asarray(values)
            array = np.asarray(values, dtype=dtype)
            # An empty list has no type of its own.
            same_kind = given.dtype.kind in ("b" if dtype.kind == "b" else "iuf") or given.size == 0
            if same_kind and np.array_equal(array, given):
                return array
    except (TypeError, ValueError, OverflowError):
        pass
    raise CodecError("the elements of %s are not all %s" % (name, dtype.name))


def shaped(array, tensor):
    try:
        return array.reshape(tensor.shape)
    except ValueError:
        words = "%s has %d elements, which do not fill the shape %s"
        raise CodecError(words % (tensor.name, array.size, tensor.shape)) from None


def datatype_of(dtype):
    """The datatype of arrays of `dtype`. Raises CodecError if there is none."""
    if dtype.kind in "OSUT":
        return "BYTES"
    if dtype.name in DATATYPES:
        return DATATYPES[dtype.name]
    raise CodecError("no datatype holds %s; convert it to numbers or texts" % dtype)


@register_input_codec
class NumpyCodec(InputCodec):
    """A tensor as an array of its shape."""

    ContentType = "np"
    TypeHint = np.ndarray

    @classmethod
    def can_encode(cls, payload):
        """Whether it is an array."""
        return isinstance(payload, np.ndarray)

    @classmethod
    def encode_output(cls, name, payload, **kwargs):
        """One row an element of the first dimension."""
        if payload.dtype.kind == "O":
            payload = as_numbers(payload)
        datatype = datatype_of(payload.dtype)
        values = payload.ravel()
        data = TensorData(values.tolist()) if datatype == "BYTES" else TensorData(array=values)
        return ResponseOutput(
            name=name,
            datatype=datatype,
            shape=with_batch(payload.shape),
            data=data,
            parameters=Parameters(content_type=cls.ContentType),
        )

    @classmethod
    def decode_input(cls, request_input):
        """The array. Raises CodecError if elements and shape disagree."""
        return shaped(array_of(request_input), request_input)


def as_numbers(payload):
    """Objects that are all numbers become an array of numbers, for BYTES cannot hold them."""
    if all(isinstance(value, (bool, int, float, np.number, np.bool_)) for value in payload.flat):
        return np.array(payload.tolist())
    return payload


@register_request_codec
class NumpyRequestCodec(SingleInputRequestCodec):
    """A message of one tensor as an array."""

    InputCodec = NumpyCodec
    ContentType = "np"
    TypeHint = np.ndarray
