"""The long programmes, two at a time, and their tables: ``make verify`` (see docs/verify.md).

    python -m tools.verify.everything [--jobs 2] [--only NAME ...] [--quick] [--install-r] [--folder DIR]

``--quick`` runs each with few repeats, to see that it runs. ``--install-r`` gets R and its packages from the
system's own repositories first, as root. Leaves with 1 when any programme failed, or could not run.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

#: Packages of Debian that the programmes beside R need.
R = (
    *("r-base-core", "r-cran-survival", "r-cran-cmprsk"),
    *("r-cran-sandwich", "r-cran-mass", "r-cran-aer", "r-cran-vcd", "r-cran-psych"),
)


@dataclass(frozen=True)
class Programme:
    """One programme: what it holds, its module, its arguments, and those of a quick run."""

    name: str
    title: str
    module: str
    whole: tuple[str, ...]
    quick: tuple[str, ...]
    needs_r: bool = False


#: The longest first, so that two workers end at about the same time.
PROGRAMMES = (
    Programme(
        "coverage",
        "95% limits on 1,000 cohorts of twelve scenarios",
        "tools.verify.coverage",
        ("--cohorts", "1000", "--jobs", "1"),
        ("--cohorts", "20", "--again", "20", "--jobs", "1"),
    ),
    Programme(
        "disclosure",
        "10,000 random releases, attacked",
        "tools.verify.disclosure",
        ("--releases", "10000", "--workers", "1"),
        ("--releases", "20", "--workers", "1"),
    ),
    Programme(
        "bundles", "5,000 broken bundles", "tools.verify.bundles", ("--files", "5000"), ("--files", "40")
    ),
    Programme(
        "reoffending",
        "1,000 made-up countries of people who offend again",
        "tools.verify.reoffending",
        ("--countries", "1000", "--others", "60", "--bias", "100", "--accuracy", "100", "--workers", "1"),
        ("--countries", "10", "--accuracy", "2", "--workers", "1"),
    ),
    Programme(
        "regression",
        "Regressions beside R on 500 data sets",
        "tools.verify.regression",
        ("--sets", "500", "--jobs", "1"),
        ("--sets", "5", "--jobs", "1"),
        needs_r=True,
    ),
    Programme(
        "survival",
        "Survival beside R on 500 data sets",
        "tools.verify.survival",
        ("--sets", "500"),
        ("--sets", "5"),
        needs_r=True,
    ),
)


@dataclass(frozen=True)
class Done:
    """What came of one."""

    programme: Programme
    status: int
    seconds: float
    printed: str


def run(programme: Programme, folder: Path, *, quick: bool) -> Done:
    """Run one and keep what it prints in ``folder/NAME.txt``."""
    began = time.perf_counter()
    out = folder / f"{programme.name}.txt"
    if programme.needs_r and shutil.which("Rscript") is None:
        out.write_text("R is not installed: run with --install-r, or see docs/verify.md.\n", "utf-8")
        return Done(programme, 2, 0.0, out.read_text("utf-8"))
    words = [sys.executable, "-m", programme.module, *(programme.quick if quick else programme.whole)]
    with out.open("w", encoding="utf-8") as kept:
        # Our own modules with fixed arguments; no shell.
        status = subprocess.run(words, stdout=kept, stderr=subprocess.STDOUT, check=False).returncode
    return Done(programme, status, time.perf_counter() - began, out.read_text("utf-8"))


def install_r() -> None:
    """R from the system's repositories. Raises ``SystemExit`` when that fails."""
    apt = shutil.which("apt-get")
    if apt is None:
        raise SystemExit("There is no apt-get here: install R and its packages (docs/verify.md).")
    for words in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "--no-install-recommends", *R]):
        if subprocess.run(words, check=False).returncode:  # a fixed list; no shell
            raise SystemExit(f"{' '.join(words[:3])} failed; it must be run as root.")


def main() -> int:
    """Run them, print every table, then one line a programme."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], choices=[p.name for p in PROGRAMMES])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--install-r", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("var/verify"))
    given = parser.parse_args()
    if given.install_r and shutil.which("Rscript") is None:
        install_r()
    given.folder.mkdir(parents=True, exist_ok=True)
    chosen = [p for p in PROGRAMMES if not given.only or p.name in given.only]
    with ThreadPoolExecutor(given.jobs) as workers:
        done = list(workers.map(lambda p: run(p, given.folder, quick=given.quick), chosen))
    for one in done:
        print(f"\n{'=' * 100}\n{one.programme.title}\n{'=' * 100}\n{one.printed.rstrip()}")
    print(f"\n{'programme':14} {'verdict':10} {'minutes':>8}  what")
    for one in done:
        verdict = "holds" if one.status == 0 else "FAILED"
        print(f"{one.programme.name:14} {verdict:10} {one.seconds / 60:8.1f}  {one.programme.title}")
    return 1 if any(one.status for one in done) else 0


if __name__ == "__main__":
    raise SystemExit(main())
