"""Build one scorecard again as another machine would, and compare every byte.

    python -m tools.verify.scorecard_rebuild FOLDER --as-at 2026-11-30 --python /tmp/venv313/bin/python

builds the site as it is, and again with each Python named, from a copy of the folder elsewhere, with one
thread, another time zone, language, order of hashes and umask. It prints one line for each, and
the first places that differ. Status 1 where any does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_BUILD = (
    "import sys, datetime as dt; from pathlib import Path\n"
    "from lamplighter.studies.scorecard.site import build, write_site\n"
    "register = Path(sys.argv[4]) if sys.argv[4] else None\n"
    "made = build(Path(sys.argv[1]), dt.date.fromisoformat(sys.argv[3]), register=register)\n"
    "write_site(made, Path(sys.argv[2]))"
)
_VERSIONS = (
    "import platform, numpy, scipy, polars\n"
    "print('Python', platform.python_version(), 'numpy', numpy.__version__, 'scipy', scipy.__version__, "
    "'polars', polars.__version__)"
)
#: What another machine has otherwise.
ELSEWHERE = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TZ": "Pacific/Auckland",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "7",
}


def differences(one: Path, other: Path) -> Iterator[str]:
    """Yield each file that is in one site only, or has other bytes, with the first place."""
    held, made = (
        {p.relative_to(site).as_posix(): p for p in sorted(site.rglob("*")) if p.is_file()}
        for site in (one, other)
    )
    for name in sorted(held.keys() | made.keys()):
        if name not in made or name not in held:
            yield f"{name} is in one of them only"
            continue
        a, b = held[name].read_bytes(), made[name].read_bytes()
        if a != b:
            at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            yield f"{name}, byte {at}: {a[at - 30 : at + 20]!r} and {b[at - 30 : at + 20]!r}"


def build(python: str, folder: Path, out: Path, day: str, register: str, more: dict[str, str]) -> None:
    """Build the site with a Python of its own. Raises ``subprocess.CalledProcessError``."""
    own = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")} | more
    subprocess.run(
        [python, "-c", _BUILD, str(folder), str(out), day, register],
        check=True,
        env=own,
        umask=0o077 if more else -1,
    )


def main(words: list[str] | None = None) -> int:
    """Build and compare: 0 when every byte is the same, 1 where one is not."""
    parser = argparse.ArgumentParser(prog="tools.verify.scorecard_rebuild", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-at", required=True)
    parser.add_argument("--register", default="")
    parser.add_argument("--python", action="append", default=[], help="another Python with the requirements")
    given = parser.parse_args(words)
    status = 0
    with tempfile.TemporaryDirectory(prefix="rebuild-") as work:
        first = Path(work) / "first"
        build(sys.executable, given.folder, first, given.as_at, given.register, {})
        for number, python in enumerate([sys.executable, *given.python]):
            moved, again = Path(work) / f"moved-{number}", Path(work) / f"again-{number}"
            shutil.copytree(given.folder, moved)
            build(python, moved, again, given.as_at, given.register, ELSEWHERE)
            found = list(differences(first, again))
            files = sum(p.is_file() for p in again.rglob("*"))
            called = subprocess.run(
                [python, "-c", _VERSIONS], check=True, capture_output=True, text=True
            ).stdout.strip()
            said = "the same bytes" if not found else f"{len(found)} differ"
            sys.stdout.write(f"{called}: {files} files, {said}\n")
            for line in found[:20]:
                sys.stdout.write(f"  {line}\n")
            status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main())
