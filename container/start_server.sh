#!/bin/sh
# Serves the model in /opt/code. Every option of `drum server` may be set at run time, by its variable or as an argument.
exec drum server --code-dir "${CODE_DIR:-/opt/code}" --address "${ADDRESS:-0.0.0.0:8080}" "$@"
