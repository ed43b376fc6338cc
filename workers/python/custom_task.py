"""Turns a class CustomTask of the hook file into hooks."""

import inspect

CLASSIFICATION = ("binary", "multiclass", "multilabel")


def hooks_of_task(task):
    """The hooks by name: load_model, fit, and score or transform."""

    def load_model(code_dir):
        return task.load(code_dir)

    def score(data, model, target_type):
        method = model.predict_proba if target_type in CLASSIFICATION else model.predict
        return as_frame(method(data))

    def transform(data, model):
        return model.transform(data)

    def fit(X, y, output_dir, class_order, row_weights, parameters):
        instance = task()
        arguments = {
            "output_dir": output_dir,
            "class_order": class_order,
            "row_weights": row_weights,
            "parameters": parameters,
        }
        instance.fit(X, y, **taken(instance.fit, arguments))
        instance.save(output_dir)

    last = {"score": score} if hasattr(task, "predict") else {"transform": transform}
    return {"load_model": load_model, "fit": fit, **last}


def taken(function, arguments):
    """Those of the arguments that the function has a parameter for."""
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return arguments
    names = {one.name for one in parameters}
    return {name: value for name, value in arguments.items() if name in names}


def as_frame(result):
    """The predictions as a DataFrame where they are an array or a Series of one column, else as they are."""
    import pandas as pd

    if getattr(result, "ndim", None) == 2 and not isinstance(result, pd.DataFrame) and result.shape[1] == 1:
        result = result[:, 0]
    if getattr(result, "ndim", None) != 1:
        return result
    return pd.DataFrame({"Predictions": result})
