"""How well the coder reads sentences it was not written for.

    python -m benchmarks.coder_accuracy [--misses] [--banks SEED]

Sentences and labels are in ``tests/data/courses``, made up and labelled by hand,
in other words than any agency's, in two sets: the first, whose held-out half was
written after the lexicon, and the fresh one in the manner of police free text and
a helpline, and 500 in four voices, half of them traps (each file says who wrote it
and when). A label counts once a sentence; denied acts and acts by the victim are not
proposals. Misses are listed for the
development halves only: nobody should read those of a held-out half. ``--banks``
reads the summaries of a made-up world in both of its phrase banks against the acts
that each report was made to tell.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from lamplighter.courses.coding import coder
from lamplighter.synthetic.worlds.world import generate
from lamplighter.vocabulary.codes import code_set

_DATA = Path(__file__).parent.parent / "tests" / "data" / "courses"
HALVES = {
    "development": ("coder_sentences.toml", "development"),
    "held_out": ("coder_sentences.toml", "held_out"),
    "fresh_development": ("fresh_development.toml", "sentences"),
    "further_development": ("fresh_development.toml", "further"),
    "fresh_held_out": ("fresh_held_out.toml", "sentences"),
    "later_development": ("later_development.toml", "sentences"),
    "later_held_out": ("later_held_out.toml", "sentences"),
    "voices_development": ("voices_development.toml", "sentences"),
    "voices_held_out": ("voices_held_out.toml", "sentences"),
}
Labelled = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts by behaviour: found and right, missed, found and wrong."""

    right: Counter[str]
    missed: Counter[str]
    wrong: Counter[str]
    failures: tuple[str, ...]

    def precision(self) -> float:
        found = self.right.total() + self.wrong.total()
        return self.right.total() / found if found else 1.0

    def recall(self) -> float:
        wanted = self.right.total() + self.missed.total()
        return self.right.total() / wanted if wanted else 1.0


def _rows(half: str) -> list[list[Any]]:
    file, key = HALVES[half]
    found: list[list[Any]] = tomllib.loads((_DATA / file).read_text("utf-8"))[key]
    return found


def load(half: str) -> list[Labelled]:
    """Sentences of one half (a key of :data:`HALVES`) with their labels."""
    return [(row[0], frozenset(row[1])) for row in _rows(half)]


def proposed(text: str) -> frozenset[str]:
    """Behaviours the coder proposes for a sentence."""
    return frozenset(a.behaviour for a in coder.code(text) if not a.negated and a.direction != "by_victim")


def labelled(half: str) -> frozenset[str] | None:
    """Return the behaviours that a half has labels of, ``None`` for all: the four voices have acts only."""
    codes = code_set("behaviours").codes
    acts = frozenset(code for code, row in codes.items() if row.extra["cluster"] != "not_stalking")
    return acts if half.startswith("voices") else None


def turned_round(half: str) -> list[str]:
    """Return the sentences of a half in four voices of which an act is said to be the victim's and is not."""
    turned = []
    for text, to_victim, by_victim, *_ in _rows(half):
        theirs = {a.behaviour for a in coder.code(text) if not a.negated and a.direction == "by_victim"}
        if (theirs & set(to_victim)) - set(by_victim):
            turned.append(text)
    return turned


def measure(rows: Sequence[Labelled], of: Collection[str] | None = None) -> Outcome:
    """Every label of every sentence against what is proposed; ``of``: only these behaviours were labelled."""
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    failures = []
    for text, wanted in rows:
        found = proposed(text) if of is None else proposed(text) & frozenset(of)
        right.update(found & wanted)
        missed.update(wanted - found)
        wrong.update(found - wanted)
        if found != wanted:
            failures.append(f"{text}  missed: {sorted(wanted - found)}  wrong: {sorted(found - wanted)}")
    return Outcome(right, missed, wrong, tuple(failures))


def told(seed: int, bank: str, person_records: int = 8_000) -> Outcome:
    """Acts proposed for every report of a made-up world, of whatever matter, against those it tells."""
    world = generate(seed, person_records=person_records, bank=bank)
    wanted = world.truth.reports.select("report_id", "behaviours_told")
    rows = world.bundle["reports"].select("report_id", "summary").join(wanted, on="report_id")
    pairs = [(s or "", frozenset(acts or ())) for _, s, acts in rows.iter_rows()]
    return measure(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--misses",
        action="store_true",
        help="also list the sentences of the development halves that are read wrongly",
    )
    parser.add_argument("--banks", type=int, metavar="SEED", help="also read a made-up world of this seed")
    arguments = parser.parse_args()
    console = Console(width=120)
    if arguments.banks is not None:
        for bank in ("a", "b"):
            outcome = told(arguments.banks, bank)
            console.print(
                f"Phrase bank {bank}, seed {arguments.banks}: "
                f"precision {outcome.precision():.3f}, recall {outcome.recall():.3f}"
            )
    for half in HALVES:
        outcome = measure(load(half), labelled(half))
        title = (
            f"{half.replace('_', ' ')}: precision {outcome.precision():.3f}, recall {outcome.recall():.3f}"
        )
        table = Table("behaviour", "right", "missed", "wrong", "precision", "recall", title=title)
        for b in sorted({*outcome.right, *outcome.missed, *outcome.wrong}):
            r, m, w = outcome.right[b], outcome.missed[b], outcome.wrong[b]
            precision = f"{r / (r + w):.2f}" if r + w else "-"
            table.add_row(b, str(r), str(m), str(w), precision, f"{r / (r + m):.2f}" if r + m else "-")
        console.print(table)
        if half.startswith("voices"):
            console.print(
                f"Turned round, an act of the suspect's read as the victim's: {len(turned_round(half))}"
            )
        if arguments.misses and half.endswith("development"):
            for line in outcome.failures:
                console.print(line)


if __name__ == "__main__":
    main()
