"""What models know of their columns, and tables typed by it: the same row alone and in company."""

import pickle
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.protocol import WorkerError
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from .code_directories import code_directory, csv, loaded

NUMBERS = pd.DataFrame(np.random.default_rng(3).normal(size=(40, 3)).round(3), columns=["a", "b", "c"])
TARGET = NUMBERS["a"] * 2 - NUMBERS["c"]


def frame_of(levels, dtype=object):
    return pd.DataFrame({"level": pd.Series(levels * 10, dtype=dtype), "size": np.arange(len(levels) * 10.0)})


def encoded(frame, encoder=None, target=None):
    """A pipeline that gives 1, 2, 3 and so on for the levels in their order, and 0 for an unknown one."""
    encoder = encoder or OneHotEncoder(handle_unknown="ignore")
    encode = make_column_transformer((encoder, ["level"]), remainder="drop")
    levels = list(dict.fromkeys(frame["level"]))
    target = [levels.index(one) + 1.0 for one in frame["level"]]
    return make_pipeline(encode, LinearRegression(fit_intercept=False)).fit(frame, target)


class SignatureCase(unittest.TestCase):
    def load(self, model, custom=None, **fields):
        return loaded(code_directory(self, custom, model__pkl=pickle.dumps(model)), **fields)

    def predictions(self, model, data, custom=None):
        """Predictions of a CSV, or of a frame that comes as a table."""
        worker, _ = self.load(model, custom)
        if isinstance(data, pd.DataFrame):
            table = to_wire.frame_to_wire(data, nan_is_missing=True)["predictions"]
            payload = {"payload": {"kind": "table", "table": table}}
        else:
            payload = csv(data)
        table = from_wire.table_to_frame(worker.predict(payload)["predictions"])
        return table.iloc[:, 0].round(6).tolist()

    def refused(self, model, body, *words):
        with self.assertRaises(WorkerError) as caught:
            self.predictions(model, body)
        self.assertEqual(caught.exception.code, "INPUT_INVALID", caught.exception.message)
        for word in words:
            self.assertIn(word, caught.exception.message)

    def columns(self, model):
        _, result = self.load(model)
        signature = result["signature"]
        if signature is None:
            return None
        self.assertEqual(signature["by"], "name")
        for column in signature["columns"]:
            self.assertEqual(set(column), {"name", "type", "levels"})
        return [(one["name"], one["type"], one["levels"]) for one in signature["columns"]]


class Known(SignatureCase):
    def test_names_and_types_come_from_the_first_step(self):
        numbers = [(name, "float64", None) for name in "abc"]
        for model in (
            Ridge().fit(NUMBERS, TARGET),
            make_pipeline(SimpleImputer(), StandardScaler(), Ridge()).fit(NUMBERS, TARGET),
            GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [1, 2]}).fit(
                NUMBERS, TARGET
            ),
            HistGradientBoostingRegressor(max_iter=2).fit(NUMBERS, TARGET),
        ):
            self.assertEqual(self.columns(model), numbers)

    def test_encoders_know_their_levels_and_columns_that_are_dropped_are_not_asked_for(self):
        frame = frame_of(["1", "2", "x"])
        self.assertEqual(self.columns(encoded(frame)), [("level", "utf8", ["1", "2", "x"])])
        frame = frame_of([1, 2, 3], "int64")
        self.assertEqual(self.columns(encoded(frame)), [("level", "float64", ["1", "2", "3"])])
        frame = frame_of([True, False], "bool")
        self.assertEqual(self.columns(encoded(frame)), [("level", "bool", ["False", "True"])])

    def test_models_of_arrays_functions_and_own_classes_know_nothing(self):
        self.assertIsNone(self.columns(Ridge().fit(NUMBERS.to_numpy(), TARGET)))
        chosen = FunctionTransformer(pd.DataFrame.filter, kw_args={"items": ["a"]})
        model = make_pipeline(chosen, Ridge()).fit(NUMBERS, TARGET)
        self.assertIsNone(self.columns(model))
        self.assertEqual(
            self.predictions(model, b"a\n0\n"), [round(float(model.predict(NUMBERS[:1] * 0)[0]), 6)]
        )

    def test_where_a_hook_scores_nothing_is_told(self):
        score = "import pandas as pd\ndef score(data, model): return data[['a']]\n"
        _, result = self.load(Ridge().fit(NUMBERS, TARGET), score)
        self.assertIsNone(result["signature"])


