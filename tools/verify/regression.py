"""Do our regressions agree with R to six figures? ``python -m tools.verify.regression --sets 500``

Makes random data sets, lets R (``regression.R``, ``firth.R``) and ``lamplighter.statistics`` work on them,
prints a parity table and exits with 1 when any number differs by more than 1 part in a million, or when one
side has a number that the other has not. R comes from Debian:

    apt-get install --no-install-recommends r-base-core r-cran-sandwich r-cran-mass r-cran-aer r-cran-vcd
    r-cran-psych
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: threads cost more than they give

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from tools.verify.regression_sets import Row, make_set, what_we_make

SCRIPT = Path(__file__).with_name("regression.R")
TOLERANCE = 1e-6
# A number this small is nothing against the quantities it stands beside: compared absolutely.
FLOOR = 1e-3
Key = tuple[int, str, str]


def write_sets(path: Path, numbers: list[int]) -> None:
    """The data sets as one CSV, a row a person."""
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        for first, number in enumerate(numbers):
            data = make_set(number)
            if first == 0:
                writer.writerow(["set", *data])
            columns = [column.tolist() for column in data.values()]
            writer.writerows([number, *row] for row in zip(*columns, strict=True))


def ours(number: int) -> list[Row]:
    """Every quantity of one data set."""
    return list(what_we_make(number, make_set(number)))


def of_r(numbers: list[int], folder: Path, jobs: int) -> dict[Key, float]:
    """R's numbers, ``jobs`` processes at a time."""
    found: dict[Key, float] = {}
    running = []
    for j in range(jobs):
        share = numbers[j::jobs]
        if not share:
            continue
        given, back = folder / f"sets{j}.csv", folder / f"r{j}.csv"
        write_sets(given, share)
        command = [str(shutil.which("Rscript")), "--vanilla", str(SCRIPT), str(given), str(back)]
        running.append((subprocess.Popen(command), back))
    for process, back in running:
        if process.wait() != 0:
            raise SystemExit("R stopped with an error (above).")
        found |= read_results(back)
    return found


def read_results(path: Path) -> dict[Key, float]:
    """set, quantity, term, value: as R wrote them. A term of ICC holds a comma, so the ends are split off."""
    found = {}
    for line in path.read_text().splitlines()[1:]:
        number, quantity, rest = line.split(",", 2)
        term, value = rest.rsplit(",", 1)
        found[int(number), quantity, term] = float(value)
    return found


def freeze(folder: Path, numbers: list[int], theirs: dict[Key, float]) -> None:
    """Keep sets and R's numbers, for CI, which has no R."""
    write_sets(folder / "random_sets.csv", numbers)
    lines = [f"{s},{q},{t},{v:.12g}" for (s, q, t), v in sorted(theirs.items())]
    (folder / "random_sets_r.csv").write_text("set,quantity,term,value\n" + "\n".join(lines) + "\n")


def difference(a: float, b: float) -> float:
    """Relative, or absolute over the floor when both are near nothing; 0 when both have no value."""
    if np.isnan(a) and np.isnan(b):
        return 0.0
    if not (np.isfinite(a) and np.isfinite(b)):
        return 0.0 if a == b else np.inf
    return abs(a - b) / max(abs(a), abs(b), FLOOR)


def compare(a: dict[Key, float], b: dict[Key, float]) -> dict[str, list[float]]:
    """Differences by quantity; infinite where only one side has a number."""
    out: dict[str, list[float]] = {}
    for key in sorted(a.keys() | b.keys()):
        gap = difference(a[key], b[key]) if key in a and key in b else np.inf
        out.setdefault(key[1], []).append(gap)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--freeze", type=Path, help="write the sets and R's numbers to this folder as well")
    options = parser.parse_args()
    if shutil.which("Rscript") is None:
        print("Rscript is not installed; see the top of tools/verify/regression.py.", file=sys.stderr)
        return 2
    numbers = list(range(options.sets))
    with tempfile.TemporaryDirectory() as folder:
        theirs = of_r(numbers, Path(folder), options.jobs)
    with Pool(options.jobs) as pool:
        mine = {row[:3]: row[3] for rows in pool.imap(ours, numbers, chunksize=4) for row in rows}
    if options.freeze:
        freeze(options.freeze, numbers, theirs)
    return report(mine, theirs, options.sets)


def report(mine: dict[Key, float], theirs: dict[Key, float], sets: int) -> int:
    """Print the parity table; 1 when anything differs."""
    print(f"{'quantity':28} {'compared':>9} {'largest difference':>20}  result")
    wrong = 0
    for quantity, gaps in compare(mine, theirs).items():
        bad = sum(gap > TOLERANCE for gap in gaps)
        wrong += bad
        print(f"{quantity:28} {len(gaps):9,} {max(gaps):20.1e}  {'agree' if not bad else f'{bad} DIFFER'}")
    keys = sorted(mine.keys() | theirs.keys())
    first = [k for k in keys if difference(mine.get(k, np.inf), theirs.get(k, np.nan)) > TOLERANCE]
    for key in first[:12]:
        print("  differs:", key, mine.get(key), theirs.get(key))
    separated = sum(value for key, value in theirs.items() if key[1] == "separated")
    total = len(mine.keys() | theirs.keys())
    print(f"{sets} data sets, {separated:.0f} of them separated; {total:,} numbers, {wrong} differ.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
