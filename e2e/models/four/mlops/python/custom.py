"""Reports two predictions, or for the text `few` one prediction too few; e2e/monitoring.test.ts compares
the reports of the languages.
"""

import pandas as pd


def load_model(code_dir):
    return "model"


def score_unstructured(model, data, mlops=None, **kwargs):
    if mlops is None:
        return "none"
    frame = pd.DataFrame({"n": [1, 2], "x": [1.5, None], "t": ["x", None]})
    if data == "few":
        mlops.report_predictions_data(frame, [[0.25, 0.75]])
    mlops.report_deployment_stats(len(frame), execution_time=12.5)
    mlops.report_predictions_data(
        frame, [[0.25, 0.75], [1, 0]], association_ids=["i", "j"], class_names=["no", "yes"]
    )
    return "reported"
