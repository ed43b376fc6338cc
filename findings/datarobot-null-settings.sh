#!/usr/bin/env bash
# A setting of a DataRobot deployment that is null has no key at the client
#
# Guess:   get_prediction_warning_settings()['custom_boundaries'] is None after the boundaries were reset.
# Happens: the client takes nulls out of the answer, so that the key is missing; the service did send it.
# Matters: code that reads the documented key works while boundaries are set, and raises KeyError once they are reset.
# Version: datarobot 3.20.0, Python 3.11
# Seen:    enabled
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
    if path.endswith("/settings/"):
        return 200, {"predictionWarning": {"enabled": True, "customBoundaries": None}}
    return 200, {"id": "1", "label": "one"}


dr.Client(endpoint="http://127.0.0.1:%d/api/v2" % server.server_port, token="token")
settings = dr.Deployment.get("1").get_prediction_warning_settings()
seen = ", ".join(sorted(settings))
print("datarobot", dr.__version__)
print("guess:     without boundaries, custom_boundaries is None")
print("behaviour: the key is not there, and reading it raises KeyError")
print("seen:     ", seen)
sys.exit(seen != "enabled")
PROGRAM
venv/bin/python run.py
