"""Trains the example's model.pkl on scikit-learn's diabetes data, in the data's own units.

The last eight patients are left out: their measurements are in rows.csv and what became of them is in
truth.csv.
"""

import pickle
from pathlib import Path

from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HELD_OUT = 8

data = load_diabetes(as_frame=True, scaled=False)
model = make_pipeline(StandardScaler(), Ridge())
model.fit(data.data[:-HELD_OUT], data.target[:-HELD_OUT])
(Path(__file__).resolve().parent / "model.pkl").write_bytes(pickle.dumps(model, protocol=4))
