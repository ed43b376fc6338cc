"""ONNX, scored by ONNX Runtime on the CPU."""

import re
import sys

from . import _targets

rank = 100
name = "onnx"
extensions = [".onnx"]
holds = "an ONNX model that this version of ONNX Runtime knows"

# Labels that the supervisor takes for numbers: numerals, and words for true and false.
_CLASS_NUMBER = re.compile(
    r"\s*([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|true|false|yes|no|on|off|t|f|y|n)\s*$", re.IGNORECASE
)
_DTYPES = {"double": "float64", "string": "object", "bool": "bool", "float16": "float16"}


def load(path):
    """An InferenceSession. Whatever ONNX Runtime raises passes through."""
    import onnxruntime

    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def fits(model):
    onnxruntime = sys.modules.get("onnxruntime")  # a session has imported it
    return onnxruntime is not None and isinstance(model, onnxruntime.InferenceSession)


def packages(model):
    return ["onnxruntime"]


def find_fault(model, target_type):
    return _targets.find_fault(target_type)


def predict(model, table, target_type, labels):
    from ._tabular import side_by_side

    arrays = _as_inputs(model, table)
    [output] = model.run([_output_name(model, target_type)], arrays)
    if isinstance(output, list) and output and isinstance(output[0], dict):
        return _unzipped(output, labels)
    return side_by_side(output)


def _as_inputs(model, table):
    """Arrays by the names of the inputs: all columns for a single one, a column for each of several."""
    from ._tabular import as_array, by_name, check_shape

    inputs = model.get_inputs()
    if len(inputs) == 1:
        arrays = {inputs[0].name: as_array(table, _dtype_of(inputs[0]))}
        check_shape(arrays[inputs[0].name], inputs[0].shape)
    else:
        arrays = by_name(table, {one.name: _dtype_of(one) for one in inputs})
    flat = [one.name for one in inputs if len(one.shape) == 1 and arrays[one.name].shape[1] == 1]
    return {**arrays, **{name: arrays[name][:, 0] for name in flat}}


def _dtype_of(value):
    """Of `tensor(float)` and its like."""
    kind = value.type[len("tensor(") : -1]
    return "float32" if kind == "float" else _DTYPES.get(kind, kind)


def _output_name(model, target_type):
    names = [one.name for one in model.get_outputs()]
    if target_type in _targets.CLASSES:
        return next((name for name in names if "prob" in name.lower()), names[0])
    return names[0]


def _unzipped(rows, requested):
    """(array, classes) of a map from class to probability for each row.

    Classes 0, 1, 2 and so on are only places among the requested labels where these are words: then None.
    """
    import numpy as np

    classes = list(rows[0])
    values = np.array([[row[one] for one in classes] for row in rows], dtype="float32")
    are_places = classes == list(range(len(classes))) and not all(map(_CLASS_NUMBER.match, requested))
    return values, None if are_places else classes
