"""ONNX, scored by ONNX Runtime on the CPU."""

import sys

from .sklearn import CLASSES, find_target_fault

rank = 100
name = "onnx"
extensions = [".onnx"]
holds = "an ONNX model that this version of ONNX Runtime knows"

DTYPES = {"double": "float64", "string": "object", "bool": "bool", "float16": "float16"}


def load(path):
    """An InferenceSession. Whatever ONNX Runtime raises passes through."""
    import onnxruntime

    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def fits(model):
    onnxruntime = sys.modules.get("onnxruntime")  # a session has imported it
    return onnxruntime is not None and isinstance(model, onnxruntime.InferenceSession)


def find_fault(model, target_type):
    return find_target_fault(target_type)


def predict(model, frame, target_type):
    from ._tabular import side_by_side

    arrays = as_inputs(model, frame)
    [output] = model.run([output_name(model, target_type)], arrays)
    if isinstance(output, list) and output and isinstance(output[0], dict):
        return unzipped(output)
    return side_by_side(output)


def as_inputs(model, frame):
    """Arrays by the names of the inputs: all columns for a single one, a column for each of several."""
    from ._tabular import as_array, by_name, check_shape

    inputs = model.get_inputs()
    if len(inputs) == 1:
        arrays = {inputs[0].name: as_array(frame, dtype_of(inputs[0]))}
        check_shape(arrays[inputs[0].name], inputs[0].shape)
    else:
        arrays = by_name(frame, {one.name: dtype_of(one) for one in inputs})
    flat = [one.name for one in inputs if len(one.shape) == 1 and arrays[one.name].shape[1] == 1]
    return {**arrays, **{name: arrays[name][:, 0] for name in flat}}


def dtype_of(value):
    """Of `tensor(float)` and its like."""
    kind = value.type[len("tensor(") : -1]
    return "float32" if kind == "float" else DTYPES.get(kind, kind)


def output_name(model, target_type):
    names = [one.name for one in model.get_outputs()]
    if target_type in CLASSES:
        return next((name for name in names if "prob" in name.lower()), names[0])
    return names[0]


def unzipped(rows):
    """(array, labels) of a map from class to probability for each row.

    Classes that are counted from 0 tell an order as well as names; those are given as a range (see `predict`
    in __init__.py).
    """
    import numpy as np

    labels = list(rows[0])
    values = np.array([[row[label] for label in labels] for row in rows], dtype="float32")
    return values, range(len(labels)) if labels == list(range(len(labels))) else labels
