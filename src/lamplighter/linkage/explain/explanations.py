"""Explain why two records are, or are not, believed to be one person: in bars, and in a sentence.

Bars are in bits: each doubles or halves the odds, and they sum to the weight
exactly. What was compared and hardly told anything is one bar. No value of any
record is ever shown, so a match token stays "a contact detail held by another
agency agrees".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lamplighter.linkage.comparisons.weight_bars import PRIOR, RELATED, TOLD_WHOLE

WORTH_SAYING = 1.0
WORTH_SHOWING = 0.05
"""Bits; what is nearer to nought is rounded to it."""
REST = "_rest"


class Joins(Protocol):
    """A pair of records that is linked, with the weight of what speaks for it in bits."""

    @property
    def left_record(self) -> str: ...
    @property
    def right_record(self) -> str: ...
    @property
    def match_weight(self) -> float: ...


Link = TypeVar("Link", bound=Joins)


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the waterfall: ``label`` in words, ``weight`` in bits."""

    label: str
    weight: float
    comparison: str
    level: str


def waterfall(pair: Mapping[str, Any]) -> list[Bar]:
    """Bars of one row of ``pairs`` or ``report_pairs``: what was known before, then each thing compared.
    Those that would be rounded to nought, of which a table of many columns has many, are one at the end.

    Raises ``ValueError`` when they do not sum to the row's weight: an explanation of another
    number would be worse than none; or where no bars were made of it.
    """
    bars = _bars(pair)
    small = [b for b in bars if abs(b.weight) < WORTH_SHOWING and b.comparison != PRIOR]
    if not small:
        return bars
    label = f"Hardly telling anything: {', '.join(b.label.split(': ')[0] for b in small)}"
    rest = Bar(label, math.fsum(b.weight for b in small), REST, "context")
    return [*(b for b in bars if b not in small), rest]


def _bars(pair: Mapping[str, Any]) -> list[Bar]:
    """Return every bar of a row, in its order."""
    if pair["levels"] is None:
        raise ValueError("No bars were made of this pair: link with explained=True, for bars of every pair.")
    bars = [Bar(_label(b), float(b["weight"]), b["comparison"], b["level"]) for b in pair["levels"]]
    weight = _weight(pair)
    if not math.isclose(math.fsum(b.weight for b in bars), weight, rel_tol=1e-9, abs_tol=1e-9):
        raise ValueError("The bars of this pair do not sum to its weight.")
    return bars


def sentence(pair: Mapping[str, Any]) -> str:
    """Return the pair in one plain sentence: what speaks most for one person, then what speaks against.

    For example: "Same telephone; first name the same; but other address."
    """
    unsaid = _unsaid(pair)
    bars = [b for b in pair["levels"] if b["comparison"] not in unsaid]
    towards = sorted((b for b in bars if b["weight"] >= WORTH_SAYING), key=_strongest)
    against = sorted((b for b in bars if b["weight"] <= -WORTH_SAYING), key=_strongest)
    if not towards and not against:
        return "Nothing recorded tells whether this is one person."
    said = "; ".join(_words(b) for b in towards[:5])
    if against:
        no = "; ".join(_words(b) for b in against[:3])
        said = f"{said}; but {no}" if said else no
    return said[0].upper() + said[1:] + "."


def strongest_against(pair: Mapping[str, Any]) -> Bar | None:
    """Return the thing compared that speaks most against the pair, if anything does."""
    unsaid = _unsaid(pair)
    against = [b for b in _bars(pair) if b.weight < 0 and b.comparison not in unsaid]
    return min(against, key=lambda b: (b.weight, b.label), default=None)


def said_once(bar: Bar) -> str:
    """Return 'Surname: surname differs' as 'surname differs': the title goes where its words say it again,
    and where they are a sentence by themselves."""
    title, _, words = bar.label.partition(": ")
    return words if bar.comparison in TOLD_WHOLE or title.lower() in words.lower() else bar.label


def backbone(links: Iterable[Link], records: Collection[str]) -> list[Link]:
    """Return the strongest links that hold these records together, one less than there are records.

    ``links`` have left_record, right_record and match_weight as attributes. Every
    other link is weaker than those on the way between its two records,
    so these are the ones to check.
    """
    root = {r: r for r in records}

    def find(r: str) -> str:
        while root[r] != r:
            r = root[r]
        return r

    chosen = []
    for link in sorted(links, key=lambda k: (-k.match_weight, k.left_record, k.right_record)):
        if link.left_record not in root or link.right_record not in root:
            continue
        a, b = find(link.left_record), find(link.right_record)
        if a != b:
            root[max(a, b)] = min(a, b)
            chosen.append(link)
    return chosen


def _unsaid(pair: Mapping[str, Any]) -> frozenset[str]:
    """Bars that a sentence leaves out. That a whole home may have one suspect limits what he says for
    every pair; where all of it is outweighed, it is no reason to doubt."""
    return frozenset({"_prior", "_joint", *([RELATED] if _weight(pair) >= 0 else [])})


def _weight(pair: Mapping[str, Any]) -> float:
    return float(pair["match_weight"] if "match_weight" in pair else pair["weight"])


def _label(bar: Mapping[str, Any]) -> str:
    return f"{bar['title']}: {bar['words']}"


def _words(bar: Mapping[str, Any]) -> str:
    party = str(bar["title"]).split(": ")[0] if ": " in str(bar["title"]) else ""
    return f"{party.lower()}: {bar['words']}" if party else str(bar["words"])


def _strongest(bar: Mapping[str, Any]) -> tuple[float, str]:
    return -abs(bar["weight"]), str(bar["title"])
