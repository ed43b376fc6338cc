#!/usr/bin/env bash
# Batch predictions of a DataFrame with a repeated index have more rows than it
#
# Guess:   score_pandas() adds the predictions of a frame to its rows, whatever its index is.
# Happens: it joins them by the labels of the index. Each of n rows with one label comes n times, with the predictions of the
#          others, without a warning.
# Matters: frames made by concat() have repeated labels; sums and means of their predictions are wrong.
# Version: datarobot 3.20.0, pandas 3.1.1, Python 3.11
# Seen:    3 rows give 5: [(1, 2), (1, 4), (2, 2), (2, 4), (3, 6)]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3.11 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check datarobot==3.20.0 pandas==3.1.1
cat > run.py <<'PROGRAM'
import csv
import io
import json
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import datarobot as dr
import pandas as pd

upload = []


class Service(BaseHTTPRequestHandler):
    """Predicts twice the column a, and repeats the columns that the job passes through."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while True:
            size = int(self.rfile.readline(), 16)
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0:
                return b"".join(chunks)

    def answer(self):
        body = self.body()
        base = "http://%s/api/v2/" % self.headers["Host"]
        path = self.path.split("/api/v2/")[1]
        job = {
            "id": "1",
            "status": "COMPLETED" if upload else "INITIALIZING",
            "percentageCompleted": 100 if upload else 0,
            "elapsedTimeSec": 0,
            "statusDetails": "all is well",
            "jobSpec": {"numConcurrent": 1, "deploymentId": "1"},
            "links": {"self": base + "batchPredictions/1/", "csvUpload": base + "upload"},
        }
        if upload:
            job["links"]["download"] = base + "download"
        status, kind, content = 200, "application/json", json.dumps(job).encode()
        if path == "version/":
            content = json.dumps({"versionString": "2.49.0", "major": 2, "minor": 49}).encode()
        elif path == "upload":
            upload.append(body.decode())
        elif path == "download":
            kind, content = "text/csv", predicted(upload[0]).encode()
        elif self.command == "POST":
            status = 202
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Location", base + "batchPredictions/1/")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer


def predicted(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = ["%s,%s" % (2 * float(row["a"]), row["__DR_index__"]) for row in rows]
    return "y_PREDICTION,__DR_index__\n" + "\n".join(lines) + "\n"


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
warnings.simplefilter("ignore")
dr.Client(endpoint="http://127.0.0.1:%d/api/v2" % server.server_port, token="token")
frame = pd.DataFrame({"a": [1, 2, 3]}, index=[10, 10, 7])
_, scored = dr.BatchPredictionJob.score_pandas("1", frame)
pairs = [(int(a), int(y)) for a, y in zip(scored["a"], scored["y_PREDICTION"])]
seen = "%d rows give %d: %s" % (len(frame), len(scored), pairs)
print("datarobot", dr.__version__, "pandas", pd.__version__)
print("guess:     each row gets its prediction, whatever the index")
print("behaviour: rows with the same label of the index get one another's predictions too")
print("seen:     ", seen)
sys.exit(seen != "3 rows give 5: [(1, 2), (1, 4), (2, 2), (2, 4), (3, 6)]")
PROGRAM
venv/bin/python run.py
