#!/bin/sh
# Locks the newest packages that pyproject.toml allows: hashes, and no addresses. Needs uv.
set -eu
cd "$(dirname "$0")/.."
lock() {
    printf "hatchling\neditables\n" | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --upgrade "$@"
}
lock pyproject.toml - -o deploy/requirements.lock
lock pyproject.toml - --extra dev -o tests/requirements.lock
