#!/bin/sh
# Make a virtual environment with exactly the locked dependencies and this project in it.
# Needs Python 3.11, 3.12 or 3.13 and nothing else. Usage: tools/install.sh .venv
set -eu
venv=$1
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"

python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Lamplighter needs Python 3.11, 3.12 or 3.13. None was found on the PATH; set PYTHON=/path/to/python." >&2
    exit 1
fi

if [ ! -x "$venv/bin/python" ]; then
    echo "Making $venv with $("$python" --version)"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        # Debian ships Python without the venv module's own pip.
        rm -rf "$venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
            "$python" -m venv "$venv"
        else
            echo "'$python -m venv' failed. On Debian or Ubuntu: apt-get install python3-venv" >&2
            exit 1
        fi
    fi
fi

echo "Installing the locked dependencies (the first time downloads about 250 MB)"
pip="$venv/bin/python -m pip --disable-pip-version-check -q"
$pip install --require-hashes -r requirements/bootstrap.txt
# uv is faster; pip is the way back when a machine's registry is set up for pip alone.
# Compiled now, half a minute once: some machines forbid it later (PYTHONDONTWRITEBYTECODE), and every
# process that starts would compile 4,000 modules anew, 4 seconds each time.
"$venv/bin/uv" pip sync -q --compile-bytecode --python "$venv/bin/python" --require-hashes requirements/dev.txt 2>/dev/null ||
    $pip install --require-hashes -r requirements/dev.txt
"$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e . 2>/dev/null ||
    $pip install --no-deps --no-build-isolation -e .
