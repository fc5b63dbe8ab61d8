#!/bin/sh
# Makes .venv with the locked packages, every hash checked, and the command `lamplighter` in it.
# Usage: sh deploy/install.sh [dev]      dev adds what the tests need
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in
    run) lock=deploy/requirements.lock ;;
    dev) lock=tests/requirements.lock ;;
    *) echo "usage: sh deploy/install.sh [dev]" >&2; exit 2 ;;
esac

stamp=.venv/installed-$kind
[ -f "$stamp" ] && cmp -s "$lock" "$stamp" && exit 0

python=
for name in ${PYTHON:-} python3.11 python3.12 python3; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or 3.12 is needed (Debian: apt install python3 python3-venv)" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] && ! "$python" -m venv .venv; then
    echo "venv is missing (Debian: apt install python3-venv)" >&2
    exit 1
fi
echo "Installing the locked packages into .venv (a minute, once) ..." >&2
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
    uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
    pip=".venv/bin/python -m pip --disable-pip-version-check --quiet"
    $pip install --require-hashes -r "$lock"
    $pip install --no-deps --no-build-isolation -e .
fi
cp "$lock" "$stamp"
