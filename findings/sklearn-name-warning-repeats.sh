#!/usr/bin/env bash
# scikit-learn warns of column names at each prediction, and not once
#
# Guess:   Python shows a warning once for each line of code, so a server's log has the sentence "X has feature names, but …"
#          of a model that was fitted without names once.
# Happens: predict() itself uses warnings.catch_warnings(), which makes Python forget what it has shown: the sentence comes
#          with each request.
# Matters: a model that was fitted with an array, and is served with data frames, fills the log.
# Version: scikit-learn 1.9.1
# Seen:    5 predictions: LinearRegression 5 warnings, RandomForestRegressor 5 warnings; the same text from a plain function 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
venv/bin/python - <<'END'
import contextlib
import io
import sys
import warnings

import sklearn
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

data, target = load_diabetes(return_X_y=True, as_frame=True)


def shown(call):
    """How many warnings five calls print."""
    with contextlib.redirect_stderr(io.StringIO()) as printed:
        for _ in range(5):
            call()
    return printed.getvalue().count("UserWarning")


def counted(model):
    fitted = model.fit(data.to_numpy(), target)
    return shown(lambda: fitted.predict(data.iloc[:1]))


plain = shown(lambda: warnings.warn("X has feature names, but the model was fitted without feature names"))
seen = [counted(LinearRegression()), counted(RandomForestRegressor(5, random_state=0))]
print("scikit-learn", sklearn.__version__)
print("guess:     the warning is shown once")
print("behaviour: it is shown at each prediction")
print("seen:      5 predictions: LinearRegression %d warnings, RandomForestRegressor %d warnings; " % tuple(seen), end="")
print("the same text from a plain function %d" % plain)
sys.exit(0 if seen == [5, 5] and plain == 1 else 1)
END
