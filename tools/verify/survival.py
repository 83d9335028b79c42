"""The survival half of the statistics library beside R's survival and cmprsk, on random data sets.

    python -m tools.verify.survival --sets 500 [--seed 1] [--rows 400] [--keep FOLDER]

Needs ``Rscript`` with the packages survival (3 or later) and cmprsk. Prints a table: quantity, data sets
compared, worst relative difference, verdict; leaves with 1 when a quantity is further than 1e-6 from R's. The
frozen sets that CI compares without R are ``--sets 10 --seed 7 --rows 60``, kept in
``tests/data/statistics/survival``.

A difference is relative to R's value, but to no less than: for a coefficient, a hundredth of its standard
error; for a covariance, the product of the standard errors; for a chi-square, 0.001; else 1e-9.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tools.verify.survival_ours import quantities
from tools.verify.survival_sets import make, write

Floats = npt.NDArray[np.float64]
SCRIPT = Path(__file__).with_name("survival.R")
TOLERANCE = 1e-6


def ask_r(folder: Path, out: Path) -> None:
    """Run the R script over a folder of sets."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        raise SystemExit(
            "Rscript is not on the PATH. On Debian or Ubuntu: "
            "apt-get install --no-install-recommends r-base-core r-cran-survival r-cran-cmprsk"
        )
    subprocess.run([rscript, "--vanilla", str(SCRIPT), str(folder), str(out)], check=True)


def read_r(path: Path) -> dict[int, dict[str, Floats]]:
    """What R said, by set and quantity."""
    found: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            text = row["value"]
            found[int(row["set"])][row["quantity"]].append(float("nan") if text == "NA" else float(text))
    return {s: {q: np.array(v) for q, v in by.items()} for s, by in found.items()}


def worst(name: str, ours: Floats, theirs: Floats, by: dict[str, Floats]) -> float:
    """The largest relative difference; infinite when the shapes or the missing values disagree."""
    if ours.shape != theirs.shape or not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return float("inf")
    part = name.rsplit(".", 1)[-1]
    floor: Floats | float = 1e-9
    if part == "coefficients":
        family = name.removesuffix(".coefficients")
        errors = by.get(f"{family}.std_errors")
        if errors is None:
            covariance = by[f"{family}.covariance"]
            errors = np.sqrt(np.diag(covariance.reshape(theirs.size, theirs.size)))
        floor = 0.01 * errors
    elif part.endswith("covariance"):
        p = int(np.sqrt(theirs.size))
        root = np.sqrt(np.abs(np.diag(theirs.reshape(p, p))))
        floor = np.outer(root, root).reshape(-1)
    elif name.startswith(("log_rank", "gray")) or ".ph." in name or part in {"wald", "score"}:
        floor = 1e-3
    real = ~np.isnan(theirs)
    scale = np.maximum(np.abs(theirs), floor)
    return float((np.abs(ours - theirs) / scale)[real].max(initial=0.0))


class Table:
    """Worst differences by quantity."""

    def __init__(self) -> None:
        self.worst: dict[str, float] = {}
        self.sets: dict[str, int] = defaultdict(int)
        self.where: dict[str, str] = {}
        self.skipped: dict[str, int] = defaultdict(int)

    def add(self, label: str, ours: dict[str, Floats], theirs: dict[str, Floats]) -> None:
        """Compare one set. A model without finite coefficients is compared as a verdict, not as a number."""
        for family in ("cox.efron", "cox.breslow", "cox.exact"):  # cmprsk never says
            if any(name.startswith(family) for name in theirs):
                same = self._infinite(family, ours) == self._infinite(family, theirs)
                self._note(f"{family}.has_an_estimate", label, 0.0 if same else float("inf"))
        for name, reference in theirs.items():
            family = ".".join(name.split(".")[:2]) if name.startswith("cox") else name.split(".")[0]
            if self._infinite(family, ours) or self._infinite(family, theirs):
                self.skipped[family] += name.endswith((".coefficients", ".refused"))
                continue
            if name not in ours:
                self._note(name, label, float("inf"))
                continue
            self._note(name, label, worst(name, ours[name], reference, theirs))

    @staticmethod
    def _infinite(family: str, said: dict[str, Floats]) -> bool:
        """Whether this side said that there is no finite or identified estimate."""
        return f"{family}.refused" in said or bool(said.get(f"{family}.warned", np.zeros(1))[0])

    def _note(self, name: str, label: str, value: float) -> None:
        self.sets[name] += 1
        if value >= self.worst.get(name, -1.0):
            self.worst[name], self.where[name] = value, label

    def show(self) -> bool:
        """Print the table; true when everything is within the tolerance."""
        print(f"{'quantity':34} {'sets':>5} {'worst rel. difference':>22}  verdict  worst in")
        good = True
        for name in sorted(self.worst):
            passed = self.worst[name] <= TOLERANCE
            good &= passed
            verdict = "PASS" if passed else "FAIL"
            print(f"{name:34} {self.sets[name]:5d} {self.worst[name]:22.2e}  {verdict:7}  {self.where[name]}")
        for family, count in sorted(self.skipped.items()):
            if count:
                print(
                    f"{family}: {count} sets without a finite or identified estimate: only that is compared"
                )
        print("PASS: every quantity within 1e-6 of R" if good else "FAIL")
        return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=400, help="the most rows of a set")
    parser.add_argument("--keep", type=Path, help="keep the data sets and R's answers here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        sets = [make(i, options.seed, options.rows) for i in range(options.sets)]
        for data in sets:
            write(data, folder)
        answers = folder / "answers.csv"
        ask_r(folder, answers)
        said = read_r(answers)
        table = Table()
        for data in sets:
            ours = {q: np.asarray(v, dtype=np.float64).reshape(-1) for q, v in quantities(data)}
            table.add(f"{data.number:04d} {data.kind}", ours, said[data.number])
        return 0 if table.show() else 1


if __name__ == "__main__":
    sys.exit(main())
