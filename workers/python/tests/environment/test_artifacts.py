"""Built-in predictors on real models, and what is said of artifacts that cannot be used."""

import importlib.util
import io
import lzma
import os
import pickle
import sys
import types
import unittest
import zlib

import joblib
import numpy as np
import pandas as pd
import sklearn
from drumline_worker import from_wire
from drumline_worker.protocol import WorkerError
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from .code_directories import code_directory, csv, loaded

FRAME = pd.DataFrame(np.random.default_rng(7).normal(size=(60, 3)), columns=["a", "b", "c"])
NUMBERS = FRAME["a"] * 2 - FRAME["b"]
CLASSES = np.where(FRAME["a"] > 0, "yes", "no")
BODY = FRAME.to_csv(index=False).encode()


class ArtifactCase(unittest.TestCase):
    def refused(self, action, code, *words):
        with self.assertRaises(WorkerError) as caught:
            action()
        self.assertEqual(caught.exception.code, code)
        for word in words:
            self.assertIn(word, caught.exception.message)
        return caught.exception

    def check(self, model, expected, name, target_type="regression", labels=None):
        for file, data in (
            ("model__pkl", pickle.dumps(model)),
            ("MODEL__PKL", dumped(model)),
            ("model__joblib", dumped(model)),
        ):
            with self.subTest(file):
                worker, result = loaded(code_directory(self, **{file: data}), target_type)
                self.assertEqual(result["predictor"], name)
                predicted = worker.predict(csv(BODY))
                frame = from_wire.table_to_frame(predicted["predictions"])
                np.testing.assert_array_equal(frame.to_numpy(), np.asarray(expected).reshape(len(FRAME), -1))
                self.assertEqual((predicted["rows"], predicted["labelled"]), (len(FRAME), labels is not None))
                if labels is not None:
                    self.assertEqual(list(frame.columns), labels)


