"""XGBoost: native Boosters, and scikit-learn's interface to it, alone or at the end of a pipeline."""

import json
import sys

from .. import numbers_alone as _numbers
from . import _targets
from . import sklearn as _estimators

rank = 20
name = "xgboost"
extensions = [".pkl", ".joblib"]
holds = _estimators.holds

_PROBABILITIES = ("binary:logistic", "multi:softprob", "reg:logistic")

load = _estimators.load


def fits(model):
    xgboost = sys.modules.get("xgboost")  # a model of it has imported it
    if xgboost is None:
        return False
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    return isinstance(last, (xgboost.Booster, xgboost.XGBModel))


def packages(model):
    return ["xgboost"]


def find_fault(model, target_type):
    if not _is_booster(model) or target_type not in _targets.CLASSES + _targets.NUMBERS:
        fault = _estimators.find_fault(model, target_type)
        if fault is not None:
            return fault
    if target_type not in _targets.CLASSES:
        return None
    objective = _objective_of(model)
    # The estimators make probabilities of what multi:softmax gives.
    if objective in _PROBABILITIES or (objective == "multi:softmax" and not _is_booster(model)):
        return None
    words = "has the objective %s, whose predictions are no probabilities; train it with %s"
    return words % (objective, " or ".join(_PROBABILITIES))


def signature(model):
    booster = _booster_of(model)
    if booster is None:
        return _estimators.signature(model)
    from ..columns import column
    from ._columns import as_category

    # A booster of arrays knows no names, and takes any.
    names = booster.feature_names or ["f%d" % at for at in range(booster.num_features())]
    kinds = booster.feature_types or ["float"] * len(names)
    categories = _categories_of(booster) if "c" in kinds else []
    columns = []
    for at, (name, kind) in enumerate(zip(names, kinds)):
        known = categories[at] if categories else []
        asked = {"kind": "float64"} if kind != "c" else as_category(known) if known else {}
        columns.append(column(name, **asked))
    return {"columns": columns, "by": "name" if booster.feature_names else "position"}


def classes(model, target_type, labels):
    return None if _is_booster(model) else _estimators.classes(model, target_type, labels)


def predict(model, table, target_type, labels):
    if _is_booster(model):
        is_categorical = "c" in (model.feature_types or ())
        matrix = sys.modules["xgboost"].DMatrix(
            _numbers.framed(table), **({"enable_categorical": True} if is_categorical else {})
        )
        return model.predict(matrix), None
    return _estimators.predict(model, table, target_type, labels)


def _is_booster(model):
    return isinstance(model, sys.modules["xgboost"].Booster)


def _booster_of(model):
    """The booster that the data reach first; None in a pipeline that does something before."""
    if _is_booster(model):
        return model
    steps = [
        step for _, step in getattr(model, "steps", [(None, model)]) if step not in (None, "passthrough")
    ]
    return steps[0].get_booster() if len(steps) == 1 else None


def _objective_of(model):
    last = model.steps[-1][1] if getattr(model, "steps", None) else model
    booster = last if _is_booster(last) else last.get_booster()
    return json.loads(booster.save_config())["learner"]["objective"]["name"]


def _categories_of(model):
    """The categories of each column by code; empty where XGBoost, before 3.1, keeps none."""
    learner = json.loads(bytes(model.save_raw("json")))["learner"]
    booster = learner["gradient_booster"].get("gbtree", learner["gradient_booster"])  # of dart
    kept = booster.get("model", {}).get("cats", {}).get("enc", [])
    return [_texts_of(one) if "offsets" in one else one["values"] for one in kept]


def _texts_of(kept):
    data = bytes(value % 256 for value in kept["values"])
    return [data[start:end].decode("utf-8") for start, end in zip(kept["offsets"], kept["offsets"][1:])]
