"""XGBoost: native Boosters, and scikit-learn's interface to it, alone or at the end of a pipeline."""

import sys

from . import _targets
from . import sklearn as _estimators

rank = 20
name = "xgboost"
extensions = [".pkl", ".joblib"]
holds = _estimators.holds

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
    if _is_booster(model) and target_type in _targets.CLASSES + _targets.NUMBERS:
        return None
    return _estimators.find_fault(model, target_type)


def predict(model, table, target_type, labels):
    if _is_booster(model):
        return model.predict(sys.modules["xgboost"].DMatrix(table)), None
    return _estimators.predict(model, table, target_type, labels)


def _is_booster(model):
    return isinstance(model, sys.modules["xgboost"].Booster)
