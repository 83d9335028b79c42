"""How well tables of kinds that nobody had seen are linked, alone, with nothing said of their columns.

    python -m benchmarks.kinds --people
    python -m benchmarks.kinds --only custody,electors --seeds 1 2 --tsv found.tsv
    python -m benchmarks.kinds --aside

Kinds that are put aside (see :mod:`benchmarks.kinds`) are left out unless ``--aside`` or their
names ask for them. "F1" is of groups; "pairs" is F1 of pairs at the bar that was chosen, "best" at the best
bar there is; "sure" is recall where 99 of 100 pairs are right; "error" is the expected calibration error,
"chance" what it would be were every belief right; "kept" is the share of true pairs that was proposed.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.kinds import ASIDE, KINDS, Kind
from lamplighter.linkage_tables.whole_tables import linked

TRUTH = "truth"


def measured(kind: Kind, seed: int) -> dict[str, object]:
    """One table made, linked without its truth and compared with it."""
    table = kind.make(seed)
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = linked(table.drop(TRUTH), two_party=kind.two_party)
    seconds = time.perf_counter() - started
    how = found.measured(table[TRUTH])
    beliefs = how.beliefs
    return {
        "kind": kind.name,
        "seed": seed,
        "rows": table.height,
        "persons": table[TRUTH].n_unique(),
        "F1": how.groups.f1,
        "pairs": beliefs.at_bar,
        "best": beliefs.best,
        "sure": beliefs.recall_sure,
        "error": beliefs.calibration_error,
        "chance": beliefs.by_chance,
        "kept": beliefs.proposed,
        "seconds": seconds,
    }


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.kinds", description=__doc__.splitlines()[0])
    asked.add_argument("--people", action="store_true", help="tables of one person a row")
    asked.add_argument("--two-party", action="store_true", help="tables of two people a row")
    asked.add_argument("--only", help="names of kinds, with commas between")
    asked.add_argument("--aside", action="store_true", help="the kinds that are put aside, and no others")
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked.add_argument("--tsv", type=Path, help="write the figures to this file too")
    return asked.parse_args()


def chosen(asked: argparse.Namespace) -> list[Kind]:
    """The kinds that the command line names.

    Raises:
        SystemExit: there is no kind of such a name.
    """
    if asked.only:
        named = asked.only.split(",")
        unknown = set(named) - {kind.name for kind in KINDS}
        if unknown:
            raise SystemExit(f"No such kind: {', '.join(sorted(unknown))}.")
        return [kind for kind in KINDS if kind.name in named]
    both = asked.people == asked.two_party
    return [
        kind
        for kind in KINDS
        if (both or kind.two_party == asked.two_party) and (kind.name in ASIDE) == asked.aside
    ]


def main() -> None:
    asked = _asked()
    console = Console(width=140)
    shown = Table("kind", "seed", *("rows", "persons", "F1", "pairs", "best", "sure", "error", "chance"))
    for name in ("kept", "seconds"):
        shown.add_column(name)
    found = []
    for kind in chosen(asked):
        for seed in asked.seeds:
            figures = measured(kind, seed)
            found.append(figures)
            told = [f"{v:.3f}" if isinstance(v, float) else f"{v:,}" for v in list(figures.values())[1:-1]]
            shown.add_row(kind.name, *told, f"{figures['seconds']:.1f}")
    console.print(shown)
    if asked.tsv:
        pl.DataFrame(found).write_csv(asked.tsv, separator="\t", float_precision=4)


if __name__ == "__main__":
    main()