class Names(SignatureCase):
    def test_columns_come_in_any_order_and_others_are_left_out(self):
        model = Ridge().fit(NUMBERS, TARGET)
        expected = model.predict(NUMBERS).round(6).tolist()
        shuffled = NUMBERS.assign(z="x")[["c", "z", "a", "b"]]
        self.assertEqual(self.predictions(model, shuffled.to_csv(index=False).encode()), expected)
        self.assertEqual(self.predictions(model, shuffled), expected)

    def test_missing_columns_are_named_with_what_came(self):
        model = Ridge().fit(NUMBERS, TARGET)
        self.refused(model, b"a,z\n1,2\n", "lacks the columns b, c of the model", "has the columns a, z")
        model = encoded(frame_of(["u", "v"]))
        self.refused(model, b"size\n1\n", "lacks the column level")
        self.assertEqual(self.predictions(model, b"level\nv\n"), [2])

    def test_a_matrix_without_names_goes_by_position(self):
        worker, _ = self.load(Ridge().fit(NUMBERS, TARGET))
        text = b"%%MatrixMarket matrix coordinate real general\n1 3 1\n1 1 0\n"
        self.assertEqual(worker.predict(csv(text, mimetype="text/mtx"))["rows"], 1)


class Texts(SignatureCase):
    CASES = {
        "numerals": (["1", "2", "3"], b"1,2,3"),
        "leading zeros": (["007", "7", "x"], b"007,7,x"),
        "letters of truth": (["T", "F"], b"T,F"),
        "truth values": (["True", "false"], b"True,false"),
        "decimals": (["1.0", "1.5"], b"1.0,1.5"),
        "words for missing": (["NA", "None", "x"], b"NA,None,x"),
    }

    def test_cells_are_read_as_they_are_written_alone_with_gaps_and_in_company(self):
        for name, (levels, cells) in self.CASES.items():
            model = encoded(frame_of(levels))
            numbers = list(range(1, len(levels) + 1))
            with self.subTest(name):
                lines = [cell + b",1" for cell in cells.split(b",")]
                body = b"level,size\n" + b"\n".join(lines)
                self.assertEqual(self.predictions(model, body), numbers)
                self.assertEqual(self.predictions(model, body + b"\n,1\n"), [*numbers, 0])
                for line, number in zip(lines, numbers):
                    self.assertEqual(self.predictions(model, b"level,size\n" + line), [number])

    def test_typed_tables_are_written_as_the_levels_are(self):
        for levels, values, expected in (
            (["1", "2"], [1.0, None, 2.0], [1, 0, 2]),
            (["1", "2"], [2, 1], [2, 1]),
            (["true", "false"], [True, False], [1, 2]),
            (["true", "false"], [False, None], [2, 0]),
            (["TRUE", "x"], [True], [1]),
            (["1.0", "2.0"], [2.0, 1.0], [2, 1]),
            (["1.5", "2"], [1.5, 2.0], [1, 2]),
        ):
            with self.subTest(levels, values=values):
                frame = pd.DataFrame({"level": values, "size": [1] * len(values)})
                self.assertEqual(self.predictions(encoded(frame_of(levels)), frame), expected)

    def test_after_a_transform_hook_numbers_are_written_as_whole(self):
        custom = "def transform(data, model): return data.assign(level=data['level'] * 1.0)\n"
        body = b"level,size\n2,1\n,1\n"
        self.assertEqual(self.predictions(encoded(frame_of(["1", "2"])), body, custom), [2, 0])

    def test_vectorizers_get_text_where_it_is_all_numerals(self):
        frame = pd.DataFrame({"text": ["12 34", "34 56", "12"], "n": [1, 2, 3]})
        encode = ColumnTransformer([("words", CountVectorizer(), "text")])
        model = make_pipeline(encode, LinearRegression()).fit(frame, [1.0, 2.0, 3.0])
        self.assertEqual(self.columns(model), [("text", "utf8", None)])
        self.assertEqual(self.predictions(model, b"text,n\n12,1\n"), [3])

    def test_missing_cells_are_what_the_encoder_knows_as_missing(self):
        for missing in (None, np.nan):
            frame = frame_of(["u", "v", missing])
            expected = encoded(frame).predict(frame[:3]).round(6).tolist()
            for data in (b"level,size\nu,1\nv,1\n,1\n", frame[:3]):
                self.assertEqual(self.predictions(encoded(frame), data), expected)


