#!/usr/bin/env bash
# A Booster predicts with the trees that early stopping had given up
#
# Guess:   a model trained with early stopping predicts alike as the estimator and as the Booster read from its saved file,
#          since that file keeps best_iteration.
# Happens: the estimator stops at best_iteration. Booster.predict() and inplace_predict() run every tree in the file, also
#          the rounds after the best one, although the Booster knows best_iteration.
# Matters: a server that loads the JSON or UBJ file as a Booster gives other predictions than those that were validated.
#          It has to pass iteration_range=(0, best_iteration + 1). LightGBM's Booster stops there by itself.
# Version: xgboost-cpu 3.2.0
# Seen:    best_iteration 0 of 6 rounds; the Booster differs by 4.7
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xgboost-cpu==3.2.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
venv/bin/python - <<'END'
import sys

import numpy as np
import xgboost

random = np.random.RandomState(0)
rows = random.normal(size=(300, 2))
target = rows[:, 0] * 2 + random.normal(size=300) * 3
options = {"n_estimators": 100, "learning_rate": 0.9, "max_depth": 8, "early_stopping_rounds": 5, "n_jobs": 1}
model = xgboost.XGBRegressor(**options).fit(rows[:150], target[:150], eval_set=[(rows[150:], target[150:])], verbose=False)
model.save_model("model.json")
booster = xgboost.Booster(model_file="model.json")
asked = xgboost.DMatrix(rows[:5])
expected, got = model.predict(rows[:5]), booster.predict(asked)
cut = booster.predict(asked, iteration_range=(0, booster.best_iteration + 1))
distance = float(np.abs(expected - got).max())
print("xgboost", xgboost.__version__)
print("guess:     the Booster predicts as the estimator")
print("behaviour: the Booster runs the rounds after the best one too")
form = "seen:      best_iteration %d of %d rounds; the Booster differs by %.1f, with iteration_range by %.1f"
print(form % (booster.best_iteration, booster.num_boosted_rounds(), distance, np.abs(expected - cut).max()))
same = booster.num_boosted_rounds() > booster.best_iteration + 1 and distance > 0.1 and np.allclose(expected, cut)
sys.exit(0 if same else 1)
END
