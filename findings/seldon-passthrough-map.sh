#!/usr/bin/env bash
# Seldon's wrapper answers the names of a map's members in a row
#
# Guess:   with PAYLOAD_PASSTHROUGH, predict_raw gets the bytes of the body, and the map that it returns is answered as JSON, as
#          without the variable.
# Happens: the body of the answer is the names of the members, one after the other, with status 200 and the type
#          application/json: the map goes to the web server as it is, which writes the items of anything that can be iterated.
# Matters: a class that works without the variable answers text that is no JSON when it is set, and nothing logs an error.
# Version: seldon-core 1.18.2 with Flask 2.2
# Seen:    {"strData": "a", "meta": {}} is answered as strDatameta
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet seldon-core==1.18.2 "setuptools<81"
PAYLOAD_PASSTHROUGH=true venv/bin/python - <<'END'
import json
import logging
import sys

from seldon_core.metrics import SeldonMetrics
from seldon_core.wrapper import get_rest_microservice

logging.disable(logging.CRITICAL)


class Model:
    def predict_raw(self, message):
        return {"strData": "a", "meta": {}}


client = get_rest_microservice(Model(), SeldonMetrics()).test_client()
answer = client.post("/predict", data=b'{"strData": "x"}', content_type="application/json")
print("seldon-core 1.18.2")
print("guess:     the map is answered as JSON")
print("behaviour: the names of its members are answered in a row")
print("seen:      status %d, %s, %r" % (answer.status_code, answer.content_type, answer.get_data(as_text=True)))
try:
    json.loads(answer.get_data())
    sys.exit(1)
except ValueError:
    same = answer.status_code == 200 and answer.get_data(as_text=True) == "strDatameta"
    sys.exit(0 if same else 1)
END
