"""Work out every cell of the grid: index event, outcome, victim, horizon and months waited.

A cell that is not mature, or whose events or victims are not held, has no figure and says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lamplighter.statistics.inference.proportions import wilson
from lamplighter.statistics.survival.aalen_johansen import aalen_johansen
from lamplighter.statistics.survival.restricted_mean import time_lost
from lamplighter.studies.reoffending.cohort import (
    NEW,
    SAME,
    Cohort,
    Later,
    Window,
    cohort_of,
    later_acts,
)
from lamplighter.studies.reoffending.content.shapes import FAR, Held, Ints
from lamplighter.studies.reoffending.definitions import VICTIMS, Definitions, Index, Outcome
from lamplighter.studies.reoffending.lives import Bools, Lives

Key = tuple[str, str, str, int, int]
State = Literal["held", "not_held", "not_yet", "nobody"]
_ANYBODY, _VICTIM = "either", {"same": SAME, "new": NEW}
MOST_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One definition and what it gives. ``squares`` is the sum of squared numbers of reoffences a person.

    ``left_out`` are people whose own force does not hold what would count, or whose victim is not known.
    """

    key: Key
    window: Window
    state: State
    people: int = 0
    reoffenders: int = 0
    reoffences: int = 0
    squares: int = 0
    left_out: int = 0
    repeats: tuple[int, ...] = ()
    known_on: dt.date | None = None

    @property
    def rate(self) -> float:
        """Return the share of people who reoffended."""
        return self.reoffenders / self.people

    @property
    def per_person(self) -> float:
        return self.reoffences / self.people

    @property
    def per_reoffender(self) -> float | None:
        return self.reoffences / self.reoffenders if self.reoffenders else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its sampling variance, to be combined over partitions."""

    value: float
    variance: float


@dataclass(frozen=True, slots=True)
class OverTime:
    """Risk by each horizon with death competing, and days free of it: of one outcome of one cohort."""

    outcome: str
    months: tuple[int, ...]
    risk: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    died: tuple[float, ...]
    free_days: float
    free_low: float
    free_high: float
    days: int
    median: float | None


def window_of(defs: Definitions, extracted: dt.date, months: int) -> Window:
    """Return the latest period of the cohort's length that is mature after ``months``, to whole months."""
    before = extracted + dt.timedelta(days=1)
    place = before.year * 12 + before.month - 1 - months
    first = place - defs.cohort_months
    return Window(dt.date(first // 12, first % 12 + 1, 1), dt.date(place // 12, place % 12 + 1, 1))


def waited(defs: Definitions) -> int:
    """Return the longest of the usual waits: with it every outcome of one horizon has one cohort."""
    return max(outcome.waits[0] for outcome in defs.outcomes)


class Cohorts:
    """Cohorts of one reading of the links, each built once."""

    def __init__(self, held: Held, defs: Definitions, lives: Lives, forces: frozenset[int] | None) -> None:
        self.held, self.defs, self.lives, self.forces = held, defs, lives, forces
        self._built: dict[tuple[str, Window], Cohort] = {}
        self._later: dict[tuple[str, Window, str], Later] = {}

    def cohort(self, index: Index, window: Window) -> Cohort:
        """Return the cohort of an index event and a period."""
        key = (index.code, window)
        if key not in self._built:
            # One at a time: a country's cohort and its later acts are large.
            self._built.clear()
            self._later.clear()
            self._built[key] = cohort_of(self.lives, index, window, self.forces)
        return self._built[key]

    def later(self, cohort: Cohort, outcome: Outcome) -> Later:
        """Return the later acts of a cohort that an outcome counts."""
        key = (cohort.index.code, cohort.window, outcome.code)
        if key not in self._later:
            self._later[key] = later_acts(cohort, outcome, self.defs.rules)
        return self._later[key]

    def cell(self, key: Key, window: Window) -> Cell:
        """Return one cell of the grid."""
        index, outcome = self.defs.index(key[0]), self.defs.outcome(key[1])
        victim, horizon, wait = key[2:]
        known_on = window.known_on(horizon + wait)
        if not index_held(self.held, index) or not outcome_held(self.held, outcome, victim):
            return Cell(key, window, "not_held")
        if known_on > self.held.country.extracted_on or window.first < self.held.country.period_from:
            return Cell(key, window, "not_yet", known_on=known_on)
        cohort = self.cohort(index, window)
        asked = asked_of(self.held, cohort, outcome, victim)
        people = int(asked.sum())
        if not people:
            return Cell(key, window, "nobody", left_out=len(cohort), known_on=known_on)
        counts = counts_of(cohort, self.later(cohort, outcome), victim, horizon, wait)[asked]
        some = np.bincount(np.minimum(counts, MOST_REPEATS), minlength=MOST_REPEATS + 1)
        return Cell(
            key=key,
            window=window,
            state="held",
            people=people,
            reoffenders=int((counts > 0).sum()),
            reoffences=int(counts.sum()),
            squares=int((counts.astype(np.int64) ** 2).sum()),
            left_out=len(cohort) - people,
            repeats=tuple(int(n) for n in some),
            known_on=known_on,
        )


def counts_of(cohort: Cohort, later: Later, victim: str, horizon: int, wait: int) -> Ints:
    """Return how many acts of each person count: done within the horizon, and known within the wait after it.

    An act that several rows tell of is counted once.
    """
    seen = np.zeros(cohort.acts, bool)
    seen[later.act[counted_in(cohort, later, victim, horizon, wait)]] = True
    return np.bincount(cohort.owner[seen], minlength=len(cohort)).astype(np.int32)


def counted_in(cohort: Cohort, later: Later, victim: str, horizon: int, wait: int) -> Bools:
    """Return which later acts count: done within the horizon, and known within the wait after it."""
    fits = later.day <= cohort.due_after(horizon)[later.of]
    fits &= later.known <= cohort.due_after(horizon + wait)[later.of]
    if victim != _ANYBODY:
        fits &= later.victim == _VICTIM[victim]
    return np.asarray(fits)


def asked_of(held: Held, cohort: Cohort, outcome: Outcome, victim: str) -> Bools:
    """Return who is asked about: their force holds what would count, and the victim is known if need be."""
    needed = _needed(outcome, victim)
    holds = np.array([held.country.holds(force, needed) for force in held.country.forces])
    asked = holds[cohort.force]
    return asked if victim == _ANYBODY else asked & cohort.victim_known


def index_held(held: Held, index: Index) -> bool:
    """Tell whether the country holds an index event at all."""
    needed = index.kinds if index.custodial else (*index.kinds, "custodial")
    return any(held.country.holds(force, needed) for force in held.country.forces)


def outcome_held(held: Held, outcome: Outcome, victim: str) -> bool:
    """Tell whether the country holds an outcome at all, and its victims where they are asked for."""
    return any(held.country.holds(force, _needed(outcome, victim)) for force in held.country.forces)


def _needed(outcome: Outcome, victim: str) -> tuple[str, ...]:
    """Return the kinds of events and the columns that an outcome asks for."""
    columns = [name for name, asked in (("course", outcome.course), ("victim", victim != _ANYBODY)) if asked]
    return (*outcome.kinds, *columns)


def keys_of(defs: Definitions) -> Iterator[Key]:
    """Yield the cells of the grid in the order of the page; each outcome with its usual wait."""
    for index in defs.indexes:
        for horizon in defs.horizons:
            for outcome in defs.outcomes:
                for victim in VICTIMS:
                    yield index.code, outcome.code, victim, horizon, outcome.waits[0]


def grid_of(cohorts: Cohorts, window: Window | None = None) -> dict[Key, Cell]:
    """Return every cell. Each horizon has the latest period that is mature for it, unless one is given."""
    defs, extracted = cohorts.defs, cohorts.held.country.extracted_on
    usual = waited(defs)
    found = {}
    for key in keys_of(defs):
        own = window or window_of(defs, extracted, key[3] + usual)
        found[key] = cohorts.cell(key, own)
    return found


def estimates(cells: Mapping[Key, Cell]) -> dict[Key, Estimate]:
    """Return the rate of each cell that has one, with its sampling variance."""
    made = {}
    for key, cell in cells.items():
        if cell.state == "held":
            made[key] = Estimate(cell.rate, cell.rate * (1 - cell.rate) / cell.people)
    return made


def frequency_estimates(cells: Mapping[Key, Cell]) -> dict[Key, Estimate]:
    """Return the reoffences a person of each cell that has them, with their sampling variance."""
    made = {}
    for key, cell in cells.items():
        if cell.state == "held" and cell.people > 1:
            spread = (cell.squares - cell.people * cell.per_person**2) / (cell.people - 1)
            made[key] = Estimate(cell.per_person, max(spread, 0.0) / cell.people)
    return made


def over_time(cohorts: Cohorts, index: Index, outcome: Outcome, window: Window) -> OverTime | None:
    """Return the risk of a first reoffence by each mature horizon, with death competing.

    ``None`` where nothing is held or mature, or nobody is left.
    """
    held, defs = cohorts.held, cohorts.defs
    if not index_held(held, index) or not outcome_held(held, outcome, _ANYBODY):
        return None
    wait, extracted = outcome.waits[0], held.country.extracted_on
    mature = [h for h in defs.horizons if window.known_on(h + wait) <= extracted]
    if not mature or window.first < held.country.period_from:
        return None
    cohort = cohorts.cohort(index, window)
    asked = asked_of(held, cohort, outcome, _ANYBODY)
    if not asked.any():
        return None
    last = max(mature)
    later = cohorts.later(cohort, outcome)
    counted = counted_in(cohort, later, _ANYBODY, last, wait)
    first = np.full(len(cohort), FAR, np.int32)
    np.minimum.at(first, later.of[counted], later.day[counted])
    ends = cohort.due_after(last)
    time = np.minimum(np.minimum(first, cohort.death), ends) - cohort.day0
    cause = np.where(first <= np.minimum(cohort.death, ends), 1, np.where(cohort.death <= ends, 2, 0))
    # Horizons end on days that differ by a few from person to person: nobody is followed for longer than all.
    days = int((ends - cohort.day0)[asked].min())
    if not (cause[asked] == 1).any():
        return _nobody(outcome, mature, int(asked.sum()), days)
    curves = aalen_johansen(time[asked], cause[asked])
    lost = time_lost(time[asked], cause[asked], days, of=1)
    # Beyond the last day observed nobody is left, and the curves stay where they are.
    days_seen = int(min(days, curves.times[-1]))
    at = [min(round(h * 365.25 / 12), days_seen) for h in mature]
    risk, died = curves.risk_at(at, 1), None
    if 2 in curves.causes:
        died = curves.risk_at(at, 2).estimate
    median = curves.quantile(0.5, 1).time
    return OverTime(
        outcome=outcome.code,
        months=tuple(mature),
        risk=tuple(float(v) for v in risk.estimate),
        low=tuple(float(v) for v in risk.lower),
        high=tuple(float(v) for v in risk.upper),
        died=tuple(float(v) for v in died) if died is not None else (0.0,) * len(mature),
        free_days=days - lost.estimate,
        free_low=days - lost.upper,
        free_high=days - lost.lower,
        days=days,
        median=None if not np.isfinite(median) else float(median),
    )


def _nobody(outcome: Outcome, mature: list[int], people: int, days: int) -> OverTime:
    """Return the risk where nobody reoffended: nought, with the upper limit of a share of nobody."""
    none = (0.0,) * len(mature)
    high = float(wilson(0, people).upper)
    return OverTime(
        outcome=outcome.code,
        months=tuple(mature),
        risk=none,
        low=none,
        high=(high,) * len(mature),
        died=none,
        free_days=days,
        free_low=days * (1 - high),
        free_high=days,
        days=days,
        median=None,
    )
