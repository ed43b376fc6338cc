"""Bare work of a whole file in one Python process: import, load, read_csv, predict, to_csv.

Usage: native_score.py MODEL.pkl INPUT.csv OUTPUT.csv
"""

import pickle
import sys

import pandas as pd

with open(sys.argv[1], "rb") as file:
    model = pickle.load(file)
frame = pd.read_csv(sys.argv[2])
pd.DataFrame({"Predictions": model.predict(frame)}).to_csv(sys.argv[3], index=False)
