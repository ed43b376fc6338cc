"""Fits a logistic regression on scikit-learn's breast cancer data, leaving out the tumours of rows.csv,
and writes its coefficients.
"""

import pathlib

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
data = load_breast_cancer(as_frame=True)
columns = ["mean radius", "mean texture", "mean smoothness", "mean concavity", "worst symmetry"]
numbers = data.data[columns].rename(columns=lambda name: name.replace(" ", "_"))
kinds = data.target.map({0: "malignant", 1: "benign"})
held_out = numbers.index[::80]
numbers.loc[held_out].to_csv(here / "rows.csv", index=False)
kinds.loc[held_out].to_csv(here / "truth.csv", index=False, header=["tumour"])
numbers, kinds = numbers.drop(held_out), kinds.drop(held_out)
scaler = StandardScaler().fit(numbers)
model = LogisticRegression().fit(scaler.transform(numbers), kinds == "malignant")
weights = pd.DataFrame({"column": numbers.columns, "weight": model.coef_[0] / scaler.scale_})
weights.loc[len(weights)] = [
    "intercept",
    model.intercept_[0] - (model.coef_[0] * scaler.mean_ / scaler.scale_).sum(),
]
weights.to_csv(here / "weights.csv", index=False, float_format="%.8g")