class Predictors(ArtifactCase):
    def test_regressors_predict(self):
        model = make_pipeline(SimpleImputer(), StandardScaler(), Ridge()).fit(FRAME, NUMBERS)
        self.check(model, model.predict(pd.read_csv(io.BytesIO(BODY))), "scikit-learn")

    def test_classifiers_give_probabilities_named_by_their_classes(self):
        model = LogisticRegression().fit(FRAME, CLASSES)
        self.check(
            model, model.predict_proba(pd.read_csv(io.BytesIO(BODY))), "scikit-learn", "binary", ["no", "yes"]
        )

    def test_anomaly_detectors_predict(self):
        model = IsolationForest(n_estimators=5, random_state=1).fit(FRAME)
        self.check(model, model.predict(pd.read_csv(io.BytesIO(BODY))), "scikit-learn", "anomaly")

    def test_several_outputs_give_one_probability_each(self):
        several = np.column_stack([FRAME["a"] > 0, FRAME["b"] > 0]).astype(int)
        forest = RandomForestClassifier(n_estimators=5, random_state=1).fit(FRAME, several)
        expected = np.column_stack([array[:, 1] for array in forest.predict_proba(FRAME)])
        self.check(forest, expected, "scikit-learn", "multilabel")
        each = OneVsRestClassifier(LogisticRegression()).fit(FRAME, several)
        self.check(
            each, each.predict_proba(pd.read_csv(io.BytesIO(BODY))), "scikit-learn", "multilabel", ["0", "1"]
        )

    def test_a_predictor_that_raises_is_told_with_its_words(self):
        worker, _ = loaded(
            code_directory(self, model__pkl=pickle.dumps(Ridge().fit(FRAME.to_numpy(), NUMBERS)))
        )
        error = self.refused(lambda: worker.predict(csv(b"a,b\n1,2\n")), "PREDICTOR_FAILED", "features")
        self.assertIn("sklearn", error.traceback)

    def test_none_several_broken_and_unknown_artifacts_are_told_apart(self):
        good = pickle.dumps(Ridge().fit(FRAME, NUMBERS))
        self.refused(lambda: loaded(code_directory(self)), "ARTIFACT_MISSING", "*.pkl", "load_model")
        self.refused(
            lambda: loaded(code_directory(self, one__pkl=good, two__pkl=good)),
            "ARTIFACT_AMBIGUOUS",
            "one.pkl",
            "two.pkl",
        )
        for data in (b"", b"no pickle", good[:100], b"cos\nnothing\n."):
            self.refused(
                lambda: loaded(code_directory(self, model__pkl=data)), "ARTIFACT_UNREADABLE", "model.pkl"
            )
        self.refused(
            lambda: loaded(code_directory(self, model__joblib=b"?")), "ARTIFACT_UNREADABLE", "model.joblib"
        )
        self.refused(
            lambda: loaded(code_directory(self, model__rds=b"?")),
            "ARTIFACT_UNSUPPORTED",
            ".rds",
            "load_model",
        )
        self.refused(
            lambda: loaded(code_directory(self, model__pkl=pickle.dumps({"a": 1}))),
            "ARTIFACT_UNSUPPORTED",
            "builtins.dict",
            "score",
        )

    def test_models_that_cannot_serve_the_target_type_are_refused_while_loading(self):
        ridge = pickle.dumps(Ridge().fit(FRAME, NUMBERS))
        self.refused(
            lambda: loaded(code_directory(self, model__pkl=ridge), "textgeneration"),
            "ARTIFACT_UNSUPPORTED",
            "textgeneration",
        )
        self.refused(
            lambda: loaded(code_directory(self, model__pkl=ridge), "binary"),
            "ARTIFACT_UNSUPPORTED",
            "predict_proba",
        )
        machine = pickle.dumps(LinearSVC().fit(FRAME, CLASSES))
        self.refused(
            lambda: loaded(code_directory(self, model__pkl=machine), "binary"),
            "ARTIFACT_UNSUPPORTED",
            "predict_proba",
        )

    def test_a_missing_package_is_named_with_the_command_that_adds_it(self):
        pickled = b"cno_such_package.inner\nThing\n."
        self.refused(
            lambda: loaded(code_directory(self, model__pkl=pickled)),
            "PACKAGE_MISSING",
            "write no_such_package into requirements.txt",
            "model.pkl",
        )

    def test_the_framework_of_an_artifact_that_is_not_installed_is_named(self):
        for file, package in (
            ("model__h5", "keras"),
            ("model__keras", "keras"),
            ("model__pth", "torch"),
            ("model__onnx", "onnxruntime"),
        ):
            self.refused(
                lambda file=file: loaded(code_directory(self, **{file: b"?"})),
                "PACKAGE_MISSING",
                "write %s into requirements.txt" % package,
            )

    def test_classes_of_a_training_script_are_found_in_the_hook_file(self):
        data = b"c__main__\nOwnOfTheScript\n)\x81."
        custom = (
            "from sklearn.base import BaseEstimator\n"
            "class OwnOfTheScript(BaseEstimator):\n"
            "    def predict(self, X): return X['a'] * 3\n"
        )
        worker, result = loaded(code_directory(self, custom, model__pkl=data))
        self.assertEqual(result["predictor"], "scikit-learn")
        self.assertEqual(
            from_wire.table_to_frame(worker.predict(csv(b"a\n3\n"))["predictions"]).iloc[0, 0], 9
        )

    def test_functions_and_classes_of_a_training_script_are_found_in_the_hook_file_by_load_model_too(self):
        function = b"c__main__\nhalved_by_the_script\n."
        custom = (
            "import pickle\n"
            "from sklearn.base import BaseEstimator\n"
            "def halved_by_the_script(x): return x / 2\n"
            "class Halving(BaseEstimator):\n"
            "    def __init__(self, function=None): self.function = function\n"
            "    def predict(self, X): return self.function(X['a'])\n"
        )
        load = (
            "def load_model(folder):\n"
            "    with open(folder + '/function.bin', 'rb') as file: return Halving(pickle.load(file))\n"
        )
        worker, _ = loaded(code_directory(self, custom + load, function__bin=function), artifacts=[])
        self.assertEqual(
            from_wire.table_to_frame(worker.predict(csv(b"a\n3\n"))["predictions"]).iloc[0, 0], 1.5
        )
        held = b"c__main__\nHalving\n)\x81}X\x08\0\0\0functionc__main__\nhalved_by_the_script\nsb."
        worker, _ = loaded(code_directory(self, custom, model__pkl=held))
        self.assertEqual(
            from_wire.table_to_frame(worker.predict(csv(b"a\n5\n"))["predictions"]).iloc[0, 0], 2.5
        )

    def test_what_a_training_script_defined_and_custom_py_does_not_is_named(self):
        data = b"c__main__\nnowhere_defined\n."
        words = "define nowhere_defined in custom.py"
        self.refused(lambda: loaded(code_directory(self, model__pkl=data)), "ARTIFACT_UNREADABLE", words)
        load = (
            "import pickle\n"
            "def load_model(folder):\n"
            "    with open(folder + '/model.bin', 'rb') as file: return pickle.load(file)\n"
        )
        folder = code_directory(self, load, model__bin=data)
        self.refused(lambda: loaded(folder, artifacts=[]), "HOOK_FAILED", words)

    def test_the_error_of_the_reader_that_got_further_is_told(self):
        absent = types.ModuleType("package_that_is_gone")
        absent.Thing = type("Thing", (), {"__module__": "package_that_is_gone"})
        scripts = type("OnlyInTheScript", (), {"__module__": "__main__"})
        sys.modules["__main__"].OnlyInTheScript = scripts
        sys.modules["package_that_is_gone"] = absent
        things = absent.Thing(), [np.arange(3), absent.Thing()], scripts()
        files = {
            (at, how): dumped(one, how) for at, one in enumerate(things) for how in (0, "zlib", "xz", "bz2")
        }
        del sys.modules["package_that_is_gone"], sys.modules["__main__"].OnlyInTheScript
        for (at, how), data in files.items():
            with self.subTest(at=at, how=how):
                for name in ("model__pkl", "model__joblib"):
                    folder = code_directory(self, **{name: data})
                    if at == 2:
                        words = "define OnlyInTheScript in custom.py"
                        self.refused(lambda folder=folder: loaded(folder), "ARTIFACT_UNREADABLE", words)
                    else:
                        words = "the package package_that_is_gone"
                        self.refused(lambda folder=folder: loaded(folder), "PACKAGE_MISSING", words)

    def test_the_version_that_the_file_was_saved_with_is_told_beside_the_installed_one(self):
        ridge = Ridge().fit(FRAME, NUMBERS)
        version = sklearn.__version__.encode()
        for how in (0, "zlib", "xz"):
            inner = io.BytesIO()
            joblib.dump(ridge, inner)
            changed = inner.getvalue().replace(version, b"0.1.2".ljust(len(version), b"3"))
            renamed = changed.replace(b"sklearn.linear_model._ridge", b"sklearn.linear_model._gonee")
            data = {0: bytes, "zlib": zlib.compress, "xz": lzma.compress}[how](renamed)
            self.refused(
                lambda data=data: loaded(code_directory(self, model__pkl=data)),
                "PACKAGE_MISSING",
                "needs the module sklearn.linear_model._gonee, which the scikit-learn that",
                "saved with scikit-learn 0.1.2, and %s is installed" % sklearn.__version__,
                "write scikit-learn==0.1.2 into requirements.txt",
                "--install-deps",
                "--runtime python=",
            )

    def test_classes_beside_the_artifact_are_found(self):
        data = b"cbeside_model\nOwn\n)\x81."
        source = (
            b"from sklearn.base import BaseEstimator\n"
            b"class Own(BaseEstimator):\n"
            b"    def predict(self, X): return X['a'] * 2\n"
        )
        worker, result = loaded(code_directory(self, model__pkl=data, beside_model__py=source))
        self.assertEqual(result["predictor"], "scikit-learn")
        self.assertEqual(
            from_wire.table_to_frame(worker.predict(csv(b"a\n3\n"))["predictions"]).iloc[0, 0], 6
        )


# The environments' folders carry their names; elsewhere it is enough that the package is there.
if os.path.basename(sys.prefix).startswith("python3_xgboost") or importlib.util.find_spec("xgboost"):
    import xgboost

    class XgboostPredictors(ArtifactCase):
        def test_estimators_pipelines_and_boosters_are_xgboosts(self):
            classifier = xgboost.XGBClassifier(n_estimators=3).fit(FRAME, CLASSES == "yes")
            read = pd.read_csv(io.BytesIO(BODY))
            self.check(classifier, classifier.predict_proba(read), "xgboost", "binary", ["0", "1"])
            pipeline = make_pipeline(SimpleImputer(), xgboost.XGBRegressor(n_estimators=3)).fit(
                FRAME, NUMBERS
            )
            self.check(pipeline, pipeline.predict(read), "xgboost")
            booster = xgboost.train({}, xgboost.DMatrix(FRAME, NUMBERS), 3)
            self.check(booster, booster.predict(xgboost.DMatrix(read)), "xgboost")


def dumped(model, how=0):
    buffer = io.BytesIO()
    joblib.dump(model, buffer, compress=(how, 3) if how else 0)
    return buffer.getvalue()
