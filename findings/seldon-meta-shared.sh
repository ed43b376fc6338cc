#!/usr/bin/env bash
# Seldon's wrapper writes its own tags and metrics into the meta that a method was given
#
# Guess:   `meta` is the meta of the request; what a method keeps or returns of it is what the caller sent.
# Happens: the wrapper collects the tags and metrics of the answer in the same objects. A method that returns the meta, or
#          keeps it for its log, finds the metrics of its own node in it, and tags that the request did not have.
# Matters: a model that logs or forwards `meta` tells of tags that no caller set; one that keeps the list of metrics of a
#          request counts its own twice. Without tags and metrics in the request nothing is shared, so a test with a bare
#          message does not show it.
# Version: seldon-core 1.18.2
# Seen:    sent tags {a}, 1 metric; the meta that the method kept has the tags {a, own} and 2 metrics after the answer
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet seldon-core==1.18.2 "setuptools<81"
venv/bin/python - <<'END'
import copy
import logging
import sys

from seldon_core.metrics import SeldonMetrics
from seldon_core.seldon_methods import predict

logging.disable(logging.CRITICAL)
kept = []


class Model:
    def predict(self, X, names, meta=None):
        kept.append((meta, copy.deepcopy(meta)))
        return X

    def tags(self):
        return {"own": 1}

    def metrics(self):
        return [{"type": "COUNTER", "key": "asked", "value": 1}]


def kept_of(request):
    predict(Model(), request, SeldonMetrics())
    return kept.pop()


full = {"tags": {"a": 1}, "metrics": [{"type": "COUNTER", "key": "sent", "value": 1}]}
after, before = kept_of({"meta": full, "data": {"ndarray": [[1]]}})
bare_after, bare_before = kept_of({"meta": {"puid": "p"}, "data": {"ndarray": [[1]]}})
print("seldon-core 1.18.2")
print("guess:     the meta that a method keeps stays as the request had it")
print("behaviour: the tags and metrics of the answer are collected in it")
print("seen:      during the call: tags %s, %d metric" % (sorted(before["tags"]), len(before["metrics"])))
print("           afterwards:      tags %s, %d metrics" % (sorted(after["tags"]), len(after["metrics"])))
print("           a request without tags and metrics: %s, then %s" % (bare_before, bare_after))
same = (
    sorted(before["tags"]) == ["a"]
    and len(before["metrics"]) == 1
    and sorted(after["tags"]) == ["a", "own"]
    and len(after["metrics"]) == 2
    and bare_after == bare_before == {"puid": "p"}
)
sys.exit(0 if same else 1)
END
