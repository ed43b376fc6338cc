"""Trains what the target asks for with scikit-learn."""

import pickle
from pathlib import Path

from sklearn.ensemble import GradientBoostingRegressor, IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fit(X, y, output_dir, class_order=None, row_weights=None, parameters=None, **kwargs):
    print("fit of", X.shape, "classes", class_order, "parameters", parameters, "others", sorted(kwargs))
    if y is None:
        model = IsolationForest(random_state=0, **parameters).fit(X)
    elif class_order is None:
        model = GradientBoostingRegressor(random_state=0, **parameters).fit(X, y, sample_weight=row_weights)
    else:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **parameters)).fit(
            X, y, logisticregression__sample_weight=row_weights
        )
    (Path(output_dir) / "model.pkl").write_bytes(pickle.dumps(model))
