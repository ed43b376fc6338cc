"""LightGBM's estimators: columns by name and in the training's order, categories by the training's codes.

The tests exist only where lightgbm does.
"""

import importlib
import importlib.util
import pickle
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.protocol import WorkerError

from .code_directories import code_directory, csv, loaded

lightgbm = importlib.import_module("lightgbm") if importlib.util.find_spec("lightgbm") else None

FRAME = pd.DataFrame(
    {
        "size (cm)": np.random.default_rng(5).normal(size=120).round(3),
        "colour": pd.Categorical(["red", "green", "blue", "red"] * 30),
        "code": pd.Categorical([3, 1, 2, 2] * 30),
        "k": np.arange(120) % 7,
    }
)
TARGET = FRAME["size (cm)"] + (FRAME["colour"] == "green") * 5 + FRAME["code"].astype(int) * 2


class LightgbmCases:
    def model(self, columns=tuple(FRAME.columns)):
        model = lightgbm.LGBMRegressor(n_estimators=10, min_child_samples=1, verbose=-1)
        return model.fit(FRAME[list(columns)], TARGET)

    def predictions(self, model, data, **fields):
        worker, _ = loaded(code_directory(self, model__pkl=pickle.dumps(model)), **fields)
        if isinstance(data, pd.DataFrame):
            table = to_wire.frame_to_wire(data, nan_is_missing=True)["predictions"]
            answer = worker.predict({"payload": {"kind": "table", "table": table}})
        else:
            answer = worker.predict(csv(data))
        return from_wire.table_to_frame(answer["predictions"]).iloc[:, 0].to_numpy()

    def test_columns_in_another_order_give_the_same(self):
        columns = ["size (cm)", "k"]
        model = self.model(columns)
        expected = model.predict(FRAME[columns])
        for order in (columns, columns[::-1], ["k", "colour", "size (cm)"]):
            body = FRAME[order].to_csv(index=False).encode()
            np.testing.assert_array_equal(self.predictions(model, body), expected)
        with self.assertRaises(WorkerError) as caught:
            self.predictions(model, b"a,b\n1,2\n")
        self.assertEqual(caught.exception.code, "INPUT_INVALID")

    def test_a_model_of_arrays_goes_by_position(self):
        columns = ["size (cm)", "k"]
        model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(FRAME[columns].to_numpy(), TARGET)
        body = FRAME[columns].to_csv(index=False).encode()
        expected = model.predict(FRAME[columns].to_numpy())
        np.testing.assert_array_equal(self.predictions(model, body), expected)

    def test_categories_are_the_trainings_alone_and_in_company_from_text_and_from_tables(self):
        model = self.model()
        expected = model.predict(FRAME)
        self.assertGreater(len(set(expected.round(3))), 10)
        for frame in (FRAME, FRAME[["k", "code", "colour", "size (cm)"]]):
            np.testing.assert_array_equal(self.predictions(model, frame), expected)
            body = frame.to_csv(index=False).encode()
            np.testing.assert_array_equal(self.predictions(model, body), expected)
        for row in range(4):
            alone = FRAME[row : row + 1]
            got = self.predictions(model, alone.to_csv(index=False).encode())
            np.testing.assert_array_equal(got, expected[row : row + 1])
        gap = FRAME[:3].assign(code=[3.0, None, 2.0])
        known = FRAME[:3].assign(code=pd.Categorical([3, None, 2], [1, 2, 3]))
        np.testing.assert_array_equal(self.predictions(model, gap), model.predict(known))

    def test_an_unknown_category_is_missing_as_in_lightgbm(self):
        model = self.model()
        unknown = FRAME[:1].assign(colour=pd.Categorical(["violet"]))
        got = self.predictions(model, unknown.to_csv(index=False).encode())
        missing = FRAME[:1].assign(colour=pd.Categorical([None], ["blue", "green", "red"]))
        np.testing.assert_array_equal(got, model.predict(missing))

    def test_an_objective_of_its_own_gives_no_probabilities(self):
        model = lightgbm.LGBMClassifier(
            n_estimators=2, verbose=-1, objective=lambda y, score: (score - y, np.ones(len(y)))
        )
        model.fit(FRAME[["k"]], FRAME["k"] > 3)
        model.set_params(objective=None)  # A lambda cannot be pickled.
        model._objective = np.square
        with self.assertRaises(WorkerError) as caught:
            self.predictions(model, b"k\n1\n", target_type="binary")
        self.assertEqual(caught.exception.code, "ARTIFACT_UNSUPPORTED")


if lightgbm is not None:

    class Lightgbm(LightgbmCases, unittest.TestCase):
        pass
