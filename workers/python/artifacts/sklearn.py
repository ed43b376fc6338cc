"""scikit-learn estimators and pipelines, pickled or dumped by joblib."""

import os
import pickle
import sys

from .. import numbers_alone as _numbers
from . import _targets

rank = 90
name = "scikit-learn"
extensions = [".pkl", ".joblib"]
holds = "an object that was pickled or dumped by joblib, in an environment like this one"

_TRANSFORM = "transform"  # the target type and the method
_twins = {}


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
        except (KeyError, EOFError, IndexError, ImportError, pickle.UnpicklingError) as other:
            # joblib is the one that got further, unless the file is none of either.
            raise other if isinstance(other, ImportError) and other.name != "joblib" else error from None


def fits(model):
    return "sklearn" in sys.modules and isinstance(model, sys.modules["sklearn"].base.BaseEstimator)


def packages(model):
    return ["sklearn"]


def find_fault(model, target_type):
    if target_type in _targets.CLASSES:
        method = "predict_proba"
    elif target_type == _TRANSFORM:
        method = "transform"
    elif target_type in _targets.NUMBERS:
        method = "predict"
    else:
        return _targets.find_fault(target_type)
    if not hasattr(model, method):
        return "has no %s, which the target type %s needs" % (method, target_type)
    if target_type in _targets.CLASSES and callable(getattr(model, "objective_", None)):
        return "has an objective of its own, and LightGBM gives no probabilities for these"
    texts = [one for one in _flat_classes(model) if isinstance(one, str)]
    if target_type in ("regression", "anomaly") and texts:
        return 'is a classifier that predicts text ("%s"), no numbers' % texts[0]
    return None


def signature(model):
    from ._columns import signature_of

    return signature_of(model)


def classes(model, target_type, labels):
    found = getattr(model, "classes_", None) if target_type in _targets.CLASSES else None
    if isinstance(found, list):  # several outputs, a label each
        return list(range(len(found))) if len(found) != len(labels) else None
    return None if found is None else list(found)


def _flat_classes(model):
    found = getattr(model, "classes_", None)
    return [] if found is None or isinstance(found, list) else list(found)


def predict(model, table, target_type, labels):
    if target_type == _TRANSFORM:
        return model.transform(_numbers.framed(table)), None
    twin = _twin_of(model)
    if target_type not in _targets.CLASSES:
        return twin.call("predict", table), None
    probabilities = twin.call("predict_proba", table)
    classes = getattr(model, "classes_", None)
    if isinstance(probabilities, list):
        # Several outputs: an array each, with a column for each class of that output.
        return [_probability_of_one(*output) for output in zip(probabilities, classes)], None
    return probabilities, classes


def _twin_of(model):
    """The model's twin, made at its first prediction. A worker has one model."""
    twin = _twins.get(id(model))
    if twin is None:
        from ._twin import Twin

        twin = _twins[id(model)] = Twin(model)
    return twin


def _probability_of_one(probabilities, classes):
    """The column of class 1, which is the prediction of one label; 0 where there is no such class."""
    column = probabilities[:, 0] * 0.0
    for at, label in enumerate(classes):
        if label == 1:
            column = probabilities[:, at]
    return column
