"""Keras: whole models saved as .keras or .h5, alone or at the end of a scikit-learn pipeline."""

import inspect
import os
import sys
import tempfile

from .sklearn import find_target_fault

rank = 10
name = "keras"
extensions = [".h5", ".keras"]
holds = (
    "a whole model saved by model.save(path), "
    "whose own classes custom.py registers by keras.saving.register_keras_serializable"
)

# As many rows are predicted at once; up to so many, in one call without the costly set-up of `predict`.
BATCH = 512


def load(path):
    """The model, without what only training needs. Whatever Keras raises passes through."""
    load_model = import_keras().models.load_model
    # Layers of Python code are trusted as pickles are: the file is the user's own.
    trusting = {"safe_mode": False} if "safe_mode" in inspect.signature(load_model).parameters else {}
    ending = os.path.splitext(path)[1].lower()
    if path.endswith(ending):
        return load_model(path, compile=False, **trusting)
    with tempfile.TemporaryDirectory() as folder:  # Keras knows small letters only.
        link = os.path.join(folder, "model" + ending)
        os.symlink(path, link)
        return load_model(link, compile=False, **trusting)


def import_keras():
    try:
        import keras
    except ModuleNotFoundError as error:
        try:
            from tensorflow import keras  # TensorFlow before 2.6 has it inside.
        except ModuleNotFoundError:
            raise error from None
    return keras


def fits(model):
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if isinstance(steps, list) and steps else model
    return any(isinstance(last, kind) for kind in model_classes())


def model_classes():
    """Those of the Keras implementations that are imported; a model has imported its own."""
    modules = [sys.modules.get(name) for name in ("keras", "tf_keras", "tensorflow.keras")]
    return [module.Model for module in modules if module is not None and hasattr(module, "Model")]


def find_fault(model, target_type):
    return find_target_fault(target_type)


def predict(model, frame, target_type):
    from ._tabular import side_by_side

    if getattr(model, "steps", None):
        frame = model[:-1].transform(frame) if len(model.steps) > 1 else frame
        model = model.steps[-1][1]
    data = as_inputs(model, frame)
    rows = len(next(iter(data.values()))) if isinstance(data, dict) else len(data)
    outputs = (
        model.predict_on_batch(data) if rows <= BATCH else model.predict(data, batch_size=BATCH, verbose=0)
    )
    return side_by_side(outputs)


def as_inputs(model, frame):
    """One array of all columns, or a column for each of several inputs."""
    from ._tabular import as_array, by_name, check_shape

    inputs = getattr(model, "inputs", None) or []
    if not inputs:
        return as_array(frame, "float32")
    if len(inputs) == 1:
        data = as_array(frame, dtype_of(inputs[0]))
        check_shape(data, inputs[0].shape)
        return data
    return by_name(frame, {one.name.split(":")[0]: dtype_of(one) for one in inputs})


def dtype_of(tensor):
    kind = getattr(tensor.dtype, "name", tensor.dtype)
    return {"string": "object", "bfloat16": "float32"}.get(kind, kind)
