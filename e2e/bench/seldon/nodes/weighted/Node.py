# The second of three languages: weights ten columns.

import numpy as np


class Node:
    def __init__(self):
        self.weights = np.arange(1.0, 11.0)

    def predict(self, X, names, meta=None):
        return (X @ self.weights)[:, None]
