#!/bin/sh
# Serves what is in /opt/code: the class MODEL_NAME, written for Seldon's wrapper, or a model if that is not set. Every option of
# `drum microservice` or `drum server` may be set at run time, by its variable or as an argument. A command in place of options is run.
case ${1:-} in
    "" | -*) ;;
    *) exec "$@" ;;
esac
code=${CODE_DIR:-/opt/code}
if [ -z "${MODEL_NAME:-}" ]; then
    exec drum server --code-dir "$code" --address "${ADDRESS:-0.0.0.0:8080}" "$@"
fi
cd "$code" || exit
exec drum microservice "$MODEL_NAME" --service-type "${SERVICE_TYPE:-MODEL}" --persistence "${PERSISTENCE:-0}" \
    --address "${ADDRESS:-0.0.0.0}" "$@"
