"""The object `mlops` of unstructured hooks: what is sent to the supervisor, and what cannot be reported."""

import unittest

import numpy as np
import pandas as pd
from drumline_worker import from_wire
from drumline_worker.mlops import MLOps


class Reports(unittest.TestCase):
    def setUp(self):
        self.sent = []
        self.mlops = MLOps(lambda method, params: self.sent.append((method, params)))

    def data(self):
        method, params = self.sent.pop()
        self.assertEqual((method, params["kind"]), ("report", "predictions_data"))
        return params["data"]

    def test_stats_are_a_count_and_milliseconds(self):
        self.mlops.report_deployment_stats(np.int64(3), 1.5)
        self.mlops.report_deployment_stats(num_predictions=1)
        self.assertEqual(
            [params["data"] for _, params in self.sent],
            [{"num_predictions": 3, "execution_time": 1.5}, {"num_predictions": 1, "execution_time": None}],
        )

    def test_features_are_a_table_whose_nan_is_missing(self):
        self.mlops.report_predictions_data(
            pd.DataFrame({"n": [1.5, np.nan], "t": ["x", None]}), [1, 2], ["a", 7], None
        )
        data = self.data()
        self.assertEqual(
            from_wire.table_to_frame(data["features"]).fillna("none").to_dict("list"),
            {"n": [1.5, "none"], "t": ["x", "none"]},
        )
        self.assertEqual(
            (data["predictions"], data["association_ids"], data["class_names"]), ([1, 2], ["a", "7"], None)
        )

    def test_predictions_may_be_arrays_series_and_lists_of_probabilities(self):
        for predictions, expected in (
            (np.array([1, 2]), [1, 2]),
            (pd.Series([0.5]), [0.5]),
            (np.array([[0.25, 0.75]]), [[0.25, 0.75]]),
            ([np.float32(0.5)], [0.5]),
            ([[0.25, 0.75]], [[0.25, 0.75]]),
            (["text"], ["text"]),
        ):
            with self.subTest(expected):
                self.mlops.report_predictions_data(predictions=predictions, class_names=["no", "yes"])
                data = self.data()
                self.assertEqual(
                    (data["predictions"], data["features"], data["class_names"]),
                    (expected, None, ["no", "yes"]),
                )

    def test_what_cannot_be_reported_is_refused(self):
        frame = pd.DataFrame({"n": [1, 2]})
        for action, words in (
            (lambda: self.mlops.report_predictions_data(), "needs features_df or predictions"),
            (lambda: self.mlops.report_predictions_data("text"), "features_df must be a DataFrame, got str"),
            (
                lambda: self.mlops.report_predictions_data(predictions="text"),
                "predictions must be a list, got str",
            ),
            (lambda: self.mlops.report_predictions_data(predictions=[object()]), "got object"),
            (lambda: self.mlops.report_predictions_data(frame, [1]), "give as many of each"),
            (
                lambda: self.mlops.report_predictions_data(predictions=[1, 2], association_ids=["a", "a"]),
                'association_ids must be unique, got "a" twice; give each row an id of its own',
            ),
            (
                lambda: self.mlops.report_predictions_data(
                    predictions=[1, 2, 3], association_ids=["b", 7, "7"]
                ),
                'association_ids must be unique, got "7" twice',
            ),
            (lambda: self.mlops.report_deployment_stats("many"), "invalid literal"),
        ):
            with self.subTest(words):
                with self.assertRaises((TypeError, ValueError)) as caught:
                    action()
                self.assertIn(words, str(caught.exception))
        self.assertEqual(self.sent, [])


if __name__ == "__main__":
    unittest.main()
