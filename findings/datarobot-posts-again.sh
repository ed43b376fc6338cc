#!/usr/bin/env bash
# The datarobot client sends a POST again that may have been carried out
#
# Guess:   create_from_learning_model raises a ServerError if the answer is 503.
# Happens: the client repeats every verb after 413, 429, 502, 503 and 504, up to ten times, with the same body.
# Matters: a proxy that answers 502 or 504 for a service that is slow makes several deployments of one call.
# Version: datarobot 3.20.0, Python 3.11
# Seen:    2 POSTs, deployment 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3.11 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check datarobot==3.20.0
cat > run.py <<'PROGRAM'
import json
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import datarobot as dr

asked = []


class Service(BaseHTTPRequestHandler):
    """Answers as the service's documentation says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("/api/v2/")[1]
        asked.append((self.command, path))
        status, content = answers(self.command, path)
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "http://%s/api/v2/status/1/" % self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = answer


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
warnings.simplefilter("ignore")
VERSION = {"versionString": "2.49.0", "major": 2, "minor": 49}


def answers(method, path):
    if path == "version/":
        return 200, VERSION
    # The service makes the deployment, and something on the way back fails once.
    if path == "deployments/fromLearningModel/":
        made = sum(one == (method, path) for one in asked)
        return (503, {"message": "try again"}) if made == 1 else (200, {"id": str(made)})
    return 200, {"id": path.split("/")[1], "label": "new"}


dr.Client(endpoint="http://127.0.0.1:%d/api/v2" % server.server_port, token="token")
deployment = dr.Deployment.create_from_learning_model("1", label="new")
posts = sum(method == "POST" for method, _ in asked)
seen = "%d POSTs, deployment %s" % (posts, deployment.id)
print("datarobot", dr.__version__)
print("guess:     a POST that failed is raised, not sent again: it may have been carried out")
print("behaviour: it is sent again after 503, like a GET")
print("seen:     ", seen)
sys.exit(seen != "2 POSTs, deployment 2")
PROGRAM
venv/bin/python run.py
