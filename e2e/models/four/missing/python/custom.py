"""Does not put up with missing values of some columns, and dies of those of others; e2e/validation.test.ts
compares the reports of the languages.
"""

import os

import pandas as pd


def load_model(code_dir):
    return "model"


def score(data, model, **kwargs):
    if "visits" in data and data["visits"].isna().all():
        os._exit(7)
    if "region" in data and data["region"].isna().all():
        raise ValueError("the region must be known")
    # The bmi counts beside that of the other rows, which no model should do.
    largest = data["bmi"].fillna(0).max() if "bmi" in data else 0
    return pd.DataFrame({"Predictions": data["age"].fillna(0) - largest})
