#!/usr/bin/env bash
# scikit-learn does not check the order of columns whose names are numbers
#
# Guess:   an estimator fitted on a data frame refuses a frame whose columns come in another order, whatever their names.
# Happens: names are kept only where all of them are strings. Fitted on the columns 0 and 1, which any frame made from an
#          array has, the estimator has no feature_names_in_ and reads the columns by position without a word.
# Matters: a server cannot rely on scikit-learn's check of the names, nor find out which columns the model wants. A column
#          transformer that selects 0 and 1 selects places, not names.
# Version: scikit-learn 1.9.1
# Seen:    named "0" and "1": refused; named 0 and 1: [1.0, 2.0] becomes [10.0, 20.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
venv/bin/python - <<'END'
import sys

import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

frame = pd.DataFrame({0: [1.0, 2.0, 3.0, 4.0], 1: [10.0, 20.0, 50.0, 10.0]})
numbered = LinearRegression().fit(frame, frame[0])
by_place = make_pipeline(ColumnTransformer([("kept", "passthrough", [0, 1])]), LinearRegression()).fit(frame, frame[0])
swapped = frame[[1, 0]].head(2)
seen = [numbered.predict(swapped).round(6).tolist(), by_place.predict(swapped).round(6).tolist()]
texts = frame.rename(columns=str)
try:
    LinearRegression().fit(texts, texts["0"]).predict(texts[["1", "0"]])
    named = "accepted"
except ValueError:
    named = "refused"
print("scikit-learn", sklearn.__version__)
print("guess:     columns in another order are refused")
print("behaviour: they are refused where the names are strings, and read by position where they are numbers")
print('seen:      named "0" and "1": %s; named 0 and 1: %s and, with a column transformer, %s' % (named, *seen))
same = named == "refused" and seen == [[10.0, 20.0]] * 2 and not hasattr(numbered, "feature_names_in_")
sys.exit(0 if same else 1)
END
