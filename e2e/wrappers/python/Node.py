# Has every method; `scale` is a parameter.

import numpy as np


class Node:
    def __init__(self, scale=1, label="none"):
        self.scale = scale
        self.label = label

    def load(self):
        self.is_loaded = True

    def predict(self, X, names, meta=None):
        if isinstance(X, dict):
            return {"got": X, "names": names, "meta": meta, "loaded": self.is_loaded, "label": self.label}
        return X * self.scale if isinstance(X, np.ndarray) else X

    def class_names(self):
        return ["low", "high"]

    def transform_input(self, X, names, meta=None):
        return X + 1

    def transform_output(self, X, names, meta=None):
        return [["a", 1]]

    def route(self, X, names, meta=None):
        return -1 if isinstance(X, str) else int(X[0][0])

    def aggregate(self, Xs, names, metas=None):
        return (Xs[0] + Xs[1]) / 2

    def send_feedback(self, X, names, reward, truth, routing=None):
        return [reward, -5 if routing is None else routing]

    def health_status(self):
        return {"state": "well"}

    def init_metadata(self):
        return {"name": "node", "versions": ["1"], "custom": {"author": "a"}}

    def tags(self):
        return {"from": "node", "count": 1}

    def metrics(self):
        return [
            {"type": "COUNTER", "key": "asked", "value": 1},
            {"type": "GAUGE", "key": "level", "value": 2.5, "tags": {"part": "a"}},
            {"type": "TIMER", "key": "took", "value": 20},
        ]
