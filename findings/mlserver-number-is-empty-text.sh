#!/usr/bin/env bash
# MLServer reads a number in a column of texts as the empty text
#
# Guess:   a number in a BYTES tensor becomes its digits, or is refused.
# Happens: with the content type `str` it becomes "". Beside it, a null stays None.
# Matters: a client that sends the codes 7 and 9 instead of "7" and "9" gets predictions for rows without codes, with
#          status 200. An encoder that ignores unknown categories then answers the same for all of them.
# Version: mlserver 1.7.1
# Seen:    ["a", 7, null] is read as ['a', '', None]
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


found = decoded(StringRequestCodec, ("code", [3], "BYTES", ["a", 7, None]))
print("mlserver", mlserver.__version__)
print("guess:     7 is read as '7', or refused")
print("behaviour: it is the empty text")
print('seen:      ["a", 7, null] is read as %s' % found)
sys.exit(0 if found == ["a", "", None] else 1)
END
