"""XGBoost: native Boosters, and scikit-learn's interface to it, alone or at the end of a pipeline."""

import sys

from .sklearn import CLASSES, NUMBERS, holds, load
from .sklearn import find_fault as find_fault_of_estimator
from .sklearn import predict as predict_estimator

__all__ = ["rank", "name", "extensions", "holds", "load", "fits", "find_fault", "predict"]

rank = 20
name = "xgboost"
extensions = [".pkl", ".joblib"]


def fits(model):
    xgboost = sys.modules.get("xgboost")  # a model of it has imported it
    if xgboost is None:
        return False
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    return isinstance(last, (xgboost.Booster, xgboost.XGBModel))


def find_fault(model, target_type):
    if isinstance(model, sys.modules["xgboost"].Booster) and target_type in CLASSES + NUMBERS:
        return None
    return find_fault_of_estimator(model, target_type)


def predict(model, frame, target_type):
    xgboost = sys.modules["xgboost"]
    if isinstance(model, xgboost.Booster):
        return model.predict(xgboost.DMatrix(frame)), None
    return predict_estimator(model, frame, target_type)
