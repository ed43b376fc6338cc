"""Trains the model of the V2 comparisons into a folder: inference_model.py FOLDER"""

import os
import sys

import joblib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

features, target = load_diabetes(return_X_y=True)
os.makedirs(sys.argv[1], exist_ok=True)
model = make_pipeline(StandardScaler(), LinearRegression()).fit(features, target)
joblib.dump(model, os.path.join(sys.argv[1], "model.joblib"))
