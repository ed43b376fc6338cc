#!/usr/bin/env bash
# MLServer casts what is not of a tensor's datatype
#
# Guess:   a tensor whose JSON does not hold values of its datatype is refused with a 4xx.
# Happens: the codec `np`, the default of its scikit-learn and XGBoost runtimes, cuts 2.7 in INT64 to 2, takes null in BOOL
#          for False and the text "false" for True. `pd` refuses 2.7, but takes null in BOOL for False too.
# Matters: a client that sends the wrong datatype, or lacks a value, gets the prediction of other rows with status 200.
# Version: mlserver 1.7.1
# Seen:    np: 2.7 in INT64 2, null in BOOL False, "false" in BOOL True; pd: 2.7 in INT64 refused, null in BOOL False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet mlserver==1.7.1 numpy==2.4.6 pandas==3.1.1
venv/bin/python - <<'END'
import json
import logging
import sys

import mlserver
from mlserver.codecs import NumpyRequestCodec, PandasCodec, StringRequestCodec
from mlserver.types import InferenceRequest

logging.disable(logging.CRITICAL)


def decoded(codec, *inputs):
    names = ("name", "shape", "datatype", "data")
    body = json.dumps({"inputs": [dict(zip(names, one)) for one in inputs]})
    return codec.decode_request(InferenceRequest.model_validate_json(body))


def taken(codec, datatype, value):
    try:
        found = decoded(codec, ("a", [1], datatype, [value]))
    except (TypeError, ValueError):
        return "refused"
    return found.tolist()[0] if codec is NumpyRequestCodec else found["a"].tolist()[0]


arrays = [taken(NumpyRequestCodec, *one) for one in (("INT64", 2.7), ("BOOL", None), ("BOOL", "false"))]
frames = [taken(PandasCodec, *one) for one in (("INT64", 2.7), ("BOOL", None))]
print("mlserver", mlserver.__version__)
print("guess:     values of another type are refused")
print("behaviour: they are cast")
print('seen:      np: 2.7 in INT64 %s, null in BOOL %s, "false" in BOOL %s; ' % tuple(arrays), end="")
print("pd: 2.7 in INT64 %s, null in BOOL %s" % tuple(frames))
sys.exit(0 if arrays == [2, False, True] and frames == ["refused", False] else 1)
END
