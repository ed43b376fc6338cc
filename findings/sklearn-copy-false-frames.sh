#!/usr/bin/env bash
# predict() of a pipeline changes the caller's DataFrame, in spite of pandas' copy-on-write
#
# Guess:   since pandas 3 the memory of a frame cannot be written through another object: to_numpy() is read-only.
# Happens: scalers with copy=False get a writable array of the same memory and scale it in place. Each predict() of the same
#          frame scales it again.
# Matters: a second prediction of the same rows differs from the first, and the rows that are logged are not those that came.
# Version: scikit-learn 1.9.1, pandas 3.1.1
# Seen:    to_numpy() writable: False; the frame after predict(): changed; two predictions of one frame: differ
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
venv/bin/python - <<'END'
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data, target = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
model = make_pipeline(StandardScaler(copy=False), Ridge()).fit(data.copy(), target)
frame = data.iloc[:5].copy()
before = frame.copy()
writable = frame.to_numpy().flags.writeable
first, second = model.predict(frame), model.predict(frame)
changed, differ = not frame.equals(before), not np.allclose(first, second)
print("scikit-learn", sklearn.__version__, "pandas", pd.__version__)
print("guess:     predict() leaves the frame as it is")
print("behaviour: it scales the frame in place")
print("seen:      to_numpy() writable: %s; " % writable, end="")
print("the frame after predict(): %s; " % ("changed" if changed else "the same"), end="")
print("two predictions of one frame: %s" % ("differ" if differ else "equal"))
sys.exit(0 if (writable, changed, differ) == (False, True, True) else 1)
END
