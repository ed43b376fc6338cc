#!/usr/bin/env bash
# A stream of MLServer whose model fails has status 200, and no word of the error
#
# Guess:   an error that predict_stream() raises before its first answer has its status and text, as in predict(); a later one
#          is an event.
# Happens: /infer_stream answers 200 without an event, and breaks the connection off, as it does after a first answer.
# Matters: a request that is the caller's fault looks like a broken network, and is sent again.
# Version: mlserver 1.7.1
# Seen:    predict: 400; predict_stream, at once: 200, 0 events, broken off; after one answer: 200, 1 event, broken off
set -euo pipefail
folder=$(mktemp -d)
trap '[ -z "${server:-}" ] || kill "$server" 2> /dev/null; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet mlserver==1.7.1 uvloop==0.21.0
mkdir model
cat > model/failing.py <<'END'
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse


class Failing(MLModel):
    async def predict(self, payload):
        raise InferenceError("no")

    async def predict_stream(self, payloads):
        async for payload in payloads:
            [answers] = StringCodec.decode_input(payload.inputs[0])
            for _ in range(int(answers)):
                outputs = [StringCodec.encode_output("word", ["yes"])]
                yield InferenceResponse(model_name=self.name, outputs=outputs)
            raise InferenceError("no")
END
echo '{"name": "failing", "implementation": "failing.Failing"}' > model/model-settings.json
read -r http grpc metrics < <(python3 - <<'END'
import socket

sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*[one.getsockname()[1] for one in sockets])
END
)
cat > settings.json <<END
{"host": "127.0.0.1", "http_port": $http, "grpc_port": $grpc, "metrics_port": $metrics, "parallel_workers": 0,
 "gzip_enabled": false, "debug": false}
END
venv/bin/mlserver start . > log 2>&1 &
server=$!
python3 - "$http" <<'END'
import http.client
import json
import sys
import time
import urllib.error
import urllib.request

base = "http://127.0.0.1:%s/v2" % sys.argv[1]


def asked(route, answers):
    """The status, how many events, and whether the answer was broken off."""
    body = {"inputs": [{"name": "answers", "shape": [1], "datatype": "BYTES", "data": [answers]}]}
    request = urllib.request.Request(
        base + "/models/failing/" + route, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            try:
                return answer.status, answer.read().count(b"data: "), False
            except http.client.IncompleteRead as cut:
                return answer.status, cut.partial.count(b"data: "), True
    except urllib.error.HTTPError as error:
        return error.code, 0, False


for _ in range(120):
    try:
        urllib.request.urlopen(base + "/health/ready", timeout=5)
        break
    except OSError:
        time.sleep(0.5)
seen = [asked("infer", "0"), asked("infer_stream", "0"), asked("infer_stream", "1")]
print("mlserver 1.7.1")
print("guess:     an error in a stream has its status, or is an event")
print("behaviour: the status is 200, and the connection breaks")
ends = ["whole", "broken off"]
told = ["%d, %d event%s, %s" % (status, count, "s" * (count != 1), ends[cut]) for status, count, cut in seen[1:]]
print("seen:      predict: %d; predict_stream, at once: %s; after one answer: %s" % (seen[0][0], *told))
sys.exit(0 if seen == [(400, 0, False), (200, 0, True), (200, 1, True)] else 1)
END
