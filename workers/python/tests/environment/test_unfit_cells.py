"""Cells that only the model itself finds unfit: errors name them, and what a model takes is never refused."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import AdaBoostRegressor, RandomForestRegressor, VotingRegressor
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from .test_signature import NUMBERS, TARGET, SignatureCase, encoded, frame_of


def lengths(frame):
    return frame.assign(a=frame["a"].str.len())


def halves(frame):
    return frame.assign(a=[float(text[1:]) for text in frame["a"]])


class Texts(SignatureCase):
    def models(self):
        scaled = make_column_transformer((StandardScaler(), ["a"]), remainder="passthrough")
        return [
            Ridge().fit(NUMBERS.to_numpy(), TARGET),
            AdaBoostRegressor(n_estimators=2).fit(NUMBERS, TARGET),
            VotingRegressor([("ridge", Ridge())]).fit(NUMBERS, TARGET),
            make_pipeline(KNNImputer(), Ridge()).fit(NUMBERS, TARGET),
            make_pipeline(SimpleImputer(), Ridge()).fit(NUMBERS.to_numpy(), TARGET),
            make_pipeline(scaled, Ridge()).fit(NUMBERS, TARGET),
            make_pipeline(FunctionTransformer(np.arctan), Ridge()).fit(NUMBERS, TARGET),
        ]

    def test_the_cell_is_named_alone_and_in_company(self):
        for model in self.models():
            with self.subTest(model):
                words = "the column b has 'abc' in row 1 (counted from 0), which is no number; correct it"
                self.refused(model, b"a,b,c\n1,2,3\n1,abc,3\n", words)
                self.refused(model, b"a,b,c\n1,it's,3\n", 'the column b has "it\'s" in row 0')
                self.refused(model, b"a,b,c\n1,2,2026-01-31\n", "the column c has '2026-01-31' in row 0")

    def test_dates_of_a_table_are_named(self):
        frame = NUMBERS[:2].assign(b=pd.to_datetime(["2026-01-01", "2026-01-02"]))
        model = AdaBoostRegressor(n_estimators=2).fit(NUMBERS, TARGET)
        self.refused(model, frame, "the column b has '2026-01-01", "in row 0")

    def test_a_column_that_the_model_takes_as_text_is_not_blamed(self):
        frame = frame_of(["u", "abc"]).assign(more=np.arange(20.0))
        encode = make_column_transformer((OneHotEncoder(), ["level"]), remainder="passthrough")
        model = make_pipeline(encode, LinearRegression()).fit(frame, frame["size"])
        words = "the column size has 'abc' in row 1 (counted from 0), which is no number"
        self.refused(model, b"level,size,more\nabc,1,2\nu,abc,2\n", words)
        self.refused(
            model,
            b"level,size,more\nabc,1,2\nu,abc,abc\n",
            "the columns size, more hold text, first 'abc' in row 1",
        )

    def test_texts_that_the_model_takes_are_taken(self):
        self.assertEqual(self.predictions(encoded(frame_of(["u", "v"])), b"level,size\nv,x\n"), [2])
        frame = pd.DataFrame({"a": ["x1", "y22", "z333"], "b": [0.0, 0.0, 0.0]})
        model = make_pipeline(FunctionTransformer(lengths), LinearRegression()).fit(frame, [2.0, 3.0, 4.0])
        self.assertEqual(self.predictions(model, b"a,b\nabcde,0\n"), [5])

    def test_a_text_that_the_model_has_made_is_the_models_own_error(self):
        frame = pd.DataFrame({"a": ["x1", "y2", "z3"], "b": [0.0, 0.0, 0.0]})
        model = make_pipeline(FunctionTransformer(halves), LinearRegression()).fit(frame, [1.0, 2.0, 3.0])
        with self.assertRaises(Exception) as caught:
            self.predictions(model, b"a,b\nxyz,0\n")
        self.assertEqual(caught.exception.code, "PREDICTOR_FAILED")
        self.assertIn("could not convert string to float: 'yz'", caught.exception.message)


class Gaps(SignatureCase):
    def test_missing_cells_are_named_where_the_model_does_not_take_them(self):
        for model in (
            Ridge().fit(NUMBERS, TARGET),
            Ridge().fit(NUMBERS.to_numpy(), TARGET),
            AdaBoostRegressor(n_estimators=2).fit(NUMBERS, TARGET),
        ):
            with self.subTest(model):
                words = "the column b has missing cells, the first in row 1 (counted from 0)"
                self.refused(model, b"a,b,c\n1,2,3\n1,,3\n", words, "does not take them; fill them")
                words = "the columns b, c have missing cells, the first in row 0 (counted from 0)"
                self.refused(model, b"a,b,c\n1,2,\n1,,3\n", words)

    def test_missing_cells_that_the_model_takes_are_taken(self):
        model = make_pipeline(KNNImputer(), Ridge()).fit(NUMBERS, TARGET)
        expected = model.predict(pd.DataFrame({"a": [1.0], "b": [np.nan], "c": [3.0]})).round(6).tolist()
        self.assertEqual(self.predictions(model, b"a,b,c\n1,,3\n"), expected)


class Sizes(SignatureCase):
    def test_a_number_that_is_too_large_is_named(self):
        ridge, forest = Ridge().fit(NUMBERS, TARGET), RandomForestRegressor(2).fit(NUMBERS, TARGET)
        self.refused(ridge, b"a,b,c\n1,2,3\n1,inf,3\n", "the column b has 'inf' in row 1 (counted from 0)")
        self.refused(forest, b"a,b,c\n1,2,-1e300\n", "the column c has '-1e+300' in row 0", "too large")
        large = ridge.predict(pd.DataFrame({"a": [1.0], "b": [1e300], "c": [3.0]})).tolist()
        self.assertEqual(self.predictions(ridge, b"a,b,c\n1,1e300,3\n"), [round(large[0], 6)])
