"""ONNX, scored by ONNX Runtime on the CPU."""

import re
import sys

from .. import labels as _labels
from . import _targets

rank = 100
name = "onnx"
extensions = [".onnx"]
holds = "an ONNX model that this version of ONNX Runtime knows"

_FLOATS = ("tensor(float)", "tensor(double)", "tensor(float16)")
_LABELS = ("tensor(int64)", "tensor(string)")
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
    if target_type in _targets.CLASSES and not _probabilities_of(model):
        return "has no output of probabilities: it gives %s" % _in_words(model.get_outputs())
    if target_type in ("regression", "anomaly") and not _is_numeric(model.get_outputs()[0]):
        return "gives no numbers as its first output: it gives %s" % _in_words(model.get_outputs())
    return _targets.find_fault(target_type)


def signature(model):
    from ._tabular import signature_of

    inputs = [(one.name, _dtype_of(one), one.shape) for one in model.get_inputs()]
    return signature_of(inputs, _as_skl2onnx_spells)


def _as_skl2onnx_spells(name):
    spelled = re.sub("[^\\w+]", "_", name)
    return "_" + spelled if re.match("[0-9]", spelled) else spelled


def classes(model, target_type, labels):
    """Those that skl2onnx names outputs after, of one column each. Maps from labels say them with every
    answer, so those requested stand for them until then. None where nothing says them.
    """
    label, found = _label_of(model), _probabilities_of(model)
    if target_type in _targets.CLASSES and any(_names_labels(one.type, labels) for one in found):
        return labels
    outputs = [one.name for one in found]
    if target_type not in _targets.CLASSES or label is None or len(outputs) < 2:
        return None
    prefix = "s" if label.type == "tensor(string)" else "i"
    for before in (prefix, ""):
        spelled = {_as_skl2onnx_spells(before + one): one for one in labels}
        if all(name in spelled for name in outputs):
            return [spelled[name] for name in outputs]
    if prefix == "s":
        return [name[1:] for name in outputs]
    numbers = [re.match(r"i(\d+)$", name) for name in outputs]
    return [int(one.group(1)) for one in numbers] if all(numbers) else None


def _names_labels(kind, labels):
    """Whether outputs of this type are maps from labels such as these. Class numbers only count names."""
    numbers = all(isinstance(_labels.normal_label(label), float) for label in labels)
    return kind.startswith("seq(map(" if numbers else "seq(map(string,")


def predict(model, table, target_type, labels):
    from ._tabular import side_by_side

    arrays = _as_inputs(model, table)
    outputs = _probabilities_of(model) if target_type in _targets.CLASSES else model.get_outputs()[:1]
    values = model.run([one.name for one in outputs], arrays)
    if isinstance(values[0], list) and values[0] and isinstance(values[0][0], dict):
        return _unzipped(values[0])
    return side_by_side(values)[0], classes(model, target_type, labels)


def _as_inputs(model, table):
    """Arrays by the names of the inputs: all columns for a single one, a column for each of several."""
    from ._tabular import as_array, by_name, check_shape

    inputs = model.get_inputs()
    if len(inputs) == 1:
        check_shape(inputs[0].shape)
        arrays = {inputs[0].name: as_array(table, _dtype_of(inputs[0]))}
    else:
        arrays = by_name(table, {one.name: _dtype_of(one) for one in inputs})
    flat = [one.name for one in inputs if len(one.shape) == 1 and arrays[one.name].shape[1] == 1]
    return {**arrays, **{name: arrays[name][:, 0] for name in flat}}


def _dtype_of(value):
    """Of `tensor(float)` and its like."""
    kind = value.type[len("tensor(") : -1]
    return "float32" if kind == "float" else _DTYPES.get(kind, kind)


def _probabilities_of(model):
    """The outputs that hold probabilities, by type and shape: never labels.

    A map or the only array of floats, else what is named so, else one column each beside a label; else, of a
    network of several, the first.
    """
    outputs = model.get_outputs()
    maps = [one for one in outputs if one.type.startswith("seq(map(")]
    floats = [one for one in outputs if one.type in _FLOATS]
    named = [one for one in maps + floats if "prob" in one.name.lower()]
    columns = [one for one in floats if len(one.shape) == 1 or one.shape[1:] == [1]]
    if named or maps:
        return (named or maps)[:1]
    return columns if len(columns) == len(floats) and _label_of(model) is not None else floats[:1]


def _label_of(model):
    """The output of predicted labels, which a classifier has beside its probabilities; or None."""
    outputs = model.get_outputs()
    return next((one for one in outputs if one.type in _LABELS), None) if len(outputs) > 1 else None


def _is_numeric(output):
    return output.type.startswith("tensor(") and output.type != "tensor(string)"


def _in_words(outputs):
    return ", ".join("%s of type %s" % (one.name, one.type) for one in outputs)


def _unzipped(rows):
    """(array, classes) of a map from class to probability for each row."""
    import numpy as np

    classes = list(rows[0])
    return np.array([[row[one] for one in classes] for row in rows], dtype="float32"), classes
