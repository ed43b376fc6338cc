"""artifacts/_twin.py: bare arrays are used where that gives the same bits, and nowhere else."""

import unittest
import warnings

import numpy as np
import pandas as pd
from drumline_worker.artifacts._twin import COMPARED, MOST_ROWS, Twin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import IsolationForest, RandomForestClassifier, VotingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

DIABETES = load_diabetes(as_frame=True)
IRIS = load_iris(as_frame=True)


def fitted(*steps, data=DIABETES):
    return make_pipeline(*steps).fit(data.data, data.target)


class SameBits(unittest.TestCase):
    def check(self, model, data, method="predict"):
        twin = Twin(model)
        for first in range(0, 40, 4):
            frame = data.iloc[first : first + 4].reset_index(drop=True)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                values = twin.call(method, frame)
            np.testing.assert_array_equal(values, getattr(model, method)(frame))
        self.assertEqual(twin.compared, COMPARED)
        self.assertIsNotNone(twin.nameless)

    def test_a_pipeline_with_missing_values(self):
        data = DIABETES.data.mask(np.random.default_rng(0).random(DIABETES.data.shape) < 0.2)
        self.check(fitted(SimpleImputer(), StandardScaler(), Ridge()), data)

    def test_probabilities(self):
        self.check(fitted(StandardScaler(), LogisticRegression(), data=IRIS), IRIS.data, "predict_proba")
        self.check(
            RandomForestClassifier(10, random_state=0).fit(IRIS.data, IRIS.target), IRIS.data, "predict_proba"
        )

    def test_anomalies(self):
        self.check(IsolationForest(n_estimators=10, random_state=0).fit(DIABETES.data), DIABETES.data)

    def test_ints_beside_floats(self):
        data = DIABETES.data.assign(sex=range(len(DIABETES.data)))
        self.check(make_pipeline(StandardScaler(), Ridge()).fit(data, DIABETES.target), data)

    def test_a_model_that_was_fitted_without_names(self):
        """It is its own twin: it never sees the names, of which it would warn."""
        model = make_pipeline(StandardScaler(), Ridge()).fit(DIABETES.data.to_numpy(), DIABETES.target)
        twin = Twin(model)
        for first in range(0, 40, 4):
            frame = DIABETES.data.iloc[first : first + 4]
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                values = twin.call("predict", frame)
            np.testing.assert_array_equal(values, model.predict(frame.to_numpy()))
        many = pd.concat([DIABETES.data] * 10).iloc[: MOST_ROWS + 1]
        self.assertIsNotNone(twin.array_of(many))


class TheModelItself(unittest.TestCase):
    def setUp(self):
        self.model = fitted(StandardScaler(), Ridge())
        self.twin = Twin(self.model)
        self.frame = DIABETES.data.iloc[:3]

    def test_is_asked_when_the_names_are_others(self):
        with self.assertRaisesRegex(ValueError, "feature names"):
            self.twin.call("predict", self.frame.rename(columns={"age": "years"}))
        with self.assertRaisesRegex(ValueError, "feature names"):
            self.twin.call("predict", self.frame[self.frame.columns[::-1]])

    def test_is_asked_for_frames_that_are_not_plain_numbers(self):
        for frame in (self.frame.astype(object), self.frame.astype("Float64"), self.frame.iloc[:0]):
            self.assertIsNone(self.twin.array_of(frame))
        self.assertIsNone(self.twin.array_of(pd.concat([DIABETES.data] * 10).iloc[: MOST_ROWS + 1]))

    def test_is_asked_for_steps_that_may_look_at_names(self):
        by_name = make_column_transformer((StandardScaler(), ["age", "bmi"]))
        shown = StandardScaler().set_output(transform="pandas")
        for steps in (
            [by_name, Ridge()],
            [FunctionTransformer(), Ridge()],
            [shown, Ridge()],
            [VotingRegressor([("r", Ridge())])],
        ):
            self.assertIsNone(Twin(fitted(*steps)).nameless)

    def test_is_asked_for_steps_that_write_into_their_input(self):
        model = fitted(StandardScaler(copy=False), Ridge(), data=load_diabetes(as_frame=True))
        twin = Twin(model)
        expected = model.predict(self.frame.copy())
        for _ in range(COMPARED + 1):
            np.testing.assert_array_equal(twin.call("predict", self.frame.copy()), expected)
        self.assertIsNone(twin.nameless)

    def test_is_asked_when_the_columns_are_more_or_less(self):
        twin = Twin(Ridge().fit(DIABETES.data.to_numpy(), DIABETES.target))
        self.assertIsNone(twin.array_of(self.frame.iloc[:, 1:]))
        self.assertIsNotNone(twin.array_of(self.frame))

    def test_is_asked_for_ever_once_the_twin_differed(self):
        self.twin.nameless = fitted(StandardScaler(), Ridge(alpha=100.0))
        expected = self.model.predict(self.frame)
        for _ in range(COMPARED + 2):
            np.testing.assert_array_equal(self.twin.call("predict", self.frame), expected)
        self.assertIsNone(self.twin.nameless)

    def test_keeps_its_names(self):
        Twin(self.model).call("predict", self.frame)
        self.assertEqual(list(self.model.feature_names_in_), list(self.frame.columns))


if __name__ == "__main__":
    unittest.main()
