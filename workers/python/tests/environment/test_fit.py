"""The request fit: what the hook is given, what is refused, and a class CustomTask in place of hooks."""

import json
import os
import sys

import pandas as pd
from drumline_worker.fitting import fit
from drumline_worker.model import Model

from .code_directories import Silence, code_directory, csv, load_params
from .test_model import ModelCase, values_of

SEEN = "seen = {}\ndef fit(%s):\n    seen.update({k: v for k, v in locals().items() if k != 'kwargs'})\n"
ALL = "X, y, output_dir, class_order, row_weights, parameters, **kwargs"
TASK = """
import pandas as pd
from datarobot_drum.custom_task_interfaces import %s as Interface
class CustomTask(Interface):
    def fit(self, X, y, row_weights=None, **kwargs):
        self.given = (len(X), None if y is None else y.sum(), row_weights, sorted(kwargs))
"""


def bytes_payload(text, **fields):
    return csv(text.encode(), **fields)["payload"]


def fit_params(folder, target_type="regression", **fields):
    params = {name: value for name, value in load_params(folder, target_type).items() if name != "artifacts"}
    return {
        **params,
        "X": bytes_payload("a,b\n1,x\n2,\n"),
        "y": bytes_payload("y\n1.5\n2.5\n"),
        "row_weights": None,
        "parameters": {},
        "float_parameters": [],
        "output_directory": folder,
        **fields,
    }


class Fit(ModelCase):
    def fit(self, custom, target_type="regression", **fields):
        folder = code_directory(self, custom)
        self.assertEqual(fit(Silence(), fit_params(folder, target_type, **fields)), {})
        return folder

    def seen(self, target_type="regression", signature=ALL, **fields):
        folder = self.fit(SEEN % signature, target_type, **fields)
        return folder, dict(sys.modules["custom"].seen)

    def test_the_hook_is_given_data_as_pandas_reads_it_and_the_output_directory(self):
        folder, seen = self.seen(
            row_weights=bytes_payload("w\n1\n0.5\n"),
            parameters={"n": 3, "rate": 1, "names": ["x"]},
            float_parameters=["rate"],
        )
        self.assertEqual(seen["X"].to_csv(index=False), "a,b\n1,x\n2,\n")
        self.assertEqual((type(seen["y"]), seen["y"].name, seen["y"].tolist()), (pd.Series, "y", [1.5, 2.5]))
        self.assertEqual((type(seen["row_weights"]), seen["row_weights"].tolist()), (pd.Series, [1, 0.5]))
        self.assertEqual((seen["output_dir"], seen["class_order"]), (folder, None))
        self.assertEqual(json.dumps(seen["parameters"]), '{"n": 3, "rate": 1.0, "names": ["x"]}')

    def test_class_order_is_the_positive_label_before_the_negative_one_or_all_labels(self):
        labels = {"positive_class_label": "yes", "negative_class_label": "no"}
        self.assertEqual(self.seen("binary", **labels)[1]["class_order"], ["yes", "no"])
        self.assertEqual(
            self.seen("multiclass", class_labels=["c", "a", "b"])[1]["class_order"], ["c", "a", "b"]
        )

    def test_without_a_target_y_is_none_and_what_the_signature_lacks_is_left_out(self):
        self.assertIsNone(self.seen("anomaly", y=None)[1]["y"])
        self.assertEqual(set(self.seen(signature="X, y")[1]), {"X", "y"})

    def test_init_and_transform_come_before_it_read_input_data_never(self):
        custom = """
import pandas as pd
seen = []
def init(code_dir): seen.append("init")
def read_input_data(data): raise ValueError("this is for predictions")
def transform(data, model): seen.append(("transform", model)); return data[["a"]] * 2
def fit(X, y): seen.append(("fit", X["a"].tolist()))
"""
        self.fit(custom)
        self.assertEqual(sys.modules["custom"].seen, ["init", ("transform", None), ("fit", [2, 4])])
        self.fit(custom, "transform")
        self.assertEqual(sys.modules["custom"].seen, ["init", ("fit", [1, 2])])

    def test_refusals_name_what_is_missing_or_does_not_fit(self):
        def refused(code, *words, custom="def fit(X, y): pass\n", **fields):
            self.refused(lambda: self.fit(custom, **fields), code, *words)

        refused("METHOD_UNKNOWN", "custom.py", "defines no fit", custom="def score(data, model): pass\n")
        refused("INPUT_UNREADABLE", "X has 2 rows", "3 rows of 1 columns", y=bytes_payload("y\n1\n2\n3\n"))
        refused("INPUT_UNREADABLE", "2 rows of 2 columns", row_weights=bytes_payload("v,w\n1,2\n1,2\n"))
        refused("PARAMS_INVALID", "X", X=None)
        refused("PARAMS_INVALID", "output_directory", output_directory=None)
        refused("PARAMS_INVALID", "parameters", parameters=[])
        refused("PARAMS_INVALID", "float_parameters", float_parameters=[1])
        refused("PARAMS_INVALID", "target_type", target_type=None)
        refused(
            "HOOK_RESULT_INVALID",
            "transform",
            custom="def transform(data, model): return 1\ndef fit(X, y): pass\n",
        )
        error = self.refused(
            lambda: self.fit("def fit(X, y):\n    raise KeyError('spam')\n"),
            "HOOK_FAILED",
            "the hook fit raised KeyError('spam')",
        )
        self.assertNotIn("fitting.py", error.traceback)


