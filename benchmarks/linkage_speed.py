"""Linking a table of people from records in memory to persons, beside Splink 5: seconds, memory, how right.

    python -m benchmarks.linkage_speed                            one million records, three rounds
    python -m benchmarks.linkage_speed --records 10000000 --rounds 1 --only ours splink_tuned
    python -m benchmarks.linkage_speed --growth                   ours at 1, 2, 5 and 10 million

Contenders run in turn, each in a process of its own, so none profits from what another left in memory;
what is printed is the median of the rounds. "Tuned" is Splink 5 with expectation maximisation capped at
500,000 pairs, on narrow blocking rules or on wider ones; "defaults" leaves out the cap. Persons and pairs are
scored against the truth of the made-up table, and a pair that was never looked at is a miss. Needs about 8 GB
at ten million. The tables are kept under ``--folder``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import linkage_people

GROWTH = (1_000_000, 2_000_000, 5_000_000, 10_000_000)
NAMES = {
    "ours": "Lamplighter",
    "splink_tuned": "Splink 5, tuned",
    "splink_wider": "Splink 5, tuned, wider blocking",
    "splink_defaults": "Splink 5, defaults",
}
HEADINGS = (
    "records", "", "seconds", "processor seconds", "MB", "pairs a record", "precision", "recall", "F1",
    "B3 F1", "F1 of pairs", "at the best threshold", "true pairs scored", "its own estimate of that",
)  # fmt: skip


def run(name: str, folder: Path) -> dict[str, Any]:
    """One contender in a process of its own; its report."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.linkage_contenders", name, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def middle(runs: Sequence[dict[str, Any]], what: str) -> float:
    """The median of the rounds."""
    return float(statistics.median(r[what] for r in runs))


def row(records: int, name: str, runs: Sequence[dict[str, Any]]) -> list[str]:
    """What is printed of one contender."""
    last = runs[-1]
    own = last["own_recall"]
    told = f"{own['estimate']:.3f} ({own['lower']:.3f} to {own['upper']:.3f})" if own else ""
    shares = ("precision", "recall", "f1", "b3", "pair_f1", "best_pair_f1", "scored_recall")
    return [
        f"{records:,}",
        NAMES[name],
        f"{middle(runs, 'seconds'):.1f}",
        f"{middle(runs, 'processor_seconds'):.1f}",
        f"{middle(runs, 'megabytes'):,.0f}",
        f"{last['pairs_a_record']:.1f}" if last["pairs_a_record"] else "",
        *(f"{last[s]:.3f}" for s in shares),
        told,
    ]


def compared(records: int, folder: Path, only: Sequence[str], rounds: int, console: Console) -> Table:
    """Every contender on a table of one size, in turn."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in only}
    for turn in range(rounds):
        for name in only:
            load = os.getloadavg()[0]
            runs[name].append(run(name, folder))
            told = runs[name][-1]
            console.print(
                f"{records:,}, round {turn + 1}, {NAMES[name]}: {told['seconds']:.1f} s (load {load:.1f}); "
                + ", ".join(f"{k.lower()} {v:.1f}" for k, v in (told["steps"] or {}).items())
            )
    table = Table(*HEADINGS, title=f"{records:,} person records, {rounds} rounds, medians")
    for name in only:
        table.add_row(*row(records, name, runs[name]))
    if "ours" in runs:
        for name in only:
            if name != "ours":
                ratio = middle(runs[name], "seconds") / middle(runs["ours"], "seconds")
                console.print(f"{NAMES[name]} takes {ratio:.2f} times as long as Lamplighter")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="+", choices=[*NAMES], default=["ours", "splink_tuned", "splink_wider"]
    )
    parser.add_argument("--growth", action="store_true", help="ours alone, at 1, 2, 5 and 10 million")
    parser.add_argument("--noise", type=float, default=1.0, help="multiplies every rate of error")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folder", type=Path, default=Path("var/bench-linkage"))
    asked = parser.parse_args()
    console = Console(width=190)
    for records in GROWTH if asked.growth else asked.records:
        folder = asked.folder / f"{records}-{asked.seed}-{asked.noise:g}"
        linkage_people.write(folder, records, seed=asked.seed, noise=asked.noise)
        only = ["ours"] if asked.growth else asked.only
        console.print(compared(records, folder, only, 1 if asked.growth else asked.rounds, console))


if __name__ == "__main__":
    main()
