#!/usr/bin/env bash
# A saved XGBoost model forgets which number stood for missing
#
# Guess:   XGBRegressor(missing=-999) keeps that setting in the file that save_model() writes, as it keeps its trees.
# Happens: the file holds no trace of it. After load_model() the attribute `missing` is NaN again, and -999 is a number like
#          any other, smaller than all thresholds. A Booster has no such setting at all.
# Matters: the model predicts something else in the server than in the notebook, for those rows alone that have missing
#          cells. A pickle of the estimator keeps the setting.
# Version: xgboost-cpu 3.2.0
# Seen:    before [50.0, 1.0], after [1.0, 1.0]; missing -999 before, nan after
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xgboost-cpu==3.2.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
venv/bin/python - <<'END'
import pickle
import sys

import numpy as np
import xgboost

values = np.array([-999.0, 1.0, 2.0, 3.0] * 50).reshape(-1, 1)
target = np.array([50.0, 1.0, 50.0, 50.0] * 50)
options = {"n_estimators": 5, "learning_rate": 1.0, "reg_lambda": 0.0, "n_jobs": 1}
model = xgboost.XGBRegressor(missing=-999, **options).fit(values, target)
model.save_model("model.json")
loaded = xgboost.XGBRegressor()
loaded.load_model("model.json")
asked = np.array([[-999.0], [1.0]])
before, after, pickled = (np.round(one.predict(asked), 1).tolist() for one in (model, loaded, pickle.loads(pickle.dumps(model))))
print("xgboost", xgboost.__version__)
print("guess:     the loaded model predicts as the saved one")
print("behaviour: the loaded model takes -999 for a number")
print("seen:      before %s, after %s, pickled %s; missing %s before, %s after" % (before, after, pickled, model.missing, loaded.missing))
sys.exit(0 if before == pickled == [50.0, 1.0] and after == [1.0, 1.0] and np.isnan(loaded.missing) else 1)
END
