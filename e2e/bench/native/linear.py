"""The linear model without drum: `row FILE` prints the median microseconds of one row, `score FILE OUTPUT` scores a file."""

import io
import json
import sys
import time

import numpy as np
import pandas as pd

WEIGHTS = np.arange(1.0, 11.0)
ROUNDS = 1000


def predict(source):
    return pd.DataFrame({"Predictions": pd.read_csv(source).to_numpy() @ WEIGHTS})


def median_row(body):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        json.dumps({"predictions": predict(io.BytesIO(body))["Predictions"].tolist()})
        times.append(time.perf_counter() - start)
    return sorted(times)[ROUNDS // 2] * 1e6


if sys.argv[1] == "row":
    with open(sys.argv[2], "rb") as file:
        print(median_row(file.read()))
else:
    predict(sys.argv[2]).to_csv(sys.argv[3], index=False)
