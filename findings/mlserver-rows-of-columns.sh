#!/usr/bin/env bash
# MLServer makes a data frame of columns that do not have the same rows
#
# Guess:   with the content type `pd`, inputs with different numbers of rows are refused, and so is one that is a matrix.
# Happens: a shorter column is filled with missing values; a matrix in nested lists is a column of lists, one in a flat list
#          has a row for each of its elements.
# Matters: a client that loses a cell of one column, or sends a matrix in place of its columns, gets predictions for rows
#          that it did not send: four for two. Whether it is an error depends on what the model does with missing cells.
# Version: mlserver 1.7.1
# Seen:    3 and 2 cells: [1, 2, 3] and [1.0, 2.0, nan]; flat [2, 2]: 4 rows; nested [2, 2]: 2 rows
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


def rows(data):
    try:
        return "%d rows" % len(decoded(PandasCodec, ("a", [2, 2], "INT64", data)))
    except (TypeError, ValueError):
        return "refused"


frame = decoded(PandasCodec, ("a", [3], "INT64", [1, 2, 3]), ("b", [2], "INT64", [1, 2]))
flat, nested = rows([1, 2, 3, 4]), rows([[1, 2], [3, 4]])
lists = "%s and %s" % (frame["a"].tolist(), frame["b"].tolist())
print("mlserver", mlserver.__version__)
print("guess:     columns that do not fit together are refused")
print("behaviour: they are filled up, and a matrix becomes rows")
print("seen:      3 and 2 cells: %s; flat [2, 2]: %s; nested [2, 2]: %s" % (lists, flat, nested))
same = lists == "[1, 2, 3] and [1.0, 2.0, nan]" and (flat, nested) == ("4 rows", "2 rows")
sys.exit(0 if same else 1)
END
