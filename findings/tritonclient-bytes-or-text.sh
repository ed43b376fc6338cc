#!/usr/bin/env bash
# tritonclient gives bytes or text for the same output, as the server has sent it
#
# Guess:   as_numpy() of an output of BYTES has elements of one type.
# Happens: they are bytes if the answer holds the tensor as bytes, and str if it holds it as JSON, which the server may choose,
#          and `binary_data` of InferRequestedOutput asks for.
# Matters: `label == "high"` is true or false by the form of the answer, without an error.
# Version: tritonclient 2.73.0
# Seen:    as bytes: bytes, equal to "high": False; as JSON: str, equal to "high": True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'tritonclient[http]==2.73.0' numpy==2.4.6
venv/bin/python - <<'END'
import importlib.metadata
import json
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import tritonclient.http as triton

LENGTH = "Inference-Header-Content-Length"


class Model(BaseHTTPRequestHandler):
    """Answers one label, as bytes or as JSON, as the request asks."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body[: int(self.headers.get(LENGTH, len(body)))])
        output = {"name": "label", "shape": [1], "datatype": "BYTES"}
        tail = b""
        if asked["outputs"][0]["parameters"]["binary_data"]:
            tail = struct.pack("<I", 4) + b"high"
            output["parameters"] = {"binary_data_size": len(tail)}
        else:
            output["data"] = ["high"]
        head = json.dumps({"model_name": "risk", "outputs": [output]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(head + tail)))
        if tail:
            self.send_header(LENGTH, str(len(head)))
        self.end_headers()
        self.wfile.write(head + tail)


server = HTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = triton.InferenceServerClient("127.0.0.1:%d" % server.server_port)
rows = triton.InferInput("rows", [1], "FP64")
rows.set_data_from_numpy(np.zeros(1))


def label(binary):
    wanted = triton.InferRequestedOutput("label", binary_data=binary)
    return client.infer("risk", [rows], outputs=[wanted]).as_numpy("label")[0]


seen = [(type(one).__name__, bool(one == "high")) for one in (label(True), label(False))]
print("tritonclient", importlib.metadata.version("tritonclient"))
print("guess:     the elements of an output have one type")
print("behaviour: bytes or str, by the form of the answer")
print('seen:      as bytes: %s, equal to "high": %s; as JSON: %s, equal to "high": %s' % (*seen[0], *seen[1]))
sys.exit(0 if seen == [("bytes", False), ("str", True)] else 1)
END
