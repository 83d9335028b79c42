"""Do 95% limits hold the truth 95 times in 100? ``python -m tools.verify.coverage --cohorts 1000``

Runs the twelve scenarios of ``lamplighter.statistics.simulation.scenarios`` on as many processes as asked for
and prints one table; exits with 1 when a line that is judged fails. The numbers do not depend on how many
processes ran.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: threads cost more than they give

import argparse
import csv
import sys
import time
from collections.abc import Iterable
from multiprocessing import get_context
from pathlib import Path

from lamplighter.statistics.simulation.coverage import FAIL, Line, Sums, judge, merge, run_part
from lamplighter.statistics.simulation.scenarios import EXTRA, SCENARIOS

ALL = (*SCENARIOS, *EXTRA)
_SHARE = 25  # cohorts in one piece of work
HEAD = (
    "scenario",
    "estimator",
    "truth",
    "mean",
    "bias",
    "share",
    "band",
    "none",
    "cohorts",
    "verdict",
    "note",
)


def _part(task: tuple[int, int, int]) -> dict[str, Sums]:
    which, first, last = task
    return run_part(ALL[which], range(first, last))


def _tasks(which: int, first: int, last: int) -> list[tuple[int, int, int]]:
    return [(which, at, min(at + _SHARE, last)) for at in range(first, last, _SHARE)]


def run(cohorts: int, jobs: int, only: Iterable[str] = (), again: int = 0) -> list[Line]:
    """Every line, in the order of the scenarios.

    A scenario with a line outside its band is carried on to ``again`` cohorts, and every line of it is judged
    on all of them: among 200 honest lines, 1,000 cohorts leave two or three outside by chance.
    """
    wanted = [i for i, s in enumerate(ALL) if not set(only) or s.name in set(only)]
    for i in wanted:
        ALL[i].prepare()  # before the processes are forked, so that they all have it
    lines = []
    with get_context("fork").Pool(jobs) as pool:
        for i in wanted:
            scenario, began = ALL[i], time.perf_counter()
            count = cohorts * scenario.times
            sums = merge(pool.imap(_part, _tasks(i, 0, count)))
            found = list(judge(scenario.name, sums))
            if again > count and any(line.verdict == FAIL for line in found):
                more = merge(pool.imap(_part, _tasks(i, count, again)))
                found = list(judge(scenario.name, merge([sums, more])))
            lines += found
            print(f"{scenario.name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return lines


def row(line: Line) -> tuple[str, ...]:
    """A line as text."""
    share = f"{line.share:.1%}"
    bias = f"{line.bias:+.4f}"
    band = f"{line.band[0]:.0%}-{line.band[1]:.0%}" if line.measure != "count" else "all"
    return (
        line.scenario, f"{line.estimator}" + (" (type I)" if line.measure == "type I error" else ""),
        f"{line.truth:.4f}", f"{line.mean:.4f}", bias.replace("+nan", ""), share, band, f"{line.none}",
        f"{line.cohorts}", line.verdict, line.note,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=1000)
    parser.add_argument("--again", type=int, default=5000, help="cohorts of a scenario with a line outside")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=(), help="names of scenarios")
    parser.add_argument("--csv", type=Path, help="write the table to this file as well")
    options = parser.parse_args()
    lines = run(options.cohorts, options.jobs, options.only, options.again)
    rows = [HEAD, *map(row, lines)]
    if options.csv:
        with options.csv.open("w", newline="") as out:
            csv.writer(out).writerows(rows)
    widths = [max(len(r[j]) for r in rows) for j in range(len(HEAD))]
    for r in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)).rstrip())
    failed = sum(line.verdict == FAIL for line in lines)
    judged = sum(line.verdict != "shown" for line in lines)
    print(f"{judged - failed} of {judged} judged lines pass; {options.cohorts} cohorts a scenario.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
