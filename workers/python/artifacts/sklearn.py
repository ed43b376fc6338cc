"""scikit-learn estimators and pipelines, pickled or dumped by joblib."""

import os
import pickle
import sys

rank = 90
name = "scikit-learn"
extensions = [".pkl", ".joblib"]
holds = "an object that was pickled or dumped by joblib, in an environment like this one"

CLASSES = ("binary", "multiclass", "multilabel")
NUMBERS = ("regression", "anomaly", "geopoint")
TRANSFORM = "transform"  # the target type and the method


def load(path):
    """The object in the file. Whatever unpickling raises passes through."""
    if os.path.splitext(path)[1].lower() == ".joblib":
        import joblib

        return joblib.load(path)
    try:
        with open(path, "rb") as file:
            return pickle.load(file)
    except (ModuleNotFoundError, EOFError):
        raise
    except Exception as error:
        # joblib.dump is often used with the ending .pkl too.
        try:
            import joblib

            return joblib.load(path)
        except Exception:
            raise error from None


def fits(model):
    return "sklearn" in sys.modules and isinstance(model, sys.modules["sklearn"].base.BaseEstimator)


def find_fault(model, target_type):
    if target_type not in CLASSES + NUMBERS + (TRANSFORM,):
        return find_target_fault(target_type)
    method = (
        "predict_proba" if target_type in CLASSES else TRANSFORM if target_type == TRANSFORM else "predict"
    )
    return (
        None
        if hasattr(model, method)
        else "has no %s, which the target type %s needs" % (method, target_type)
    )


def find_target_fault(target_type):
    """Why a model whose predictions are numbers cannot serve the target type, or None."""
    if target_type in CLASSES + NUMBERS:
        return None
    return "is no predictor for the target type %s, expected one of %s" % (
        target_type,
        ", ".join(CLASSES + NUMBERS),
    )


def predict(model, frame, target_type):
    if target_type == TRANSFORM:
        return model.transform(frame), None
    twin = twin_of(model)
    if target_type not in CLASSES:
        return twin.call("predict", frame), None
    probabilities = twin.call("predict_proba", frame)
    labels = getattr(model, "classes_", None)
    if isinstance(probabilities, list):
        # Several outputs: an array each, whose columns are that output's classes; the prediction is the
        # probability of class 1.
        return [of_one(array, classes) for array, classes in zip(probabilities, labels)], None
    return probabilities, labels


twins = {}


def twin_of(model):
    """The model's twin, made at its first prediction. A worker has one model."""
    twin = twins.get(id(model))
    if twin is None:
        from ._twin import Twin

        twin = twins[id(model)] = Twin(model)
    return twin


def of_one(probabilities, classes):
    column = probabilities[:, 0] * 0.0
    for at, label in enumerate(classes):
        if label == 1:
            column = probabilities[:, at]
    return column
