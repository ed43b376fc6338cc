#!/usr/bin/env bash
# One actual that is not known yet keeps a DataFrame of actuals from being sent
#
# Guess:   submit_actuals leaves out a row whose actual_value is missing, as it leaves out a missing timestamp.
# Happens: the missing value reaches the JSON encoder as NaN, which refuses the whole batch with InvalidJSONError.
# Matters: tables of actuals are filled as they come in: they hold missing values, and no row of them gets through.
# Version: datarobot 3.20.0, Python 3.11
# Seen:    a missing actual InvalidJSONError, a missing time sent
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
import pandas as pd

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
    if path == "status/1/":
        return 303, {}
    return (202, {}) if method == "POST" else (200, {"id": "1", "label": "one"})


dr.Client(endpoint="http://127.0.0.1:%d/api/v2" % server.server_port, token="token")
deployment = dr.Deployment.get("1")
frames = {
    "a missing actual": {"association_id": ["a", "b"], "actual_value": [1.5, None]},
    "a missing time": {"association_id": ["a"], "actual_value": [1.5], "timestamp": [pd.NaT]},
}
seen = []
for name, columns in frames.items():
    asked.clear()
    try:
        deployment.submit_actuals(pd.DataFrame(columns))
        outcome = "sent"
    except Exception as error:
        outcome = type(error).__name__
    seen.append("%s %s" % (name, "sent" if ("POST", "deployments/1/actuals/fromJSON/") in asked else outcome))
seen = ", ".join(seen)
print("datarobot", dr.__version__, "pandas", pd.__version__)
print("guess:     rows whose actual is not known yet are left out, like a time that is not known")
print("behaviour: one such row, and nothing of the frame is sent")
print("seen:     ", seen)
sys.exit(seen != "a missing actual InvalidJSONError, a missing time sent")
PROGRAM
venv/bin/python run.py