class Levels(SignatureCase):
    def test_an_unknown_level_is_refused_where_the_encoder_refuses_it(self):
        for encoder in (OneHotEncoder(), OrdinalEncoder()):
            model = encoded(frame_of(["u", "v"]), encoder)
            words = "the column level has 'w' in row 1 (counted from 0)", "the model knows 'u', 'v'"
            self.refused(model, b"level,size\nu,1\nw,1\n", *words)
            self.refused(model, b"level,size\n,1\n", "the column level is missing in row 0")
        model = encoded(frame_of([1, 2], "int64"), OneHotEncoder())
        self.refused(model, b"level,size\n1,1\n7,1\n", "has '7' in row 1", "'1', '2'")
        self.assertEqual(self.predictions(model, b"level,size\n2,1\n"), [2])

    def test_an_unknown_level_goes_by_the_encoders_own_rule_where_it_has_one(self):
        model = encoded(frame_of(["u", "v"]))
        self.assertEqual(self.predictions(model, b"level,size\nv,1\nw,1\n"), [2, 0])

    def test_gradient_boosting_on_categories_takes_texts_and_numerals(self):
        frame = frame_of(["1", "2", "3"]).astype({"level": "category"})
        target = frame["level"].astype(int) * 10.0
        model = HistGradientBoostingRegressor(categorical_features="from_dtype", min_samples_leaf=1)
        model.fit(frame, target)
        expected = model.predict(frame[:3]).round(6).tolist()
        self.assertEqual(len(set(expected)), 3)
        self.assertEqual(self.columns(model)[0], ("level", "utf8", ["1", "2", "3"]))
        self.assertEqual(self.predictions(model, b"level,size\n1,0\n2,1\n3,2\n"), expected)
        self.assertEqual(self.predictions(model, b"level,size\n1,0\n2,1\n3,2\n,1\n")[:3], expected)


class Numbers(SignatureCase):
    def test_text_that_is_no_number_is_named_with_row_column_and_value(self):
        model = make_pipeline(SimpleImputer(), Ridge()).fit(NUMBERS, TARGET)
        self.refused(model, b"a,b,c\n1,2,3\n1,?,3\n", "the column b has '?' in row 1 (counted from 0)")
        frame = pd.DataFrame({"a": [1.0], "b": pd.to_datetime(["2026-01-01"]), "c": [1]})
        self.refused(model, frame, "the column b has '2026-01-01")

    def test_numbers_that_come_as_text_are_numbers(self):
        model = make_pipeline(SimpleImputer(), Ridge()).fit(NUMBERS, TARGET)
        frame = NUMBERS[:2].astype({"b": str})
        self.assertEqual(self.predictions(model, frame), model.predict(NUMBERS[:2]).round(6).tolist())

    def test_truth_values_with_gaps_are_those_that_the_encoder_knows(self):
        model = encoded(frame_of([True, False], "bool"))
        self.assertEqual(self.predictions(model, b"level,size\nTrue,1\nFalse,1\n"), [1, 2])
        self.assertEqual(self.predictions(model, b"level,size\nFalse,1\n"), [2])
        self.assertEqual(self.predictions(model, pd.DataFrame({"level": [1.0, 0.0]})), [1, 2])
