#!/usr/bin/env bash
# XGBoost reads the zeros of a scipy matrix as missing, those of a sparse data frame as 0
#
# Guess:   one matrix predicts alike, whether it comes dense, as a scipy matrix or as a data frame of sparse columns.
# Happens: cells that a scipy matrix leaves out are missing, and take the default branch; the dense array and the sparse data
#          frame made from that matrix have zeros there. A zero that the scipy matrix stores counts as 0.
# Matters: a server that reads Matrix Market chooses the predictions by the container it fills: the same file gives other
#          numbers as a matrix than as a sparse frame. LightGBM takes all of them for 0.
# Version: xgboost-cpu 3.2.0
# Seen:    dense [1.0, 9.0], sparse frame [1.0, 9.0], scipy matrix [9.0, 9.0], stored zero [1.0, 9.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xgboost-cpu==3.2.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
venv/bin/python - <<'END'
import sys
import warnings

import numpy as np
import pandas as pd
import scipy.sparse
import xgboost

warnings.simplefilter("ignore")  # XGBoost warns that it makes the sparse frame dense.
rows = np.array([[0.0], [5.0], [np.nan]] * 50)
target = np.array([1.0, 9.0, 9.0] * 50)
model = xgboost.train({"learning_rate": 1.0, "lambda": 0.0, "nthread": 1}, xgboost.DMatrix(rows, target), 5)
dense = rows[:2]
matrix = scipy.sparse.csr_matrix(dense)
stored = scipy.sparse.csr_matrix((np.array([0.0, 5.0]), (np.array([0, 1]), np.array([0, 0]))), shape=(2, 1))
containers = {"dense": dense, "sparse frame": pd.DataFrame.sparse.from_spmatrix(matrix), "scipy matrix": matrix, "stored zero": stored}
seen = {name: np.round(model.inplace_predict(data), 1).tolist() for name, data in containers.items() if name != "sparse frame"}
frame = containers["sparse frame"]
model.feature_names = list(map(str, frame.columns))
frame.columns = frame.columns.map(str)
seen["sparse frame"] = np.round(model.predict(xgboost.DMatrix(frame)), 1).tolist()
print("xgboost", xgboost.__version__)
print("guess:     the same predictions, whatever holds the matrix")
print("behaviour: the scipy matrix alone has its zeros missing")
print("seen:     ", ", ".join("%s %s" % one for one in seen.items()))
same = seen["dense"] == seen["sparse frame"] == seen["stored zero"] == [1.0, 9.0] and seen["scipy matrix"] == [9.0, 9.0]
sys.exit(0 if same else 1)
END
