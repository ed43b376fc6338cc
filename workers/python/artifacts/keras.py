"""Keras: whole models saved as .keras or .h5, alone or at the end of a scikit-learn pipeline."""

import inspect
import os
import sys
import tempfile

from .. import numbers_alone as _numbers
from . import _targets

rank = 10
name = "keras"
extensions = [".h5", ".keras"]
holds = (
    "a whole model saved by model.save(path), "
    "whose own classes custom.py registers by keras.saving.register_keras_serializable"
)

# As many rows are predicted at once; up to so many, in one call without the costly set-up of `predict`.
_BATCH = 512


def load(path):
    """The model, without what only training needs. Whatever Keras raises passes through."""
    load_model = _import_keras().models.load_model
    # Layers of Python code are trusted as pickles are: the file is the user's own.
    trusting = {"safe_mode": False} if "safe_mode" in inspect.signature(load_model).parameters else {}
    ending = os.path.splitext(path)[1].lower()
    if path.endswith(ending):
        return load_model(path, compile=False, **trusting)
    with tempfile.TemporaryDirectory() as folder:  # Keras knows small letters only.
        link = os.path.join(folder, "model" + ending)
        os.symlink(path, link)
        return load_model(link, compile=False, **trusting)


def _import_keras():
    try:
        import keras
    except ModuleNotFoundError as error:
        try:
            from tensorflow import keras  # TensorFlow before 2.6 has it inside.
        except ModuleNotFoundError:
            raise error from None
    return keras


def fits(model):
    return len(_implementations_of(model)) > 0


def packages(model):
    return _implementations_of(model)[:1]


def _implementations_of(model):
    """Names of the imported Keras implementations whose model it is, or ends in. A model imports its own."""
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if isinstance(steps, list) and steps else model
    imported = [name for name in ("keras", "tf_keras", "tensorflow.keras") if name in sys.modules]
    return [name for name in imported if isinstance(last, getattr(sys.modules[name], "Model", ()))]


def find_fault(model, target_type):
    return _targets.find_fault(target_type)


def signature(model):
    from ._tabular import signature_of

    inputs = [] if getattr(model, "steps", None) else getattr(model, "inputs", None) or []
    return signature_of([_described(one) for one in inputs]) if inputs else None


def predict(model, table, target_type, labels):
    from ._tabular import side_by_side

    if getattr(model, "steps", None):
        table = model[:-1].transform(_numbers.framed(table)) if len(model.steps) > 1 else table
        model = model.steps[-1][1]
    data = _as_inputs(model, table)
    rows = len(next(iter(data.values()))) if isinstance(data, dict) else len(data)
    outputs = (
        model.predict_on_batch(data) if rows <= _BATCH else model.predict(data, batch_size=_BATCH, verbose=0)
    )
    return side_by_side(outputs)


def _as_inputs(model, table):
    """One array of all columns, or a column for each of several inputs."""
    from ._tabular import as_array, by_name, check_shape

    inputs = [_described(one) for one in getattr(model, "inputs", None) or []]
    if not inputs:
        return as_array(table, "float32")
    if len(inputs) == 1:
        [(_, dtype, shape)] = inputs
        check_shape(shape)
        return as_array(table, dtype)
    return by_name(table, {name: dtype for name, dtype, _ in inputs})


def _described(tensor):
    """(name, dtype, shape) of an input."""
    kind = getattr(tensor.dtype, "name", tensor.dtype)
    dtype = {"string": "object", "bfloat16": "float32"}.get(kind, kind)
    return tensor.name.split(":")[0], dtype, list(tensor.shape)
