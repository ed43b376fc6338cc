"""The linear model without drum: `rows FILE ROUNDS` prints the median microseconds of a body, `score FILE
OUTPUT` scores a file.
"""

import io
import json
import sys
import time

import numpy as np
import pandas as pd

WEIGHTS = np.arange(1.0, 11.0)


def predict(source):
    return pd.DataFrame({"Predictions": pd.read_csv(source).to_numpy() @ WEIGHTS})


def median_of(body, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        json.dumps({"predictions": predict(io.BytesIO(body))["Predictions"].tolist()})
        times.append(time.perf_counter() - start)
    return sorted(times)[rounds // 2] * 1e6


if sys.argv[1] == "rows":
    with open(sys.argv[2], "rb") as file:
        print(median_of(file.read(), int(sys.argv[3])))
else:
    predict(sys.argv[2]).to_csv(sys.argv[3], index=False)
