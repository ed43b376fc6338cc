"""numbers_alone.py: predictors get the numbers of a table, and a frame wherever something else looks."""

import random
import unittest

import numpy as np
import pandas as pd
from drumline_worker import payloads
from drumline_worker.artifacts import choose_predictor
from drumline_worker.from_wire import table_to_frame
from drumline_worker.numbers_alone import Numbers, framed, numbers_of
from drumline_worker.protocol import WorkerError
from drumline_worker.to_wire import frame_to_wire
from pandas.testing import assert_frame_equal
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SEED = 20261201
DIABETES = load_diabetes(as_frame=True)


def table_of(frame):
    return frame_to_wire(frame)["predictions"]


def bare(table):
    return payloads.read({"kind": "table", "table": table}, bare=True)


class OfTables(unittest.TestCase):
    def test_the_array_is_that_of_the_frame(self):
        chance = np.random.default_rng(SEED)
        for dtype in ("float64", "float32", "int64"):
            for rows in (1, 2, 7, 1000):
                values = (chance.normal(size=(rows, 5)) * 1000).astype(dtype)
                table = table_of(pd.DataFrame(values, columns=list("abcde")))
                numbers, frame = bare(table), table_to_frame(table)
                self.assertIsInstance(numbers, Numbers)
                self.assertEqual(numbers.names, list(frame.columns))
                self.assertEqual(numbers.array.dtype, frame.to_numpy().dtype)
                self.assertEqual(numbers.array.tobytes("A"), frame.to_numpy().tobytes("A"))
                self.assertEqual(numbers.array.flags.f_contiguous, frame.to_numpy().flags.f_contiguous)
                self.assertTrue(numbers.array.flags.writeable)
                assert_frame_equal(numbers.frame(), frame)

    def test_all_other_tables_are_frames(self):
        frames = [
            pd.DataFrame({"a": ["x"]}),
            pd.DataFrame({"a": [1.5], "b": [1]}),
            pd.DataFrame({"a": [True]}),
            pd.DataFrame({"a": [1.5, None]}, dtype="Float64"),
            pd.DataFrame({"a": []}, dtype="float64"),
        ]
        for frame in frames:
            self.assertIsInstance(bare(table_of(frame)), pd.DataFrame)
        labelled = {
            **table_of(pd.DataFrame({"a": [1.5]})),
            "index": table_of(pd.DataFrame({"k": [7]}))["columns"],
        }
        self.assertEqual(list(bare(labelled).index), [7])

    def test_a_broken_table_is_refused_as_ever(self):
        whole = table_of(pd.DataFrame({"a": [1.5], "b": [2.5]}))
        breaks = random.Random(SEED)
        for field, value in [
            ("data", b"1"),
            ("data", None),
            ("name", 7),
            ("type", []),
            ("validity", b""),
        ] * 3:
            columns = [dict(column) for column in whole["columns"]]
            columns[breaks.randrange(2)][field] = value
            with self.assertRaises(WorkerError) as caught:
                bare({**whole, "columns": columns})
            self.assertEqual(caught.exception.code, "PARAMS_INVALID")
        for rows in (-1, 2, "1", None, 1.5):
            with self.assertRaises(WorkerError):
                bare({**whole, "rows": rows})
        self.assertIsNone(numbers_of({"rows": 1, "columns": [None]}, None))


class Predicting(unittest.TestCase):
    def predictions(self, model, frame):
        predictor = choose_predictor(model, "regression", [])
        numbers = bare(table_of(frame))
        self.assertIsInstance(numbers, Numbers)
        return predictor.predict(numbers)[0], predictor.predict(framed(numbers))[0]

    def test_numbers_and_frames_give_the_same_bits(self):
        data, target = DIABETES.data, DIABETES.target
        for features in (data, data.to_numpy()):
            for last in (LinearRegression(), KNeighborsRegressor()):
                model = make_pipeline(StandardScaler(), last).fit(features, target)
                for first in range(0, 30, 3):
                    np.testing.assert_array_equal(*self.predictions(model, data.iloc[first : first + 3]))

    def test_columns_in_another_order_go_by_their_names(self):
        model = LinearRegression().fit(DIABETES.data, DIABETES.target)
        ours, theirs = self.predictions(model, DIABETES.data.iloc[:3, ::-1])
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_allclose(ours, model.predict(DIABETES.data.iloc[:3]), rtol=1e-12)

    def test_models_that_are_no_numbers_alone_get_frames(self):
        levels = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, 1.0, 2.0]})
        model = make_pipeline(OneHotEncoder(), LinearRegression()).fit(levels, [1.0, 2.0, 3.0])
        np.testing.assert_array_equal(*self.predictions(model, levels))

    def test_an_error_of_the_model_names_the_columns(self):
        model = LinearRegression().fit(DIABETES.data, DIABETES.target)
        predictor = choose_predictor(model, "regression", [])
        rows = DIABETES.data.iloc[:2].copy()
        rows.iloc[1, 2] = np.nan
        with self.assertRaises(WorkerError) as caught:
            predictor.predict(bare(table_of(rows)))
        self.assertEqual(caught.exception.code, "INPUT_INVALID")
        self.assertIn("the column bmi has missing cells, the first in row 1", str(caught.exception))
        nameless = LinearRegression().fit(DIABETES.data.to_numpy(), DIABETES.target)
        with self.assertRaises(WorkerError) as caught:
            choose_predictor(nameless, "regression", []).predict(bare(table_of(DIABETES.data.iloc[:2, 1:])))
        self.assertIn("9 columns: sex, bmi", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
