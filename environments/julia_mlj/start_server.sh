#!/bin/sh
# Serves the model in /opt/code. ADDRESS and URL_PREFIX (which the server reads itself) may be set at run time, and so may every
# option of `drum server`, by its variable or as an argument.
exec drum server --code-dir /opt/code --address "${ADDRESS:-0.0.0.0:8080}" "$@"
