"""The same arithmetic in every language; e2e/four.test.ts compares the answers."""

import pandas as pd


def load_model(code_dir):
    return {"bmi": 25.0, "visits": 0.0}


def transform(data, model):
    bmi = data["bmi"].fillna(model["bmi"])
    visits = data["visits"].fillna(model["visits"])
    region = data["region"].str.len()
    risk = data["age"] / 100 + bmi / 50 + data["smoker"].astype(float) + region / 10 + visits / 20
    return pd.DataFrame({"risk": risk, "region": data["region"], "age": data["age"]})


def score(data, model, **kwargs):
    return pd.DataFrame({"answer": data["region"] + ":" + data["age"].astype(str)})
