"""Tell which level stands, from all assessments there are. Nothing here asks the database.

Each judgement on its own. The newest known level counts, unless it is lower than the one that stands: then
the one that stands goes on until a second agency has agreed. "Not known" and "not assessed" take nothing
away. The level of the case is its gravest judgement: no sum, no score, and a low one makes up for nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db import models


class Level(models.TextChoices):
    HIGH = "high", "High"
    MODERATE = "moderate", "Moderate"
    LOW = "low", "Low"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASSESSED = "not_assessed", "Not assessed"


JUDGEMENTS: Mapping[str, str] = {
    "violence": "Violence",
    "persistence": "Persistence",
    "recurrence": "Recurrence",
    "harm": "Psychosocial harm",
}
KNOWN = (Level.LOW, Level.MODERATE, Level.HIGH)
# How much attention a level asks for. What nobody knows asks for more than what somebody found to be low.
ATTENTION = (Level.LOW, Level.NOT_ASSESSED, Level.NOT_KNOWN, Level.MODERATE, Level.HIGH)


class Judged(Protocol):
    """Tell of an assessment: ``pk``, ``at``, a level for each judgement, and :func:`agreed`."""

    pk: Any
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A judgement as it stands. ``of``: the assessment that it is from; ``None`` where there is none.

    ``waits``: the assessment that would make it lower, and waits for the second agency. ``unknown``: a later
    one that said that it is not known.
    """

    level: Level = Level.NOT_ASSESSED
    of: Any = None
    waits: Any = None
    unknown: Any = None


def attention(level: str) -> int:
    return ATTENTION.index(Level(level))


def is_lower(level: str, than: str) -> bool:
    """Tell whether one known level is lower than another. Of what is not known nothing is lower or higher."""
    return level in KNOWN and than in KNOWN and attention(level) < attention(than)


def standing(rows: Iterable[Judged], answers: Mapping[Any, str]) -> dict[str, Standing]:
    """Return how each judgement stands after these assessments, whatever order they come in.

    ``answers``: ``"agreed"`` or ``"refused"`` of the second agency, by the assessment's ``pk``.
    """
    ordered = sorted(rows, key=lambda row: (row.at, row.pk))
    found = dict.fromkeys(JUDGEMENTS, Standing())
    for row in ordered:
        newest = row is ordered[-1]
        for name in JUDGEMENTS:
            found[name] = _after(found[name], row, Level(getattr(row, name)), answers.get(row.pk), newest)
    return found


def _after(before: Standing, row: Judged, said: Level, answer: str | None, newest: bool) -> Standing:
    if said == Level.NOT_ASSESSED:
        return before
    if said == Level.NOT_KNOWN:
        if attention(before.level) < attention(said):
            return Standing(said, row)
        return before if before.level == said else replace(before, unknown=row)
    if not is_lower(said, before.level) or answer == "agreed":
        return Standing(said, row)
    # Of what a later assessment has overtaken, or somebody refused, nobody waits for an answer.
    return replace(before, waits=row) if newest and answer is None else before


def of_case(judged: Mapping[str, Standing]) -> Level:
    """Return the level of the case: that of its gravest judgement."""
    return max((s.level for s in judged.values()), key=attention, default=Level.NOT_ASSESSED)


def gravest(judged: Mapping[str, Standing]) -> list[str]:
    """Return the judgements that make the level of the case what it is."""
    level = of_case(judged)
    return [name for name, s in judged.items() if s.level == level]


def lowered(row: Judged, judged: Mapping[str, Standing]) -> list[str]:
    """Return the judgements that this assessment would make lower than they stand."""
    return [name for name, s in judged.items() if is_lower(getattr(row, name), s.level)]
