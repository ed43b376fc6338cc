"""The elements of tensors: bytes of the protocol to MLServer's messages, and back (SPEC.md, `infer`)."""

import json

import numpy as np

from .protocol import WorkerError

#: Datatypes with elements of one width, and what they are little-endian.
DTYPES = {
    "BOOL": "?",
    "INT8": "i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "UINT8": "u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}


def inputs_from_wire(inputs, tensors, mlserver):
    """The inputs of a request. JSON's numbers come as `stored` says, so that they are what JSON says."""
    return [input_from_wire(one, data, mlserver.types) for one, data in zip(inputs, tensors)]


def input_from_wire(fields, data, types):
    stored, is_nested = fields.pop("stored", fields["datatype"]), fields.pop("nested", False)
    shape = fields["shape"]
    if isinstance(data, list):
        root = nested(data, shape) if is_nested else data
        return types.RequestInput(data=types.TensorData(root), **fields)
    array = np.frombuffer(data, DTYPES[stored])
    if is_nested:
        array = array.reshape(shape)
    if not hasattr(types.TensorData(root=[]), "array"):  # MLServer's own
        return types.RequestInput(data=types.TensorData(array.tolist()), **fields)
    return types.RequestInput(data=types.TensorData(array=array), **fields)


def nested(values, shape):
    if len(shape) < 2:
        return values
    size = len(values) // shape[0] if shape[0] else 0
    return [nested(values[at * size : (at + 1) * size], shape[1:]) for at in range(shape[0])]


def answer_to_wire(answer, made="predict returned"):
    """The result of `infer`. Raises HOOK_RESULT_INVALID for what is no answer."""
    outputs = getattr(answer, "outputs", None)
    if outputs is None:
        words = "%s a %s, expected an InferenceResponse"
        raise WorkerError("HOOK_RESULT_INVALID", words % (made, type(answer).__name__))
    head = {
        "model_name": answer.model_name,
        "model_version": answer.model_version,
        "parameters": dumped(answer.parameters),
        "outputs": [
            {
                "name": output.name,
                "shape": list(output.shape),
                "datatype": getattr(output.datatype, "value", output.datatype),
                "parameters": dumped(output.parameters),
            }
            for output in outputs
        ],
    }
    tensors = [elements_to_wire(*pair) for pair in zip(outputs, head["outputs"])]
    return {"head": json.dumps(head, default=plain), "tensors": tensors}


def dumped(parameters):
    return {} if parameters is None else parameters.model_dump()


def plain(value):
    """What numpy's values are in JSON."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def elements_to_wire(output, fields):
    """Bytes, or for BYTES a list."""
    array, datatype = getattr(output.data, "array", None), fields["datatype"]
    size = int(np.prod(fields["shape"], dtype=np.int64))
    if datatype == "BYTES":
        values = [element_to_wire(value, fields["name"]) for value in flat(output.data.root)]
        check_size(len(values), size, fields)
        return values
    if array is None:
        array = exact_array(flat(output.data.root), np.dtype(DTYPES[datatype]), fields)
    check_size(array.size, size, fields)
    return np.ascontiguousarray(array, DTYPES[datatype]).tobytes()


def flat(values):
    if not isinstance(values, (list, tuple)):
        return [values]
    if not any(isinstance(value, (list, tuple)) for value in values):
        return values
    return [item for value in values for item in flat(value)]


def element_to_wire(value, name):
    if value is None or isinstance(value, (str, bytes)):
        return value
    words = "the output %s of BYTES has the element %.80r; return texts, bytes or None"
    raise WorkerError("HOOK_RESULT_INVALID", words % (name, value))


def exact_array(values, dtype, fields):
    """The values as an array: floats rounded to the datatype, None as NaN, all others as they are."""
    try:
        if dtype.kind == "f":
            return np.array(values, dtype=np.float64).astype(dtype)
        given, array = np.array(values), np.array(values, dtype=dtype)
        if np.array_equal(given, array) and (given.dtype.kind == "b") == (dtype.kind == "b"):
            return array
    except (TypeError, ValueError, OverflowError):
        pass
    if not len(values):
        return np.empty(0, dtype)
    words = "the output %s of %s has other elements: %.200r; return numbers of its datatype"
    raise WorkerError("HOOK_RESULT_INVALID", words % (fields["name"], fields["datatype"], values))


def check_size(found, expected, fields):
    if found != expected:
        words = "the output %s has the shape %s, %d elements, but its data are %d"
        raise WorkerError("HOOK_RESULT_INVALID", words % (fields["name"], fields["shape"], expected, found))
