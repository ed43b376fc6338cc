"""Makes a repository of MLServer's folders: make.py FOLDER. Runs in the environment python3_xgboost."""

import json
import os
import pickle
import sys

import joblib
import pandas as pd
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

REPOSITORY = sys.argv[1]
SKLEARN, XGBOOST = "mlserver_sklearn.SKLearnModel", "mlserver_xgboost.XGBoostModel"


def folder(name, implementation, **settings):
    path = os.path.join(REPOSITORY, name)
    os.makedirs(path)
    with open(os.path.join(path, "model-settings.json"), "w", encoding="utf-8") as file:
        json.dump({"name": name, "implementation": implementation, **settings}, file)
    return path


irises, kinds = load_iris(return_X_y=True)
patients, progress = load_diabetes(return_X_y=True)
people = pd.DataFrame({"age": [20, 30, 40, 50] * 5, "city": ["Rome", "Oslo", "Rome", "Bern"] * 5})
answers = ["no", "yes", "no", "yes"] * 5

path = folder("irises", SKLEARN)
joblib.dump(
    make_pipeline(StandardScaler(), LogisticRegression()).fit(irises, kinds),
    os.path.join(path, "model.joblib"),
)

path = folder(
    "patients",
    SKLEARN,
    platform="sklearn",
    versions=["scikit-learn/1.9"],
    inputs=[{"name": "x", "datatype": "FP64", "shape": [-1, 10]}],
    outputs=[{"name": "predict", "datatype": "FP64", "shape": [-1, 1]}],
    parameters={"uri": "./saved.pkl", "version": "v2"},
)
with open(os.path.join(path, "saved.pkl"), "wb") as file:
    pickle.dump(LinearRegression().fit(patients, progress), file)

path = folder(
    "people",
    SKLEARN,
    parameters={"content_type": "pd", "version": "7"},
    inputs=[
        {"name": "age", "datatype": "INT64", "shape": [-1]},
        {"name": "city", "datatype": "BYTES", "shape": [-1], "parameters": {"content_type": "str"}},
    ],
)
columns = make_column_transformer(
    (OneHotEncoder(handle_unknown="ignore"), ["city"]), remainder=StandardScaler()
)
joblib.dump(
    make_pipeline(columns, LogisticRegression()).fit(people, answers), os.path.join(path, "model.joblib")
)

folder(
    "chances",
    SKLEARN,
    parameters={"uri": "../irises/model.joblib", "extra": {"predict_fn": "predict_proba"}},
)

path = folder("trees", XGBOOST)
xgboost.XGBRegressor(n_estimators=5).fit(patients, progress).save_model(os.path.join(path, "model.json"))

path = folder("forest", XGBOOST, parameters={"uri": "./kinds.ubj"})
xgboost.XGBClassifier(n_estimators=5).fit(irises, kinds).save_model(os.path.join(path, "kinds.ubj"))
