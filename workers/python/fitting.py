"""The method fit: reads the training data, and gives it to the hook fit."""

import os

from .hooks import Hooks
from .model import check_model
from .packages import package_missing
from .parameters import give_to_user_code
from .protocol import WorkerError, take, take_texts


def fit(channel, params):
    """Runs init, transform and fit, which writes the model to the output directory."""
    check_model(params)
    for name in ("y", "row_weights"):
        take(params, name, dict, optional=True)
    payload, output = take(params, "X", dict), take(params, "output_directory", str)
    parameters = with_floats(take(params, "parameters", dict), take_texts(params, "float_parameters"))
    give_to_user_code(params)
    hook_file = params.get("hook_file")
    if hook_file:
        channel.progress("loading " + os.path.basename(hook_file))
    hooks = Hooks(hook_file, params["code_directory"], params.get("hooks"))
    hook = hooks.hook_for("fit")
    if hook is None:
        message = "%s defines no fit, which trains the model; define it" % (
            hook_file or "the code directory has no hook file, so it"
        )
        raise WorkerError("METHOD_UNKNOWN", message)
    channel.progress("reading the data")
    dataframes = import_dataframes()
    features = dataframes.read(payload)
    target, weights = [
        column_of(dataframes, params.get(name), len(features)) for name in ("y", "row_weights")
    ]
    init, transform = hooks.hook_for("init"), hooks.hook_for("transform")
    if init is not None:
        init(code_dir=params["code_directory"])
    if transform is not None and params["target_type"] != "transform":
        features = dataframes.check_frame("transform", transform(features, None))
    channel.progress("running fit")
    hook(
        X=features,
        y=target,
        output_dir=output,
        class_order=class_order(params),
        row_weights=weights,
        parameters=parameters,
    )
    return {}


def import_dataframes():
    try:
        from . import dataframes
    except ModuleNotFoundError as error:
        raise package_missing("a structured model", error) from None
    return dataframes


def column_of(dataframes, payload, rows):
    """The one column of a payload as a Series; None where there is no payload."""
    if payload is None:
        return None
    frame = dataframes.read(payload)
    if frame.shape[1] != 1 or len(frame) != rows:
        message = (
            "X has %d rows, and beside it came %d rows of %d columns; "
            "expected one column with a value for each row"
        )
        raise WorkerError("INPUT_UNREADABLE", message % (rows, len(frame), frame.shape[1]))
    return frame.iloc[:, 0]


def with_floats(parameters, names):
    return {
        name: float(value) if name in names and isinstance(value, int) else value
        for name, value in parameters.items()
    }


def class_order(params):
    """[positive, negative] of two labels, else all of them; None for other target types."""
    if params["target_type"] == "binary":
        return [params.get("positive_class_label"), params.get("negative_class_label")]
    return params.get("class_labels")
