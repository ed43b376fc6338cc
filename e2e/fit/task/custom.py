"""A CustomTask in place of hooks: the mean of each class, and how near a row is to it."""

import numpy as np
import pandas as pd
from datarobot_drum.custom_task_interfaces import MulticlassEstimatorInterface


class CustomTask(MulticlassEstimatorInterface):
    def fit(self, X, y, parameters=None, row_weights=None, **kwargs):
        self.log_message("fitting %s for %s" % (X.shape, kwargs["class_order"]))
        self.means = X.groupby(y).mean()
        return self

    def predict_proba(self, X, **kwargs):
        distances = {label: ((X - mean) ** 2).sum(axis=1) for label, mean in self.means.iterrows()}
        nearness = np.exp(-pd.DataFrame(distances, dtype=float))
        return nearness.div(nearness.sum(axis=1), axis=0)
