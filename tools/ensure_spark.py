"""Get Spark for the tests of its engine (docs/engines.md), or say loudly why there is none.

Where Java 17 or newer is here, ``pyspark`` is installed as ``requirements/spark.txt`` locks it: 456 MB, which
is why it is not part of ``make install``. In CI (``CI`` set) having no Java, or no Spark, is an error, for CI
must not skip these tests.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_JAVA = 17
LOCKED = Path(__file__).parents[1] / "requirements" / "spark.txt"


def java() -> int:
    """Return which Java is here, as Spark looks for it; 0 for none."""
    home = os.environ.get("JAVA_HOME")
    programme = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if not programme:
        return 0
    try:
        told = subprocess.run([programme, "-version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(found[1]) if found else 0


def locked() -> str:
    """Return which version of ``pyspark`` is locked."""
    found = re.search(r"^pyspark==(\S+)", LOCKED.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{LOCKED} has no pyspark")
    return found[1]


def installed() -> str:
    """Return which version of ``pyspark`` is installed; nothing for none."""
    try:
        return importlib.metadata.version("pyspark")
    except importlib.metadata.PackageNotFoundError:
        return ""


def lacking() -> str:
    """Return what is missing for the tests, in words; nothing where all is here."""
    here = java()
    if here < OLDEST_JAVA:
        return f"Spark needs Java {OLDEST_JAVA} or newer" + (f", not {here}" if here else "")
    if installed() != locked():
        return f"pyspark {locked()} is not installed (python tools/ensure_spark.py)"
    return ""


def in_ci() -> bool:
    """Tell whether this is CI, where nothing is skipped."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def get() -> None:
    """Install what is locked."""
    print(f"Getting pyspark {locked()} for the tests of the engine on Spark (456 MB)", flush=True)
    what = ["--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(LOCKED)]
    uv = Path(sys.executable).with_name("uv")
    for command in (
        [str(uv), "pip", "install", "-q", "--python", sys.executable, *what],
        # The way back when a machine's registry is set up for pip alone.
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", *what],
    ):
        try:
            subprocess.run(command, check=True, timeout=1_800)
        except (OSError, subprocess.SubprocessError) as problem:
            print(f"  that did not work ({type(problem).__name__})", flush=True)
            continue
        return


def main() -> int:
    if java() >= OLDEST_JAVA and installed() != locked():
        get()
        importlib.invalidate_caches()
    if not (why := lacking()):
        return 0
    print("*" * 78)
    print(f"NO SPARK: {why}.")
    print("CI must not skip its tests." if in_ci() else "The tests of the engine on Spark will be SKIPPED.")
    print("*" * 78, flush=True)
    return 1 if in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
