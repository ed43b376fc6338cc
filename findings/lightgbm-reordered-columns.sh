#!/usr/bin/env bash
# LightGBM takes the columns of a data frame by position
#
# Guess:   predict() on a data frame looks columns up by name, or refuses names that are not those of training.
# Happens: predict() reads the columns by position. It neither aligns nor refuses a frame whose columns come in another
#          order or bear other names; only validate_features=True checks the names, and it is off by default.
# Matters: a client that sends the same row with its columns in another order gets the prediction of another row. A server
#          has to compare the names itself; XGBoost and scikit-learn raise an error here.
# Version: lightgbm 4.7.0
# Seen:    in order [10.0, 10.0, 90.0, 90.0], swapped [10.0, 90.0, 10.0, 90.0], renamed [10.0, 10.0, 90.0, 90.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
venv/bin/python - <<'END'
import sys

import lightgbm
import numpy as np
import pandas as pd

rows = pd.DataFrame({"age": [0.0, 0, 1, 1] * 50, "size": [0.0, 1, 0, 1] * 50})
target = rows["age"] * 80 + 10
options = {"verbose": -1, "num_threads": 1, "learning_rate": 1.0, "objective": "regression"}
model = lightgbm.train(options, lightgbm.Dataset(rows, target), 3)
first = rows.head(4)


def predicted(frame):
    return np.round(model.predict(frame), 1).tolist()


in_order, swapped = predicted(first), predicted(first[["size", "age"]])
renamed = predicted(first.rename(columns={"age": "x", "size": "y"}))
try:
    model.predict(first[["size", "age"]], validate_features=True)
    checked = "accepted"
except lightgbm.basic.LightGBMError:
    checked = "refused"
print("lightgbm", lightgbm.__version__)
print("guess:     columns are matched by name, or other names are refused")
print("behaviour: columns are taken by position in silence")
print("seen:      in order %s, swapped %s, renamed %s; with validate_features=True %s" % (in_order, swapped, renamed, checked))
same = in_order == [10, 10, 90, 90] == renamed and swapped == [10, 90, 10, 90] and checked == "refused"
sys.exit(0 if same else 1)
END