class CustomTask(ModelCase):
    def task(self, interface, methods, target_type, **fields):
        """(the code directory, the model that load makes of what fit wrote there)."""
        folder = code_directory(self, TASK % interface + methods)
        fit(Silence(), fit_params(folder, target_type, **fields))
        model = Model(Silence())
        return folder, model, model.load(load_params(folder, target_type))

    def test_it_is_fitted_kept_as_a_pickle_loaded_and_asked_to_predict(self):
        methods = "    def predict(self, X, **kwargs): return X['a'] * self.given[0]\n"
        weights = bytes_payload("w\n1\n2\n")
        folder, model, loaded = self.task(
            "RegressionEstimatorInterface", methods, "regression", row_weights=weights
        )
        self.assertIn("drum_artifact.pkl", os.listdir(folder))
        self.assertEqual((loaded["hooks"], loaded["predictor"]), (["load_model", "score", "fit"], None))
        given = model.loaded.given
        self.assertEqual(
            (given[0], given[1], given[2].tolist(), given[3]),
            (2, 4, [1, 2], ["class_order", "output_dir", "parameters"]),
        )
        self.assertEqual(values_of(model.predict(csv(b"a,b\n5,x\n"))), {"Predictions": [10]})

    def test_an_array_of_one_column_is_a_prediction_too(self):
        for expression in ("X[['a']].to_numpy()", "X['a'].to_numpy()", "X[['a']]"):
            methods = "    def predict(self, X, **kwargs): return %s\n" % expression
            model = self.task("AnomalyEstimatorInterface", methods, "anomaly", y=None)[1]
            self.assertEqual(list(values_of(model.predict(csv(b"a\n5\n"))).values()), [[5]])

    def test_classes_are_predicted_by_predict_proba(self):
        for interface, target_type in (
            ("BinaryEstimatorInterface", "binary"),
            ("MulticlassEstimatorInterface", "multiclass"),
        ):
            methods = (
                "    def predict_proba(self, X, "
                "**kwargs): return pd.DataFrame({'no': [0.25] * len(X), 'yes': [0.75] * len(X)})\n"
            )
            model = self.task(interface, methods, target_type)[1]
            self.assertEqual(values_of(model.predict(csv(b"a\n5\n"))), {"no": [0.25], "yes": [0.75]})
        self.refused(
            lambda: self.task(
                interface, "    def predict_proba(self, X): return X.to_numpy()\n", target_type
            )[1].predict(csv(b"a,b\n5,6\n")),
            "HOOK_RESULT_INVALID",
            "ndarray",
        )

    def test_a_transformer_transforms(self):
        methods = "    def transform(self, X, **kwargs): return X + self.given[0]\n"
        model, loaded = self.task("TransformerInterface", methods, "transform", y=None)[1:]
        self.assertEqual(loaded["hooks"], ["load_model", "transform", "fit"])
        table = model.transform(csv(b"a\n5\n"))["table"]
        self.assertEqual(table["columns"][0]["data"], (7).to_bytes(8, "little"))

    def test_what_cannot_be_pickled_is_left_out_and_is_there_again_afterwards(self):
        methods = """
        self.open = open(__file__)
    def save(self, artifact_directory):
        self.save_task(artifact_directory, exclude=["open"])
        assert self.open is not None
        return self
    @classmethod
    def load(cls, artifact_directory):
        task = cls.load_task(artifact_directory)
        assert task.open is None
        return task
    def predict(self, X, **kwargs): return X
"""
        self.task("RegressionEstimatorInterface", methods, "regression")
        sys.modules["custom"].CustomTask.open = None  # Closed by the collector of garbage.

    def test_methods_that_are_missing_are_told_by_name(self):
        model = self.task("BinaryEstimatorInterface", "", "binary")[1]
        self.refused(lambda: model.predict(csv(b"a\n5\n")), "HOOK_FAILED", "predict_proba")

    def test_secrets_are_those_that_were_given(self):
        methods = (
            "        self.user = self.secrets['db']['username']\n"
            "    def predict(self, X, **kwargs): return X\n"
        )
        secrets = {"db": {"credential_type": "basic", "username": "ada"}}
        model = self.task("RegressionEstimatorInterface", methods, "regression", user_secrets=secrets)[1]
        self.assertEqual(model.loaded.user, "ada")
