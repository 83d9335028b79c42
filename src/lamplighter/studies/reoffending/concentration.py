"""Say how few people make how many of the occasions, as Lorenz curves do, in counts and never weighted.

A weight by crime makes a course of conduct vanish, so occasions, days and length of courses stand side by
side and none of them is weighted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.studies.reoffending.cohort import date_of, group_mask, months_after, number_of
from lamplighter.studies.reoffending.content.shapes import FAR, KIND_CODES, Ints
from lamplighter.studies.reoffending.definitions import Concentration
from lamplighter.studies.reoffending.lives import Lives

HALF = 0.5
_SPANS = ((1, "one day"), (31, "up to a month"), (182, "up to half a year"), (365, "up to a year"))


@dataclass(frozen=True, slots=True)
class Concentrated:
    """Occasions and people of a period. ``shares``: per cent of people, and per cent of occasions they made.

    ``half`` is the smallest per cent of people who made half of the occasions; ``gini`` is 0 where all made
    as many. ``per_person`` counts people by occasions, ``spans`` by days from their first to their last.
    """

    first: dt.date
    last: dt.date
    people: int
    occasions: int
    days: int
    half: float
    half_people: int
    gini: float
    shares: tuple[tuple[int, int, float], ...]
    prolific_people: int
    prolific_occasions: int
    per_person: tuple[tuple[str, int, int], ...]
    spans: tuple[tuple[str, int], ...]


def concentrated(
    lives: Lives,
    asked: Concentration,
    groups: tuple[str, ...],
    extracted: dt.date,
    forces: frozenset[int] | None,
) -> Concentrated | None:
    """Return how occasions of these groups concentrate on people; ``None`` where there are none.

    An occasion is one act that a report tells of, in as many books as it stands.
    """
    rows = lives.rows
    last = number_of(extracted)
    first = int(months_after(np.array([last], dtype=np.int32), -asked.months)[0]) + 1
    inside = (rows.kind == KIND_CODES["report"]) & group_mask(groups)[rows.group]
    inside &= (lives.occurred >= first) & (lives.occurred <= last)
    if forces is not None:
        inside &= np.isin(rows.force, list(forces))
    at = np.flatnonzero(inside)
    if not at.size:
        return None
    _, once = np.unique(lives.act[at], return_index=True)
    at = at[once]
    who, n = np.unique(lives.person[at], return_counts=True)
    n = np.sort(n)[::-1]
    made = np.cumsum(n)
    people, occasions = int(n.size), int(made[-1])
    half_people = int(np.searchsorted(made, HALF * occasions)) + 1
    ranked = n[::-1].astype(np.float64)
    place = np.arange(1, people + 1)
    gini = float(2 * (place * ranked).sum() / (people * ranked.sum()) - (people + 1) / people)
    shares = []
    for share in asked.shares:
        few = max(1, round(people * share / 100))
        shares.append((share, few, 100 * float(made[few - 1]) / occasions))
    many = n >= asked.prolific
    days = np.unique(lives.person[at].astype(np.int64) << 32 | (lives.occurred[at].astype(np.int64) + FAR))
    return Concentrated(
        first=date_of(first),
        last=extracted,
        people=people,
        occasions=occasions,
        days=int(days.size),
        half=100 * half_people / people,
        half_people=half_people,
        gini=gini,
        shares=tuple(shares),
        prolific_people=int(many.sum()),
        prolific_occasions=int(n[many].sum()),
        per_person=_by_number(n),
        spans=_by_span(
            lives.person[at], lives.occurred[at], np.maximum(rows.ended[at], lives.occurred[at]), who
        ),
    )


def _by_number(n: npt.NDArray[np.int64]) -> tuple[tuple[str, int, int], ...]:
    found = [(str(k), int((n == k).sum()), k * int((n == k).sum())) for k in (1, 2, 3)]
    for low, high in ((4, 9), (10, 10**9)):
        inside = (n >= low) & (n <= high)
        found.append(
            (
                f"{low} to {high}" if high < 10**9 else f"{low} or more",
                int(inside.sum()),
                int(n[inside].sum()),
            )
        )
    return tuple(found)


def _by_span(person: Ints, day: Ints, ended: Ints, who: npt.NDArray[np.int32]) -> tuple[tuple[str, int], ...]:
    at = np.searchsorted(who, person)
    low, high = np.full(who.size, FAR, np.int32), np.full(who.size, -FAR, np.int32)
    np.minimum.at(low, at, day)
    np.maximum.at(high, at, ended)
    days = high - low + 1
    edge, found = 0, []
    for limit, title in _SPANS:
        found.append((title, int(((days > edge) & (days <= limit)).sum())))
        edge = limit
    return (*found, ("longer than a year", int((days > edge).sum())))
