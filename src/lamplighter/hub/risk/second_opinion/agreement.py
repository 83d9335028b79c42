"""Measure how far two people agree who judged the same case without knowing of each other.

Weighted kappa and the intraclass correlation, with their limits, of each judgement on its own. It measures
the judging and nobody who judges: raters are not told apart, and no level of a case follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lamplighter.hub.risk.levels import JUDGEMENTS, KNOWN, attention
from lamplighter.hub.risk.models import SecondRating

Pair = tuple[str, str]
FEW = 30
"""Below so many pairs the limits are rough (``statistics.agreement.kappa``)."""
LEAST = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its limits, or why there is none."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one judgement. ``n``: pairs in which both know; ``left_out``: in which one of them does not."""

    title: str
    n: int
    left_out: int
    same: int
    higher: int
    lower: int
    kappa: Figure
    icc: Figure


def ratings() -> list[SecondRating]:
    """Return every pair that one may read: the second rating with its first."""
    rows = SecondRating.objects.select_related("ask__assessment").order_by("pk")
    return [row for row in rows if row.ask is not None and row.ask.assessment is not None]


def pairs(rows: Sequence[SecondRating], judgement: str) -> list[Pair]:
    """Return the first and the second level of each pair."""
    return [(getattr(r.ask.assessment, judgement), getattr(r, judgement)) for r in rows]


def of(rows: Sequence[SecondRating]) -> list[Agreement]:
    return [_of(title, pairs(rows, name)) for name, title in JUDGEMENTS.items()]


def _of(title: str, both: Sequence[Pair]) -> Agreement:
    known = [(a, b) for a, b in both if a in KNOWN and b in KNOWN]
    steps = [attention(b) - attention(a) for a, b in known]
    return Agreement(
        title,
        len(known),
        len(both) - len(known),
        sum(step == 0 for step in steps),
        sum(step > 0 for step in steps),
        sum(step < 0 for step in steps),
        kappa(known),
        icc(known),
    )


def kappa(known: Sequence[Pair]) -> Figure:
    """Cohen's kappa with quadratic weights: one step apart counts for a quarter of two."""
    if len(known) < LEAST:
        return Figure(why_not="Too few pairs")
    # Not with the module: every command and worker would load SciPy's distributions for this one page.
    from lamplighter.statistics import kappa_of_ratings
    from lamplighter.statistics.arrays.errors import NotIdentified

    order = [str(level) for level in KNOWN]
    try:
        found = kappa_of_ratings(
            [a for a, _ in known], [b for _, b in known], weights="quadratic", order=order
        )
    except NotIdentified:
        return Figure(why_not="Both used one level only")
    return Figure(found.kappa, found.lower, found.upper)


def icc(known: Sequence[Pair]) -> Figure:
    """ICC(1,1): each case has two raters of its own, and one rating is what is used. Levels count 1, 2, 3."""
    if len(known) < LEAST:
        return Figure(why_not="Too few pairs")
    from lamplighter.statistics import intraclass
    from lamplighter.statistics.arrays.errors import NotEnoughData, NotIdentified

    order = [str(level) for level in KNOWN]
    try:
        found = intraclass([[order.index(a) + 1.0, order.index(b) + 1.0] for a, b in known]).forms["1,1"]
    except (NotEnoughData, NotIdentified):
        return Figure(why_not="Both used one level only")
    return Figure(found.value, found.lower, found.upper)
