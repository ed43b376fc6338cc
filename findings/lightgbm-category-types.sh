#!/usr/bin/env bash
# LightGBM takes every level of a categorical column for unseen when its levels come as text
#
# Guess:   a column of the dtype category with the levels "10" and "20" matches the levels 10 and 20 of training, or raises.
# Happens: LightGBM keeps the levels of training and gives each a code. Levels that are not equal to them in Python, such as
#          the text "10" for the number 10, become unseen in silence: every row gets the prediction of an unseen level.
#          The float 10.0 matches.
# Matters: whether an identifier arrives as text or as a number depends on the reader (CSV with a header alone, JSON, a
#          column with one odd cell). All rows of the request are then scored alike, with no error and no warning.
# Version: lightgbm 4.7.0
# Seen:    numbers [10.0, 20.0, 30.0], floats [10.0, 20.0, 30.0], texts [30.0, 30.0, 30.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
venv/bin/python - <<'END'
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd

levels = np.array([10, 20, 30] * 100)
frame = pd.DataFrame({"branch": pd.Categorical(levels)})
options = {"verbose": -1, "num_threads": 1, "learning_rate": 1.0, "min_data_per_group": 1, "cat_smooth": 0.0, "objective": "regression"}
model = lightgbm.train({**options, "cat_l2": 0.0}, lightgbm.Dataset(frame, levels.astype(float)), 5)


def predicted(values):
    return np.round(model.predict(pd.DataFrame({"branch": pd.Categorical(values)})), 1).tolist()


with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    numbers, floats, texts = predicted([10, 20, 30]), predicted([10.0, 20.0, 30.0]), predicted(["10", "20", "30"])
print("lightgbm", lightgbm.__version__)
print("guess:     the texts match the numbers, or are refused")
print("behaviour: the texts are unseen levels, all of them")
print("seen:      numbers %s, floats %s, texts %s, %d warnings" % (numbers, floats, texts, len(warned)))
sys.exit(0 if numbers == floats == [10.0, 20.0, 30.0] and len(set(texts)) == 1 and not warned else 1)
END
