"""Bare work of one row in one Python process: read_csv, predict, json.dumps. Prints the median in
microseconds.

Usage: native_row.py MODEL.pkl ROW.csv
"""

import io
import json
import pickle
import statistics
import sys
import time

import pandas as pd

ROUNDS = 2000

with open(sys.argv[1], "rb") as file:
    model = pickle.load(file)
with open(sys.argv[2], "rb") as file:
    body = file.read()


def answer():
    frame = pd.read_csv(io.BytesIO(body))
    return json.dumps({"predictions": model.predict(frame).tolist()})


for _ in range(200):
    answer()
times = []
for _ in range(ROUNDS):
    start = time.perf_counter()
    answer()
    times.append(time.perf_counter() - start)
print(statistics.median(times) * 1e6)
