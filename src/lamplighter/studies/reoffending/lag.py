"""Correct a rate for proof that has not come yet: delays seen so far, run backwards in time.

Delays are each person's own: from day 0 to the first proof of something that counts and was done within the
horizon. People of earlier periods show how long proof takes; each period of the cohort's length is one group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.statistics import MatureRate, StatisticsError, mature_rate
from lamplighter.studies.reoffending.cohort import Cohort, Later, Window, number_of
from lamplighter.studies.reoffending.content.shapes import FAR
from lamplighter.studies.reoffending.definitions import Index, Outcome
from lamplighter.studies.reoffending.grid import Cohorts, asked_of, index_held, outcome_held, window_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate of the people of a period, as counted by the extract and once all is proven that will be.

    ``rate`` is ``None`` where too little has been proven to learn from, with ``why``.
    """

    index: str
    outcome: str
    horizon: int
    window: Window
    people: int
    counted: int
    months: int
    rate: MatureRate | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Delays:
    """People of one period: delays to proof, days watched, and day 0."""

    window: Window
    delay: Floats
    watched: npt.NDArray[np.int64]
    day0: npt.NDArray[np.int64]


def proof_delays(cohort: Cohort, later: Later, horizon: int, extracted: int) -> Floats:
    """Return the days from day 0 to the first proof, by the extract, of what was done within the horizon."""
    due = cohort.due_after(horizon)
    counts = (later.day <= due[later.of]) & (later.known <= extracted)
    first = np.full(len(cohort), FAR, np.int32)
    np.minimum.at(first, later.of[counts], later.known[counts])
    return np.where(first < FAR, first - cohort.day0, np.nan).astype(np.float64)


def lag_corrected(
    cohorts: Cohorts,
    index: Index,
    outcomes: tuple[Outcome, ...],
    horizon: int,
    months: int,
    asked: tuple[Window, ...],
) -> tuple[Corrected, ...]:
    """Return the rates of the periods asked about, once all is proven that is within ``months`` of day 0.

    Periods go back from the newest of which everybody has had the whole horizon, as far as the data go.
    """
    held, defs = cohorts.held, cohorts.defs
    outcomes = tuple(o for o in outcomes if o.is_proven and outcome_held(held, o, "either"))
    if not outcomes or not index_held(held, index):
        return ()
    extracted = number_of(held.country.extracted_on)
    back = 0
    learnt: dict[str, list[_Delays]] = {outcome.code: [] for outcome in outcomes}
    while True:
        window = window_of(defs, held.country.extracted_on, horizon + back)
        if window.first < held.country.period_from:
            break
        cohort = cohorts.cohort(index, window)
        for outcome in outcomes:
            mine = asked_of(held, cohort, outcome, "either")
            delay = proof_delays(cohort, cohorts.later(cohort, outcome), horizon, extracted)
            day0 = cohort.day0.astype(np.int64)
            learnt[outcome.code].append(_Delays(window, delay[mine], (extracted - day0)[mine], day0[mine]))
        back += defs.cohort_months
    found = []
    for outcome in outcomes:
        for window in asked:
            found.append(_corrected(index, outcome, horizon, months, window, learnt[outcome.code]))
    return tuple(found)


def _corrected(
    index: Index, outcome: Outcome, horizon: int, months: int, window: Window, learnt: list[_Delays]
) -> Corrected:
    own = [one for one in learnt if one.window == window]
    people = sum(one.delay.size for one in own)
    counted = int(sum(np.isfinite(one.delay).sum() for one in own))
    rate, why = None, ""
    if not people:
        why = "Nobody of this period can be followed."
    else:
        try:
            rate = mature_rate(
                np.concatenate([one.delay for one in learnt]),
                np.concatenate([one.watched for one in learnt]),
                longest=round(months * 365.25 / 12),
                of=np.concatenate([np.full(one.delay.size, one.window == window) for one in learnt]),
                started=np.concatenate([one.day0 for one in learnt]),
            )
        except StatisticsError as problem:
            why = f"Too little is proven to learn how long proof takes ({problem})."
    return Corrected(index.code, outcome.code, horizon, window, people, counted, months, rate, why)
