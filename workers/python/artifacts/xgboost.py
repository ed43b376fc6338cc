"""XGBoost: native Boosters, and scikit-learn's interface to it, alone or at the end of a pipeline."""

import sys

from .sklearn import load, predict as predict_estimator

rank = 20
name = "xgboost"
extensions = [".pkl", ".joblib"]

__all__ = ["rank", "name", "extensions", "load", "fits", "predict"]


def fits(model):
    xgboost = sys.modules.get("xgboost")  # a model of it has imported it
    if xgboost is None:
        return False
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    return isinstance(last, (xgboost.Booster, xgboost.XGBModel))


def predict(model, frame, target_type):
    xgboost = sys.modules["xgboost"]
    if isinstance(model, xgboost.Booster):
        return model.predict(xgboost.DMatrix(frame)), None
    return predict_estimator(model, frame, target_type)
