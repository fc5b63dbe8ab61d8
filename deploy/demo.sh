#!/bin/sh
# Shows the whole loop in a minute, without any account: installs on first use, then runs the demo.
# Usage: sh deploy/demo.sh [--interactive]
set -eu
cd "$(dirname "$0")/.."
sh deploy/install.sh
exec .venv/bin/lamplighter demo "$@"
