#!/bin/sh
# docker.sh FOLDER: checks the Dockerfile, and those that `drum new env` writes, with the hadolint in FOLDER. Exits 1 on findings.
# docker-requirements.txt beside this file pins hadolint; drumline has to be built.
set -eu
hadolint=${1:?name the folder that holds hadolint}/hadolint
root=$(cd "$(dirname "$0")/../.." && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
for language in python r julia java; do
    node "$root/dist/supervisor/main.js" new env --language "$language" --output "$made/$language" >"$made/log"
done
"$hadolint" --config "$root/.hadolint.yaml" "$root/Dockerfile" "$made"/*/Dockerfile || exit 1
for script in "$root"/container/*.sh "$root"/examples/serve.sh; do sh -n "$script" || exit 1; done
