"""Trains the test models on scikit-learn's own data sets: `python train.py sklearn` or `python train.py
xgboost`; those of the other frameworks come from train_onnx.py, train_pytorch.py and train_keras.py.

Each model gets a folder beside this file with the artifact, `input.csv` (the data's own rows) and
`expected.json`: `{"predictions": [...]}` as POST /predict/ answers it, computed here, in this process, from
`input.csv` as pandas reads it. Numbers are float64 in shortest round-trip form; where a model predicts
float32, they are the exact float64 values of those, so compare after rounding to float32.
"""

import json
import pickle
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDER = Path(__file__).resolve().parent
SEED = 20211


def read_data(load, folder):
    """The features as a worker reads them (through input.csv) and the target, as text where classes have
    names.
    """
    data = load(as_frame=True)
    folder.mkdir(exist_ok=True)
    data.data.to_csv(folder / "input.csv", index=False, lineterminator="\n")
    return pd.read_csv(folder / "input.csv"), data.target, getattr(data, "target_names", None)


def save_pickle(model, path):
    # Protocol 4, so that every Python from 3.8 on can tell what is in it.
    path.write_bytes(pickle.dumps(model, protocol=4))


def save(folder, model, predictions, artifact="model.pkl"):
    """Artifact and expected predictions, rounded by nothing."""
    if artifact.endswith(".joblib"):
        joblib.dump(model, folder / artifact)
    else:
        save_pickle(model, folder / artifact)
    save_expected(folder, predictions)


def save_expected(folder, predictions):
    (folder / "expected.json").write_text(json.dumps({"predictions": predictions}) + "\n", encoding="utf-8")


def numbers(values):
    return [float(value) for value in values]


def by_label(probabilities, labels):
    """One map a row, from class label to probability."""
    return [dict(zip(labels, numbers(row))) for row in probabilities]


def train_sklearn():
    train_regression("sklearn_regression", "model.pkl")
    train_regression("sklearn_joblib", "model.joblib")

    folder = FOLDER / "sklearn_binary"
    features, target, names = read_data(load_breast_cancer, folder)
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=SEED)).fit(
        features, names[target]
    )
    save(folder, model, by_label(model.predict_proba(features), model.classes_))

    folder = FOLDER / "sklearn_multiclass"
    features, target, names = read_data(load_iris, folder)
    model = RandomForestClassifier(n_estimators=20, random_state=SEED).fit(features, names[target])
    save(folder, model, by_label(model.predict_proba(features), model.classes_))

    folder = FOLDER / "sklearn_anomaly"
    features, _, _ = read_data(load_wine, folder)
    model = IsolationForest(n_estimators=50, random_state=SEED).fit(features)
    save(folder, model, numbers(model.predict(features)))

    # The model of the benchmarks: 13 numeric columns; the class number is its target.
    folder = FOLDER / "sklearn_wide"
    features, target, _ = read_data(load_wine, folder)
    model = make_pipeline(SimpleImputer(), StandardScaler(), Ridge()).fit(features, target)
    save(folder, model, numbers(model.predict(features)))


def train_regression(name, artifact):
    folder = FOLDER / name
    features, target, _ = read_data(load_diabetes, folder)
    model = make_pipeline(SimpleImputer(), StandardScaler(), Ridge()).fit(features, target)
    save(folder, model, numbers(model.predict(features)), artifact)


def train_xgboost():
    import xgboost

    settings = {"n_estimators": 30, "max_depth": 4, "n_jobs": 1, "random_state": SEED}

    folder = FOLDER / "xgboost_regression"
    features, target, _ = read_data(load_diabetes, folder)
    model = xgboost.XGBRegressor(**settings).fit(features, target)
    save(folder, model, numbers(model.predict(features)))

    # Class 1 is "benign": the labels of this model are 0 and 1.
    folder = FOLDER / "xgboost_binary"
    features, target, _ = read_data(load_breast_cancer, folder)
    model = xgboost.XGBClassifier(**settings).fit(features, target)
    save(folder, model, by_label(model.predict_proba(features), ["0", "1"]))

    # A Booster of XGBoost's own training interface, which knows nothing of scikit-learn.
    folder = FOLDER / "xgboost_booster"
    features, target, _ = read_data(load_diabetes, folder)
    matrix = xgboost.DMatrix(features, label=target)
    booster = xgboost.train({"max_depth": 4, "nthread": 1, "seed": SEED}, matrix, num_boost_round=20)
    save(folder, booster, numbers(booster.predict(xgboost.DMatrix(features))))


if __name__ == "__main__":
    {"sklearn": train_sklearn, "xgboost": train_xgboost}[sys.argv[1]]()
