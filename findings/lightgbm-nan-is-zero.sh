#!/usr/bin/env bash
# LightGBM predicts a missing cell as 0 where training had no missing cells
#
# Guess:   a NaN in a column that had none in training is refused, or goes a default way that the tree has learnt.
# Happens: such a column has the missing type "None", and predict() replaces its NaN by 0.0. A column that ranges from 1000
#          to 2000 gets the prediction of its smallest value, one from -2000 to -1000 that of its largest.
# Matters: a forgotten cell changes the prediction as if the client had sent 0. XGBoost, trained on the same rows, sends it
#          a way of its own, so the two peers disagree on the same request.
# Version: lightgbm 4.7.0
# Seen:    NaN 1.0, 0 1.0, 1000 1.0, 2000 9.0; NaN 1.0, 0 1.0, -1000 1.0, -2000 9.0; missing_type None
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1
venv/bin/python - <<'END'
import sys

import lightgbm
import numpy as np


def model_of(kilograms, target):
    options = {"verbose": -1, "num_threads": 1, "learning_rate": 1.0, "objective": "regression"}
    return lightgbm.train(options, lightgbm.Dataset(kilograms, target), 2)


def predicted(model):
    return [round(float(value), 1) for value in model.predict(np.array([[np.nan], [0.0], [1000.0], [2000.0]]))]


values = np.array([[1000.0]] * 40 + [[2000.0]] * 160)
positive = model_of(values, np.where(values[:, 0] > 1500, 9.0, 1.0))
negative = model_of(-values, np.where(values[:, 0] > 1500, 9.0, 1.0))
missing_type = positive.dump_model()["tree_info"][0]["tree_structure"]["missing_type"]
above, below = predicted(positive), [round(float(v), 1) for v in negative.predict(np.array([[np.nan], [0.0], [-1000.0], [-2000.0]]))]
print("lightgbm", lightgbm.__version__)
print("guess:     NaN is refused, or goes the way of most rows: 9.0 in both models")
print("behaviour: NaN is read as 0: the nearest value to 0 decides, 1.0 in both models")
print("seen:      NaN, 0, 1000, 2000: %s; NaN, 0, -1000, -2000: %s; missing_type %s" % (above, below, missing_type))
sys.exit(0 if above == below == [1.0, 1.0, 1.0, 9.0] and missing_type == "None" else 1)
END
