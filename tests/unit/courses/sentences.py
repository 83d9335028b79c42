"""Sentences written and labelled by hand, and what the coder makes of them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.courses.coding import coder
from lamplighter.vocabulary.codes import code_set

_DATA = Path(__file__).parents[2] / "data/courses"
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
    "set2_development": ("set2_development.toml", "sentences"),
    "set4_development": ("set4_development.toml", "sentences"),
    "set5_development": ("set5_development.toml", "sentences"),
    "set1_aside": ("set1_aside.toml", "sentences"),
    "set3_aside": ("set3_aside.toml", "sentences"),
}
_COUNTED = ("to_victim", "mutual")
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
    return frozenset(a.behaviour for a in coder.code(text) if not a.negated and a.direction in _COUNTED)


def labelled(half: str) -> frozenset[str] | None:
    """Return the behaviours that a half has labels of, ``None`` for all: voices and sets have acts only."""
    codes = code_set("behaviours").codes
    acts = frozenset(code for code, row in codes.items() if row.extra["cluster"] != "not_stalking")
    return acts if half.startswith(("voices", "set")) else None


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
