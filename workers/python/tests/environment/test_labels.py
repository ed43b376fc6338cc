"""Class labels of a model beside those that are requested: compared at load, or taken by their places."""

import contextlib
import io
import pickle
import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire, labels
from drumline_worker.protocol import WorkerError
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .code_directories import code_directory, csv, loaded

FRAME = pd.DataFrame({"x": np.arange(30.0)})
THIRDS = np.repeat([0, 1, 2], 10)


class LabelCase(unittest.TestCase):
    def load(self, model, requested, target_type=None):
        folder = code_directory(self, model__pkl=pickle.dumps(model))
        if len(requested) == 2 and target_type is None:
            named = {"negative_class_label": requested[0], "positive_class_label": requested[1]}
            return loaded(folder, "binary", **named)[0]
        return loaded(folder, target_type or "multiclass", class_labels=requested)[0]

    def columns(self, model, requested, target_type=None):
        """(names of the columns or None, values of the first row)."""
        answer = self.load(model, requested, target_type).predict(csv(b"x\n3\n"))
        frame = from_wire.table_to_frame(answer["predictions"])
        return list(frame.columns) if answer["labelled"] else None, frame.iloc[0].tolist()

    def refused(self, model, requested, *words, target_type=None):
        with self.assertRaises(WorkerError) as caught:
            self.load(model, requested, target_type)
        self.assertEqual(caught.exception.code, "ARTIFACT_UNSUPPORTED")
        for word in words:
            self.assertIn(word, caught.exception.message)


class AtLoad(LabelCase):
    def told(self, model, requested, target_type=None):
        with contextlib.redirect_stderr(io.StringIO()) as told:
            self.load(model, requested, target_type)
        return told.getvalue()

    def test_the_order_of_columns_without_labels_is_told(self):
        model = LogisticRegression().fit(FRAME, THIRDS > 0)
        self.assertEqual(self.told(model, ["False", "True"]), "")
        del model.classes_
        words = (
            "the model, a sklearn.linear_model._logistic.LogisticRegression, does not name its classes: "
            'the first of two columns is taken for "no", the second or the only one for "yes"; '
            "DRUM 1.18 takes them the other way round\n"
        )
        self.assertEqual(self.told(model, ["no", "yes"]), words)
        self.assertEqual(self.told(model, ["a", "b"], "multilabel"), "")

    def test_other_labels_than_the_models_are_refused(self):
        texts = np.array(["low", "middle", "high"])[THIRDS]
        for model in (
            LogisticRegression().fit(FRAME, texts),
            make_pipeline(StandardScaler(), RandomForestClassifier(3)).fit(FRAME, texts),
        ):
            words = '"high", "low", "middle"', '"low", "middle", "other"'
            self.refused(model, ["low", "middle", "other"], *words)
            self.refused(model, ["low", "middle"], *words[:1])
            self.refused(model, ["low", "middle", "high", "top"], *words[:1])
            self.assertEqual(self.columns(model, ["low", "middle", "high"])[0], ["high", "low", "middle"])
            self.assertEqual(self.columns(model, ["LOW", "middle", "high"])[0], ["high", "low", "middle"])
        shifted = LogisticRegression().fit(FRAME, THIRDS + 1)
        self.refused(shifted, ["low", "middle", "high"], '"1", "2", "3"')

    def test_classes_that_count_from_0_are_the_places_of_named_labels(self):
        model = LogisticRegression().fit(FRAME, THIRDS)
        expected = model.predict_proba(FRAME[3:4])[0].tolist()
        self.assertEqual(self.columns(model, ["low", "middle", "high"]), (None, expected))
        self.refused(model, ["low", "high"], '"0", "1", "2"')
        halves = LogisticRegression().fit(FRAME, THIRDS > 0)
        expected = halves.predict_proba(FRAME[3:4])[0].tolist()
        self.assertEqual(self.columns(halves, ["sick", "well"]), (None, expected))

    def test_words_for_false_and_true_are_no_places(self):
        for words in (["no", "yes"], ["n", "y"], ["false", "true"], ["off", "on"]):
            model = LogisticRegression().fit(FRAME, np.array(words)[THIRDS // 2])
            self.refused(model, ["benign", "malignant"], '"%s"' % words[0], '"%s"' % words[1])

    def test_classes_that_count_from_0_are_labels_where_numbers_are_requested(self):
        model = LogisticRegression().fit(FRAME, THIRDS)
        for requested in (["2", "1", "0"], ["2.0", "1.0", "0.0"]):
            self.assertEqual(self.columns(model, requested)[0], ["0", "1", "2"])
        halves = LogisticRegression().fit(FRAME, THIRDS > 0)
        for requested in (["yes", "no"], ["1", "0"], ["True", "False"]):
            self.assertEqual(self.columns(halves, requested)[0], ["False", "True"])
        self.refused(model, ["1", "2", "3"], '"0", "1", "2"')

    def test_several_outputs_are_counted(self):
        several = np.column_stack([THIRDS > 0, THIRDS > 1]).astype(int)
        forest = RandomForestClassifier(3).fit(FRAME, several)
        each = OneVsRestClassifier(LogisticRegression()).fit(FRAME, several)
        for model in (forest, each):
            self.assertIsNone(self.columns(model, ["some", "many"], "multilabel")[0])
            self.refused(model, ["some", "many", "all"], '"0", "1"', target_type="multilabel")

    def test_text_is_no_number_for_a_regression(self):
        model = LogisticRegression().fit(FRAME, np.array(["bad", "good"])[THIRDS // 2])
        for target_type in ("regression", "anomaly"):
            self.refused(model, [], 'predicts text ("bad"), no numbers', target_type=target_type)
        numbers = LogisticRegression().fit(FRAME, THIRDS)
        self.assertEqual(self.columns(numbers, [], "regression")[1], [0])


class Spellings(unittest.TestCase):
    def test_two_spellings_of_a_label_are_one(self):
        for group in (("1", "1.0", "True", "yes", "ON", " t "), ("0", "no", "False", "off"), ("A", "a ")):
            self.assertEqual(len({labels.normal_label(one) for one in group}), 1, group)
        self.assertEqual(len({labels.normal_label(one) for one in ("1", "2", "nan", "x", "0")}), 5)
