"""scikit-learn estimators and pipelines, pickled or dumped by joblib."""

import os
import pickle
import sys

rank = 90
name = "scikit-learn"
extensions = [".pkl", ".joblib"]


def load(path):
    """The object in the file. Whatever unpickling raises passes through."""
    if os.path.splitext(path)[1].lower() == ".joblib":
        import joblib

        return joblib.load(path)
    try:
        with open(path, "rb") as file:
            return pickle.load(file)
    except ModuleNotFoundError:
        raise
    except Exception:
        # joblib.dump is often used with the ending .pkl too.
        try:
            import joblib
        except ImportError:
            joblib = None
        if joblib is None or os.path.getsize(path) == 0:
            raise
        return joblib.load(path)


def fits(model):
    return "sklearn" in sys.modules and isinstance(model, sys.modules["sklearn"].base.BaseEstimator)


def predict(model, frame, target_type):
    if target_type in ("binary", "multiclass", "multilabel"):
        return model.predict_proba(frame), getattr(model, "classes_", None)
    return model.predict(frame), None
