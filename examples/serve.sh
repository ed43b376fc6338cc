#!/bin/sh
# Serves the examples in a container: trains the models that are not in the repository, in a copy, and starts the server.
set -eu
models=${HOME:?}/models
mkdir -p "$models"
cp -R "$(dirname "$0")/." "$models"
python3 "$models/diabetes/train.py"
for name in fuel flowers; do Rscript "$models/$name/train.R" "$models/$name"; done
exec drum server --model-dir "$models" --address "${ADDRESS:-0.0.0.0:8080}" "$@"
