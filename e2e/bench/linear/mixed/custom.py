"""The arithmetic of the language benchmark: ten columns, weights 1 to 10. ../../native does the same
without drum.
"""

import numpy as np
import pandas as pd


def load_model(code_dir):
    return np.arange(1.0, 11.0)


def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data.to_numpy() @ model})
