"""Correct a rate for proof that has not come yet: delays seen so far, run backwards in time.

Delays are each person's own: from day 0 to the first proof of something that counts and was done within the
horizon. People of earlier periods show how long proof takes; each period of the cohort's length is one group.
Courts differ, so each force has a pace of its own, which is drawn towards that of all where it has few
proofs. Every drawn partition is corrected as if it were the truth, and all of them are combined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.statistics import Combined, MatureRate, StatisticsError, combine, mature_rate
from lamplighter.studies.reoffending.cohort import Cohort, Later, Window, number_of
from lamplighter.studies.reoffending.content.shapes import FAR
from lamplighter.studies.reoffending.definitions import Index
from lamplighter.studies.reoffending.grid import Cohorts, asked_of, index_held, outcome_held, window_of

Floats = npt.NDArray[np.float64]
Ints64 = npt.NDArray[np.int64]
_FEWEST_DRAWS = 2


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate of the people of a period, as counted by the extract and once all is proven that will be.

    ``rate`` is of the published links, and ``None`` where too little has been proven to learn from, with
    ``why``. ``both`` and ``own`` have doubt about who is who in them too: ``both`` is of whatever makes such
    people, ``own`` of what will be known of these. They are ``None`` without two draws, or where a draw has
    no rate.
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
    both: Combined | None = None
    own: Combined | None = None


@dataclass(frozen=True, slots=True)
class Delays:
    """People of one period: delays to proof, days watched, day 0, and the force of the index event."""

    window: Window
    delay: Floats
    watched: Ints64
    day0: Ints64
    force: npt.NDArray[np.int16]


#: Delays of each outcome that is proven, a period each.
Learnt = Mapping[str, tuple[Delays, ...]]
#: One reading of the links: groups of people that share nobody.
Reading = Sequence[Learnt]


def proof_delays(cohort: Cohort, later: Later, horizon: int, extracted: int) -> Floats:
    """Return the days from day 0 to the first proof, by the extract, of what was done within the horizon."""
    due = cohort.due_after(horizon)
    counts = (later.day <= due[later.of]) & (later.known <= extracted)
    first = np.full(len(cohort), FAR, np.int32)
    np.minimum.at(first, later.of[counts], later.known[counts])
    return np.where(first < FAR, first - cohort.day0, np.nan).astype(np.float64)


def learnt_of(cohorts: Cohorts, index: Index, horizon: int) -> Learnt:
    """Return the delays of every outcome that is proven, of people of one reading of the links.

    Periods go back from the newest of which everybody has had the whole horizon, as far as the data go.
    """
    held, defs = cohorts.held, cohorts.defs
    outcomes = tuple(o for o in defs.outcomes if o.is_proven and outcome_held(held, o, "either"))
    if not index_held(held, index):
        return {}
    extracted = number_of(held.country.extracted_on)
    back = 0
    learnt: dict[str, list[Delays]] = {outcome.code: [] for outcome in outcomes}
    while True:
        window = window_of(defs, held.country.extracted_on, horizon + back)
        if window.first < held.country.period_from:
            break
        cohort = cohorts.cohort(index, window)
        for outcome in outcomes:
            mine = asked_of(held, cohort, outcome, "either")
            delay = proof_delays(cohort, cohorts.later(cohort, outcome), horizon, extracted)
            day0 = cohort.day0.astype(np.int64)
            found = (delay[mine], (extracted - day0)[mine], day0[mine], cohort.force[mine])
            learnt[outcome.code].append(Delays(window, *found))
        back += defs.cohort_months
    return {code: tuple(periods) for code, periods in learnt.items()}


def lag_corrected(
    published: Reading,
    draws: Sequence[Reading],
    index: str,
    horizon: int,
    months: int,
    asked: tuple[Window, ...],
) -> tuple[Corrected, ...]:
    """Return the rates of the periods asked about, once all is proven that is within ``months`` of day 0.

    Each draw is corrected by itself, and what the draws say is combined by Rubin's rules.
    """
    outcomes = tuple(dict.fromkeys(code for learnt in published for code in learnt))
    return tuple(
        _corrected(published, draws, (index, code, horizon), months, window)
        for code in outcomes
        for window in asked
    )


def _corrected(
    published: Reading, draws: Sequence[Reading], of: tuple[str, str, int], months: int, window: Window
) -> Corrected:
    index, outcome, horizon = of
    mine = [one for learnt in published for one in learnt[outcome] if one.window == window]
    people = sum(one.delay.size for one in mine)
    counted = int(sum(np.isfinite(one.delay).sum() for one in mine))
    if not people:
        why = "Nobody of this period can be followed."
        return Corrected(index, outcome, horizon, window, people, counted, months, None, why)
    try:
        rate = _mature(published, outcome, months, window, drift=True)
    except StatisticsError as problem:
        why = f"Too little is proven to learn how long proof takes ({problem})."
        return Corrected(index, outcome, horizon, window, people, counted, months, None, why)
    both, own = _combined(draws, outcome, months, window, people)
    return Corrected(index, outcome, horizon, window, people, counted, months, rate, "", both, own)


def _mature(reading: Reading, outcome: str, months: int, window: Window, *, drift: bool) -> MatureRate:
    """Return the mature rate of one reading. The force stands in for the court area, which nobody holds.

    ``drift`` tests whether delays change; the rate itself is the same with it and without.
    """
    all_ = [one for learnt in reading for one in learnt[outcome]]
    return mature_rate(
        np.concatenate([one.delay for one in all_]),
        np.concatenate([one.watched for one in all_]),
        longest=round(months * 365.25 / 12),
        of=np.concatenate([np.full(one.delay.size, one.window == window) for one in all_]),
        strata=np.concatenate([one.force for one in all_]),
        started=np.concatenate([one.day0 for one in all_]) if drift else None,
    )


def _combined(
    draws: Sequence[Reading], outcome: str, months: int, window: Window, people: int
) -> tuple[Combined | None, Combined | None]:
    """Return what all draws say together: of whatever makes such people, and of these people."""
    if len(draws) < _FEWEST_DRAWS:
        return None, None
    try:
        each = [_mature(draw, outcome, months, window, drift=False) for draw in draws]
    except StatisticsError:
        return None, None
    if not all(one.told for one in each):
        return None, None
    values = [one.estimate for one in each]
    if not any(0 < value < 1 for value in values):
        # Of nobody who reoffended there is no spread either: limits would be as narrow as they are wrong.
        return None, None
    scale = "logit" if all(0 < value < 1 for value in values) else "as it is"
    both = combine(values, [one.variance for one in each], complete_df=max(people - 1, 1), scale=scale)
    # What these people will differ by is late proof alone: it has no sample to lose degrees of freedom by.
    return both, combine(values, [one.lag_variance for one in each], scale=scale)
