#!/usr/bin/env bash
# A decision tree converted by skl2onnx sends missing cells the other way
#
# Guess:   the converted tree predicts as scikit-learn's for every row, those with NaN included, as both know NaN.
# Happens: scikit-learn sends NaN to the side that its tree has learnt, or to the larger side where training had no NaN.
#          The converted tree sends NaN to the right at splits where scikit-learn sends it to the left.
# Matters: the usual check after a conversion compares complete rows and finds no difference. Rows with a missing cell
#          then get the prediction of another leaf in the server.
# Version: scikit-learn 1.9.1, skl2onnx 1.20.0, onnxruntime 1.31.1
# Seen:    rows 0, 5 and NaN: scikit-learn [0.0, 9.0, 0.0], ONNX [0.0, 9.0, 9.0]; with NaN in training the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet scikit-learn==1.9.1 skl2onnx==1.20.0 onnx==1.23.2 onnxruntime==1.31.1 numpy==2.4.6 scipy==1.17.1
venv/bin/python - <<'END'
import sys

import numpy as np
import onnxruntime
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.tree import DecisionTreeRegressor

ASKED = np.array([[0.0], [5.0], [np.nan]], dtype="float32")


def both(values, target):
    model = DecisionTreeRegressor(max_depth=1).fit(np.array(values).reshape(-1, 1), target)
    proto = skl2onnx.convert_sklearn(model, initial_types=[("rows", FloatTensorType([None, 1]))])
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    [converted] = session.run(None, {"rows": ASKED})
    return model.predict(ASKED).round(3).tolist(), converted.ravel().round(3).tolist()


complete = both([0.0, 1, 2, 3, 4, 5], [0.0, 0, 0, 0, 9, 9])
with_gaps = both([0.0, 1, 2, 3, 4, 5, np.nan, np.nan], [0.0, 0, 0, 0, 9, 9, 0, 0])
print("scikit-learn %s, skl2onnx %s, onnxruntime %s" % (sklearn.__version__, skl2onnx.__version__, onnxruntime.__version__))
print("guess:     the same predictions")
print("behaviour: NaN goes left in scikit-learn and right in the converted tree")
print("seen:      rows 0, 5 and NaN: scikit-learn %s, ONNX %s; with NaN in training %s, %s" % (*complete, *with_gaps))
expected = ([0.0, 9.0, 0.0], [0.0, 9.0, 9.0])
sys.exit(0 if complete == expected and with_gaps == expected else 1)
END
