#!/usr/bin/env bash
# A converted OrdinalEncoder predicts for categories that scikit-learn refuses
#
# Guess:   a pipeline with OrdinalEncoder(), which raises an error for an unknown category, raises one after its conversion
#          to ONNX too, as a converted OneHotEncoder() does.
# Happens: the converted encoder gives an unknown category the code -1 and says nothing; the model then extrapolates.
# Matters: the refusal was the pipeline's guard against wrong input. The server that scores the ONNX file loses it, and a
#          mistyped category gets a confident prediction.
# Version: scikit-learn 1.9.1, skl2onnx 1.20.0, onnxruntime 1.31.1
# Seen:    scikit-learn ValueError; ONNX -10.0 for an unknown category, 0.0 for the first, 10.0 for the second
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
from skl2onnx.common.data_types import StringTensorType
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

rows = np.array([["a"], ["b"], ["c"]], dtype=object)
model = make_pipeline(OrdinalEncoder(), LinearRegression()).fit(rows, [0.0, 10.0, 20.0])
asked = np.array([["unknown"], ["a"], ["b"]], dtype=object)
try:
    refused = str(model.predict(asked))
except ValueError:
    refused = "ValueError"
proto = skl2onnx.convert_sklearn(model, initial_types=[("rows", StringTensorType([None, 1]))])
session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
converted = session.run(None, {"rows": asked})[0].ravel().round(3).tolist()
print("scikit-learn %s, skl2onnx %s, onnxruntime %s" % (sklearn.__version__, skl2onnx.__version__, onnxruntime.__version__))
print("guess:     both refuse the unknown category")
print("behaviour: the converted pipeline predicts for it")
print("seen:      scikit-learn %s; ONNX %s for unknown, a and b" % (refused, converted))
sys.exit(0 if refused == "ValueError" and converted == [-10.0, 0.0, 10.0] else 1)
END
