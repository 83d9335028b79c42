"""Measure how well acts are read in labelled sentences of any file: in all, by limb, kind and voice.

    python -m benchmarks.reading FILE... [--misses] [--resamples 2000]
    python -m benchmarks.reading shown FILE... [--each 10]

A row of a file is the words, the acts done to the victim, the acts the victim did, the kind and the voice;
the last three may be wanting, as in ``tests/data/courses``. Files are scored one by one and all together.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import keep, options, run_part, say, show
from lamplighter.courses.coding import coder
from lamplighter.courses.coding.acts import DIRECTIONS, MOODS, cluster_of, limb_of
from lamplighter.vocabulary.codes import code_set
from tests.unit.courses.sentences import proposed

SEED = 20261130
UNREAD = ("held_out", "aside")
"""Parts of the path of a file whose sentences nobody may read: its misses are not listed."""


_WANTING = ("", (), (), "", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text; ``theirs`` are acts the victim did."""

    text: str
    acts: frozenset[str]
    theirs: frozenset[str]
    kind: str
    voice: str
    file: str


@dataclass(frozen=True, slots=True)
class Read:
    """A row and the acts that were read in it as done to the victim."""

    row: Row
    found: frozenset[str]


def stalking_acts() -> frozenset[str]:
    """Return the behaviours that are acts; other matters, such as a quarrel, are not labelled everywhere."""
    return frozenset(b for b in code_set("behaviours").codes if cluster_of(b) != "not_stalking")


def rows_of(path: Path) -> list[Row]:
    """Return the rows of every list of a file.

    Raises:
        SystemExit: the file cannot be read, has no rows, or labels an act that there is none of.
    """
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise SystemExit(f"{path} could not be read: {fault}") from None
    found = []
    for many in held.values():
        for given in many if isinstance(many, list) else ():
            text, acts, theirs, kind, voice = [*given, *_WANTING[len(given) :]]
            found.append(Row(text, frozenset(acts), frozenset(theirs), kind, voice, path.name))
    if not found:
        raise SystemExit(
            f"{path} has no rows: it needs a list of rows, [words, acts, acts by the victim, …]."
        )
    codes = code_set("behaviours").codes
    for row in found:
        if unknown := (row.acts | row.theirs) - set(codes):
            raise SystemExit(f"{path}: {sorted(unknown)} is no act, in a row of the kind “{row.kind}”.")
    return found


def first_reader(row: Row) -> frozenset[str]:
    """Return the acts to the victim that the lexicon and the grammar read."""
    return proposed(row.text) & stalking_acts()


# Shares with their intervals: rows are drawn again with replacement, as a text is told whole or not at all.


@dataclass(frozen=True, slots=True)
class Share:
    """A share of counts, and between what it lies in 95 of 100 draws of the rows; ``None`` of nothing."""

    value: float | None
    low: float | None
    high: float | None
    of: int

    def told(self) -> str:
        """Return it for a table."""
        if self.value is None:
            return "none told"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def share(pairs: Sequence[tuple[int, int]], resamples: int) -> Share:
    """Return how many of how many, summed over rows: each row gives (many, of how many)."""
    counts = np.array(pairs, dtype=float).reshape(-1, 2)
    total = counts.sum(axis=0)
    if not total[1]:
        return Share(None, None, None, 0)
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=resamples)
    drawn = weights @ counts
    shares = drawn[drawn[:, 1] > 0]
    low, high = np.quantile(shares[:, 0] / shares[:, 1], [0.025, 0.975])
    return Share(total[0] / total[1], float(low), float(high), int(total[1]))


Measured = Callable[[Read], tuple[int, int]]


def recall(read: Read) -> tuple[int, int]:
    """Count the acts told that were read."""
    wanted = read.row.acts & stalking_acts()
    return len(read.found & wanted), len(wanted)


def precision(read: Read) -> tuple[int, int]:
    """Count the acts read that were told."""
    return len(read.found & read.row.acts), len(read.found)


def any_act(read: Read) -> tuple[int, int]:
    """Count texts in which an act is read that they do not tell."""
    return int(bool(read.found - read.row.acts)), 1


def charged(read: Read) -> tuple[int, int]:
    """Count the victim's own acts that were read as done to the victim."""
    own = read.row.theirs - read.row.acts
    return len(read.found & own), len(own)


def _within(of: Callable[[str], bool], measured: Measured) -> Measured:
    def narrowed(read: Read) -> tuple[int, int]:
        row = read.row
        kept = Row(row.text, frozenset(filter(of, row.acts)), row.theirs, row.kind, row.voice, row.file)
        return measured(Read(kept, frozenset(filter(of, read.found))))

    return narrowed


WRONGLY = (
    ("denied texts with an act read", "denied", any_act),
    ("hypothetical texts with an act read", "hypothetical", any_act),
    ("look-alikes with an act read", "lookalike", any_act),
    ("the victim's own acts charged to the suspect", None, charged),
)


def measure(reads: Sequence[Read], resamples: int) -> dict[str, Share]:
    """Return recall, precision and what is read wrongly, each with its interval."""
    told = {
        "acts recall": share([recall(r) for r in reads], resamples),
        "acts precision": share([precision(r) for r in reads], resamples),
    }
    for name, kind, measured in WRONGLY:
        told[name] = share([measured(r) for r in reads if kind in (None, r.row.kind)], resamples)
    return told


