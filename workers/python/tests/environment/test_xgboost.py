"""XGBoost's estimators, pipelines and Boosters as artifacts.

The tests exist only where xgboost does: the suite runs this folder in the environment python3_xgboost, too.
"""

import contextlib
import importlib
import importlib.util
import io
import pickle
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.protocol import WorkerError
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from .code_directories import code_directory, csv, loaded

xgboost = importlib.import_module("xgboost") if importlib.util.find_spec("xgboost") else None

FRAME = pd.DataFrame(np.random.default_rng(11).normal(size=(80, 3)).round(4), columns=["a", "b", "c"])
NUMBERS = FRAME["a"] * 2 - FRAME["b"]
HALVES = (FRAME["a"] > 0).astype(int)
THIRDS = pd.cut(FRAME["b"], [-9, -0.4, 0.4, 9], labels=False)
HOLES = FRAME.mask(FRAME > 1.2)


def body(frame):
    return frame.to_csv(index=False).encode()


class XgboostCases:
    def predictions(self, model, frame, target_type="regression"):
        """(what predict returned, its table as a frame) of the pickled model."""
        worker, result = loaded(code_directory(self, model__pkl=pickle.dumps(model)), target_type)
        self.assertEqual(result["predictor"], "xgboost")
        self.assertEqual(result["packages"]["xgboost"], xgboost.__version__)
        predicted = worker.predict(csv(body(frame)))
        self.assertEqual(predicted["rows"], len(frame))
        return predicted, from_wire.table_to_frame(predicted["predictions"])

    def check_numbers(self, model, expected, frame=FRAME, target_type="regression"):
        predicted, table = self.predictions(model, frame, target_type)
        self.assertFalse(predicted["labelled"])
        self.assertEqual(table.shape, (len(frame), 1))
        np.testing.assert_array_equal(table.iloc[:, 0].to_numpy(), expected)

    def check_classes(self, model, expected, labels, target_type):
        predicted, table = self.predictions(model, FRAME, target_type)
        self.assertTrue(predicted["labelled"])
        self.assertEqual(list(table.columns), labels)
        np.testing.assert_array_equal(table.to_numpy(), expected)

    def test_regressors_predict_in_full_precision(self):
        for kind in (xgboost.XGBRegressor, xgboost.XGBRFRegressor):
            model = kind(n_estimators=5).fit(FRAME, NUMBERS)
            self.check_numbers(model, model.predict(FRAME))

    def test_the_order_of_a_boosters_classes_is_told(self):
        matrix = xgboost.DMatrix(FRAME, HALVES)
        for model, count in (
            (xgboost.train({"objective": "binary:logistic"}, matrix, 2), 1),
            (xgboost.XGBClassifier(n_estimators=2).fit(FRAME, HALVES), 0),
        ):
            folder = code_directory(self, model__pkl=pickle.dumps(model))
            with contextlib.redirect_stderr(io.StringIO()) as told:
                loaded(folder, "binary", negative_class_label="0", positive_class_label="1")
            self.assertEqual(told.getvalue().count("does not name its classes"), count)

    def test_rankers_predict(self):
        model = xgboost.XGBRanker(n_estimators=3).fit(FRAME, THIRDS, qid=[0] * len(FRAME))
        self.check_numbers(model, model.predict(FRAME))

    def test_models_of_arrays_take_their_columns_in_order_and_refuse_text_by_name(self):
        matrix = xgboost.DMatrix(FRAME.to_numpy(), NUMBERS)
        for model in (
            xgboost.XGBRegressor(n_estimators=2).fit(FRAME.to_numpy(), NUMBERS),
            xgboost.train({}, matrix, 2),
        ):
            given = matrix if isinstance(model, xgboost.Booster) else FRAME.to_numpy()
            expected = model.predict(given)
            self.check_numbers(model, expected, FRAME.set_axis(["p", "q", "r"], axis=1))
            worker, result = loaded(code_directory(self, model__pkl=pickle.dumps(model)))
            self.assertEqual(result["signature"]["by"], "position")
            table = to_wire.frame_to_wire(FRAME.astype({"b": str}))["predictions"]
            answer = worker.predict({"payload": {"kind": "table", "table": table}})
            np.testing.assert_array_equal(
                from_wire.table_to_frame(answer["predictions"]).iloc[:, 0].to_numpy(), expected
            )
            for text, words in (
                (b"a,b,c\n1,2,3\n1,abc,3\n", "the column b has 'abc' in row 1 (counted from 0)"),
                (b"a,b\n1,2\n", "the model takes 3 columns, the data has 2"),
            ):
                with self.assertRaises(WorkerError) as caught:
                    worker.predict(csv(text))
                self.assertEqual(caught.exception.code, "INPUT_INVALID")
                self.assertIn(words, caught.exception.message)

    def test_missing_cells_reach_the_model_as_missing(self):
        model = xgboost.XGBRegressor(n_estimators=5).fit(HOLES, NUMBERS)
        self.assertGreater(HOLES.isna().sum().sum(), 5)
        self.check_numbers(model, model.predict(HOLES), HOLES)

    def test_classifiers_give_probabilities_of_two_and_of_more_classes(self):
        for kind in (xgboost.XGBClassifier, xgboost.XGBRFClassifier):
            model = kind(n_estimators=5).fit(FRAME, HALVES)
            self.check_classes(model, model.predict_proba(FRAME), ["0", "1"], "binary")
        model = xgboost.XGBClassifier(n_estimators=5).fit(FRAME, THIRDS)
        self.check_classes(model, model.predict_proba(FRAME), ["0", "1", "2"], "multiclass")

    def test_pipelines_that_end_in_an_estimator_of_xgboost_are_xgboosts(self):
        model = make_pipeline(SimpleImputer(), xgboost.XGBRegressor(n_estimators=5)).fit(HOLES, NUMBERS)
        self.check_numbers(model, model.predict(HOLES), HOLES)
        model = make_pipeline(SimpleImputer(), xgboost.XGBClassifier(n_estimators=5)).fit(FRAME, HALVES)
        self.check_classes(model, model.predict_proba(FRAME), ["0", "1"], "binary")

    def test_a_pipeline_that_encodes_text_predicts(self):
        texts = pd.DataFrame({"colour": ["red", "blue"] * 40, "size": FRAME["a"]})
        encode = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
        model = Pipeline([("encode", encode), ("model", xgboost.XGBRegressor(n_estimators=5))]).fit(
            texts, NUMBERS
        )
        self.check_numbers(model, model.predict(texts), texts)

    def test_boosters_predict_what_their_objective_gives(self):
        matrix = xgboost.DMatrix(FRAME, NUMBERS)
        model = xgboost.train({}, matrix, 5)
        self.check_numbers(model, model.predict(matrix))
        matrix = xgboost.DMatrix(FRAME, HALVES)
        model = xgboost.train({"objective": "binary:logistic"}, matrix, 5)
        self.check_numbers(model, model.predict(matrix), target_type="binary")

    def test_a_booster_of_several_classes_gives_a_column_each_without_labels(self):
        matrix = xgboost.DMatrix(FRAME, THIRDS)
        model = xgboost.train({"objective": "multi:softprob", "num_class": 3}, matrix, 5)
        predicted, table = self.predictions(model, FRAME, "multiclass")
        self.assertFalse(predicted["labelled"])
        np.testing.assert_array_equal(table.to_numpy(), model.predict(matrix))

    def test_columns_that_the_model_does_not_know_are_told(self):
        for model in (
            xgboost.XGBRegressor(n_estimators=2).fit(FRAME, NUMBERS),
            xgboost.train({}, xgboost.DMatrix(FRAME, NUMBERS), 2),
        ):
            worker, _ = loaded(code_directory(self, model__pkl=pickle.dumps(model)))
            for data, words in (
                (b"a,b\n1,2\n", "lacks the column c"),
                (b"a,b,z\n1,2,3\n", "lacks the column c"),
                (b"a,b,c\n1,2,x\n", "the column c has 'x' in row 0"),
            ):
                with self.assertRaises(WorkerError) as caught:
                    worker.predict(csv(data))
                self.assertEqual(caught.exception.code, "INPUT_INVALID")
                self.assertIn(words, caught.exception.message)

    def test_columns_come_in_any_order_and_others_are_left_out(self):
        shuffled = FRAME.assign(other="x")[["c", "other", "a", "b"]]
        for model, expected in self.regressors():
            self.check_numbers(model, expected, shuffled)

    def regressors(self):
        estimator = xgboost.XGBRegressor(n_estimators=3).fit(FRAME, NUMBERS)
        booster = xgboost.train({}, xgboost.DMatrix(FRAME, NUMBERS), 3)
        return (estimator, estimator.predict(FRAME)), (booster, booster.predict(xgboost.DMatrix(FRAME)))

    def test_categories_have_the_codes_of_the_training_alone_as_in_company(self):
        frame = pd.DataFrame(
            {
                "colour": pd.Categorical(["red", "green", "blue", "red"] * 20),
                "code": pd.Categorical([3, 1, 2, 3] * 20),
                "a": FRAME["a"],
            }
        )
        target = NUMBERS + (frame["colour"] == "green") * 5
        matrix = xgboost.DMatrix(frame, target, enable_categorical=True)
        for booster in ("gbtree", "dart"):
            model = xgboost.train({"booster": booster}, matrix, 5)
            expected = model.predict(matrix)
            self.check_numbers(model, expected, frame)
            for row in (0, 1, 2):
                self.check_numbers(model, expected[row : row + 1], frame[row : row + 1])
        estimator = xgboost.XGBRegressor(n_estimators=5, enable_categorical=True).fit(frame, target)
        self.check_numbers(estimator, estimator.predict(frame), frame)
        worker, result = loaded(code_directory(self, model__pkl=pickle.dumps(model)))
        self.assertEqual(result["signature"]["columns"][0]["levels"], ["blue", "green", "red"])
        self.assertEqual(result["signature"]["columns"][1]["levels"], ["1", "2", "3"])
        unknown = frame[:1].assign(colour=pd.Categorical([None], ["blue", "green", "red"]))
        got = worker.predict(csv(b"colour,code,a\nviolet,3,%r\n" % float(FRAME["a"][0])))
        missing = model.predict(xgboost.DMatrix(unknown, enable_categorical=True))
        np.testing.assert_array_equal(from_wire.table_to_frame(got["predictions"]).iloc[:, 0], missing)

    def test_categories_of_a_table_in_another_order_are_the_trainings(self):
        colours = ["red", "green", "blue", "red"] * 20
        frame = pd.DataFrame({"colour": pd.Categorical(colours), "a": FRAME["a"]})
        target = NUMBERS + (frame["colour"] == "green") * 5
        model = xgboost.XGBRegressor(n_estimators=5, enable_categorical=True).fit(frame, target)
        table = to_wire.frame_to_wire(frame.assign(colour=colours))["predictions"]
        for levels in (["blue", "green", "red"], ["red", "violet", "blue", "green"]):
            table["columns"][0]["levels"] = levels
            given = from_wire.table_to_frame(table)
            self.assertEqual(given["colour"].cat.categories.tolist(), levels)
            worker, _ = loaded(code_directory(self, model__pkl=pickle.dumps(model)))
            answer = worker.predict({"payload": {"kind": "table", "table": table}})
            got = from_wire.table_to_frame(answer["predictions"]).iloc[:, 0]
            np.testing.assert_array_equal(got, model.predict(frame))

    def test_objectives_whose_predictions_are_no_probabilities_are_refused_for_classes(self):
        halves, thirds = xgboost.DMatrix(FRAME, HALVES), xgboost.DMatrix(FRAME, THIRDS)
        refused = [
            xgboost.train({"objective": "binary:logitraw"}, halves, 2),
            xgboost.train({"objective": "binary:hinge"}, halves, 2),
            xgboost.train({"objective": "reg:squarederror"}, halves, 2),
            xgboost.train({"objective": "multi:softmax", "num_class": 3}, thirds, 2),
            xgboost.XGBClassifier(n_estimators=2, objective="binary:logitraw").fit(FRAME, HALVES),
            make_pipeline(
                SimpleImputer(), xgboost.XGBClassifier(n_estimators=2, objective="binary:logitraw")
            ).fit(FRAME, HALVES),
        ]
        for model in refused:
            with self.assertRaises(WorkerError) as caught:
                loaded(code_directory(self, model__pkl=pickle.dumps(model)), "binary")
            self.assertEqual(caught.exception.code, "ARTIFACT_UNSUPPORTED")
            self.assertRegex(caught.exception.message, r"has the objective \w+:\w+, whose .* binary:logistic")
        margins = refused[0].predict(halves)
        self.check_numbers(refused[0], margins)
        model = xgboost.XGBClassifier(n_estimators=2, objective="multi:softmax").fit(FRAME, THIRDS)
        self.check_classes(model, model.predict_proba(FRAME), ["0", "1", "2"], "multiclass")

    def test_a_regressor_does_not_serve_classes(self):
        model = pickle.dumps(xgboost.XGBRegressor(n_estimators=2).fit(FRAME, NUMBERS))
        with self.assertRaises(WorkerError) as caught:
            loaded(code_directory(self, model__pkl=model), "binary")
        self.assertEqual(caught.exception.code, "ARTIFACT_UNSUPPORTED")
        self.assertIn("predict_proba", caught.exception.message)


if xgboost is not None:

    class XgboostArtifacts(XgboostCases, unittest.TestCase):
        pass
