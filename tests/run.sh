#!/bin/sh
# Runs the tests, the quick ones first: installs on first use. Usage: sh tests/run.sh [pytest options]
set -eu
cd "$(dirname "$0")/.."
sh deploy/install.sh dev
exec .venv/bin/python -m pytest tests/unit tests/integration tests/acceptance "$@"