def _parts(reads: Sequence[Read], resamples: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return tables by limb, act, kind and voice."""

    def line(name: str, part: Sequence[Read], of: Callable[[str], bool]) -> dict[str, Any]:
        got = share([_within(of, recall)(r) for r in part], resamples)
        right = share([_within(of, precision)(r) for r in part], resamples)
        return {"": name, "told": got.of, "recall": got.told(), "read": right.of, "precision": right.told()}

    def named(limb: str) -> Callable[[str], bool]:
        return lambda b: (limb_of(b) or "none") == limb

    limbs = sorted({limb_of(b) or "none" for b in stalking_acts()})
    acts = sorted(stalking_acts(), key=lambda b: (limb_of(b) or "z", b))

    def of(key: Callable[[Row], str]) -> list[dict[str, Any]]:
        names = sorted({key(r.row) for r in reads} - {""})
        return [line(n, [r for r in reads if key(r.row) == n], lambda _: True) for n in names]

    return [
        ("By limb of s.2A(3)", [line(x, reads, named(x)) for x in limbs]),
        ("By act", [line(f"{limb_of(b) or '-'} {b}", reads, b.__eq__) for b in acts]),
        ("By kind", of(lambda row: row.kind)),
        ("By voice", of(lambda row: row.voice)),
    ]


def _table(by_name: Iterable[tuple[str, dict[str, Share]]]) -> list[dict[str, Any]]:
    return [
        {"": name, "measure": what, "of": got.of, "share, and 95 of 100 draws": got.told()}
        for name, told in by_name
        for what, got in told.items()
    ]


def _misses(reads: Sequence[Read]) -> None:
    for read in reads:
        missed, wrong = (read.row.acts & stalking_acts()) - read.found, read.found - read.row.acts
        if missed or wrong:
            told = f"missed {sorted(missed)} wrong {sorted(wrong)}"
            say(f"[{read.row.kind} {read.row.voice}] {read.row.text}\n    {told}")


def measure_files() -> None:
    """Tell how well acts are read in labelled sentences, with intervals.

        python -m benchmarks.reading FILE... [--misses] [--resamples 2000]

    An act counts once a text. Denied acts and the victim's own are not read as done to the
    victim. --misses lists what was read wrongly; not of a file that is put aside or held out.
    """
    parser = options(measure_files)
    parser.add_argument("files", nargs="+", type=Path, help="TOML, rows as in tests/data/courses")
    parser.add_argument("--misses", action="store_true", help="list what was read wrongly")
    parser.add_argument("--resamples", type=int, default=2000)
    asked = parser.parse_args()
    by_file = {path: rows_of(path) for path in asked.files}
    if asked.misses and (barred := [p for p in by_file if any(w in str(p.resolve()) for w in UNREAD)]):
        raise SystemExit(f"Nobody reads the sentences of {barred[0].name}: leave --misses out.")
    reads = [Read(row, first_reader(row)) for rows in by_file.values() for row in rows]
    named = [(p.name, [r for r in reads if r.row.file == p.name]) for p in by_file]
    if len(named) > 1:
        named.append(("all files", reads))
    for title, rows in _parts(reads, asked.resamples):
        show(title, rows, 120)
    whole = _table((f"{name}, {len(part)} texts", measure(part, asked.resamples)) for name, part in named)
    show("Acts read in labelled sentences", whole, 140)
    kinds = Counter(r.row.kind for r in reads)
    say("Texts by kind: " + ", ".join(f"{k or 'not given'} {n}" for k, n in kinds.most_common()))
    if asked.misses:
        _misses(reads)
    keep("reading", "files", whole)


def shown(reads: Sequence[Read], each: int) -> str:
    """Return texts read right and texts that were not, drawn by lot, each with what a page says of it."""

    def named(acts: Iterable[str]) -> str:
        return ", ".join(sorted(code_set("behaviours").codes[a].title for a in acts)) or "nothing"

    def told(act: coder.Act) -> str:
        why = MOODS.get(act.mood, MOODS["denied"]) if act.negated else DIRECTIONS.get(act.direction, "")
        return f"{named([act.behaviour])}, by “{act.words}”" + (f" ({why})" if why else "")

    rng = np.random.default_rng(SEED)
    lines = ["# What is read, and what is not", ""]
    for title, right in (("Read as its writer meant it", True), ("Read otherwise", False)):
        of = [r for r in reads if (r.found == r.row.acts & stalking_acts()) is right]
        lines += [f"## {title}: {len(of)} of {len(reads)} texts, {each} drawn by lot", ""]
        for at in sorted(rng.choice(len(of), min(each, len(of)), replace=False).tolist()):
            row = of[at].row
            lines += [f"> {row.text}", "", f"- Its writer put: {named(row.acts)}."]
            lines += [f"- The page shows: {told(act)}." for act in coder.code(row.text)] or [
                "- The page shows no act."
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def show_some() -> None:
    """Show texts that were read right and texts that were not, drawn by lot, as Markdown.

        python -m benchmarks.reading shown FILE... [--each 10]

    Whoever prints texts of a set that was put aside has read them: they are no longer aside.
    """
    parser = options(show_some)
    parser.add_argument("files", nargs="+", type=Path, help="TOML, rows as in tests/data/courses")
    parser.add_argument("--each", type=int, default=10)
    asked = parser.parse_args()
    reads = [Read(row, first_reader(row)) for path in asked.files for row in rows_of(path)]
    sys.stdout.write(shown(reads, asked.each))


PARTS: dict[str, Callable[[], object]] = {
    "files": measure_files,
    "shown": show_some,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("reading", PARTS))
