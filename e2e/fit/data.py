"""Writes the data sets that the tests of drum fit train on, beside this file: scikit-learn's own, features
and target in one CSV.
"""

from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

FOLDER = Path(__file__).resolve().parent


def save(frame, name):
    frame.to_csv(FOLDER / name, index=False, lineterminator="\n")


def with_names(data):
    return data.frame.assign(target=data.target_names[data.target])


cancer = load_breast_cancer(as_frame=True)
save(load_diabetes(as_frame=True).frame, "diabetes.csv")
save(
    with_names(cancer)[["mean radius", "mean texture", "mean smoothness", "mean concavity", "target"]],
    "cancer.csv",
)
save(with_names(load_iris(as_frame=True)), "iris.csv")
