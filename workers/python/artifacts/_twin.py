"""Predicts small, plainly numeric frames from their bare array, where that is sure to give the same bits.

scikit-learn spends half of its time for one row on checking the frame's column names at every step. A *twin*
is a shallow copy of the model that knows no names. It is used when the names are those that the model was
fitted with, in the same order, and every step looks at positions alone; the first predictions are made both
ways and compared. A model that was fitted without names is its own twin.
"""

import copy
import sys

import numpy as np
import pandas as pd

from ..numbers_alone import Numbers, framed

# Steps of scikit-learn that convert their input to an array first and never look at a name again.
POSITIONAL = frozenset(
    """SimpleImputer StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer PCA PolynomialFeatures
    LinearRegression Ridge RidgeCV Lasso LassoCV ElasticNet ElasticNetCV BayesianRidge HuberRegressor
    LogisticRegression LogisticRegressionCV SVC SVR LinearSVR GaussianNB KNeighborsClassifier
    KNeighborsRegressor DecisionTreeClassifier DecisionTreeRegressor RandomForestClassifier
    RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor GradientBoostingClassifier
    GradientBoostingRegressor IsolationForest MLPClassifier MLPRegressor""".split()
)
MOST_ROWS = 1000  # Beyond, the names cost nothing beside the work.
COMPARED = 3


class Twin:
    """A model beside its nameless copy, if there is one. Once the two differ, the model itself predicts."""

    def __init__(self, model):
        self.model = model
        self.nameless = without_names(model)
        names = getattr(model, "feature_names_in_", None)
        self.names = None if names is None else pd.Index(names)
        self.listed_names = None if names is None else list(names)
        self.width = getattr(model, "n_features_in_", None)  # in columns
        self.compared = 0

    def call(self, method, data):
        """What the method makes of the data, a frame or Numbers."""
        array = self.array_of(data)
        if array is None:
            return getattr(self.model, method)(framed(data))
        values = getattr(self.nameless, method)(array)
        if self.names is not None and self.compared < COMPARED:
            self.compared += 1
            expected = getattr(self.model, method)(framed(data))
            if isinstance(expected, list) or not np.array_equal(values, expected):
                self.nameless = None  # Several outputs, or not the same after all.
            return expected
        return values

    def array_of(self, data):
        """The numbers of a frame or of Numbers, when the twin may be asked."""
        if self.nameless is None or not isinstance(data, (Numbers, pd.DataFrame)):
            return None
        rows, width = data.shape
        if rows == 0:
            return None
        if self.names is None:
            if width != self.width:
                return None
        elif rows > MOST_ROWS or not self.has_names(data):
            return None
        array = data.array if isinstance(data, Numbers) else data.to_numpy()
        return array if array.dtype.kind in "if" else None

    def has_names(self, data):
        if isinstance(data, Numbers):
            return data.names == self.listed_names
        return data.columns.equals(self.names)


def without_names(model):
    """A shallow copy that knows no column names; None for a model that may ask for them."""
    kind = type(model)
    if not kind.__module__.startswith("sklearn.") or "_sklearn_output_config" in vars(model):
        return None
    if sys.modules["sklearn"].get_config().get("transform_output", "default") != "default":
        return None
    if kind.__name__ == "Pipeline" and getattr(model, "transform_input", None) is None:
        steps = [
            (name, step if step in (None, "passthrough") else without_names(step))
            for name, step in model.steps
        ]
        if any(twin is None and step is not None for (_, step), (_, twin) in zip(model.steps, steps)):
            return None
        twin = copy.copy(model)
        twin.steps = steps
        return twin
    # With copy=False a step writes into what it is given, a frame's memory included.
    if kind.__name__ not in POSITIONAL or getattr(model, "copy", True) is False:
        return None
    twin = copy.copy(model)
    vars(twin).pop("feature_names_in_", None)
    return twin
