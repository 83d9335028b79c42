#!/bin/sh
# Re-lock the dependencies of pyproject.toml, with hashes, for every supported Python.
# No index URL is ever written: the lock must install from whatever registry the reader has.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
common="--generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --quiet"
export UV_CUSTOM_COMPILE_COMMAND="requirements/compile.sh"
"$uv" pip compile $common pyproject.toml -o requirements/base.txt "$@"
"$uv" pip compile $common pyproject.toml --extra dev -c requirements/base.txt -o requirements/dev.txt "$@"
# Apart, because of its size; tools/ensure_spark.py installs it where there is Java.
"$uv" pip compile $common requirements/spark.in -c requirements/dev.txt -o requirements/spark.txt "$@"
"$uv" pip compile $common requirements/bootstrap.in -o requirements/bootstrap.txt "$@"
