"""A cohort of made-up reports: who, about whom, when, with which factors, and what became of each.

All arrays have one entry a report, in order of suspect and time. Times are minutes since 1970-01-01, local
wall clock, as everywhere in this package.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.sampling.draws import DAY, NEVER, Bools, Floats, Ints, chance, pick, stream
from lamplighter.synthetic.study_bundles.outcome_model import (
    charge_days,
    closing_days,
    model,
    no_action_days,
    withdrawal_days,
)
from lamplighter.synthetic.study_bundles.scenarios import FACTORS, Scenario

#: What became of a report.
WITHDRAWN, NO_ACTION, CHARGED, OTHER, OPEN = range(5)
#: With the same suspect: the chance that a further report is by another victim.
ANOTHER_VICTIM = 0.12


@dataclass(frozen=True, slots=True)
class Cohort:
    """The reports. ``victim`` numbers cases too: each pair is one case here.

    ``day`` is days from the report to what became of it; -1 for those that stay open.
    """

    scenario: Scenario
    suspect: Ints
    victim: Ints
    first_of_case: Bools
    first_of_suspect: Bools
    nth_of_suspect: Ints
    nth_of_case: Ints
    reported: Ints
    recorded: Ints
    factors: Mapping[str, Bools]
    named: Bools
    accused_before: Bools
    became: Ints
    day: Ints

    @property
    def size(self) -> int:
        return len(self.suspect)

    @property
    def became_at(self) -> Ints:
        """Midnight of the day on which it became so; ``NEVER`` for those that stay open."""
        start = self.reported // DAY * DAY
        return np.where(self.day >= 0, start + self.day * DAY, NEVER)


def minutes(day: dt.date) -> int:
    """Midnight of a day in minutes since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days * int(DAY)


def draw(scenario: Scenario, reports: int, seed: int) -> Cohort:
    """``reports`` reports of a scenario. The same seed gives the same cohort.

    Raises:
        ValueError: fewer than one report.
    """
    if reports < 1:
        raise ValueError("A bundle needs at least one report")
    suspect = _suspects(scenario, reports, seed)
    reported = _times(scenario, reports, seed)
    reported = reported[np.lexsort((reported, suspect))]
    first_of_suspect = np.r_[True, suspect[1:] != suspect[:-1]]
    rng = stream(seed, 0, "bundle-victims")
    new = first_of_suspect | chance(rng, ANOTHER_VICTIM, reports)
    # A further report of a suspect is by the newest victim so far, or by a new one.
    victim: Ints = (np.cumsum(new) - 1).astype(np.int64)
    factors = _factors(suspect, victim, seed)
    own = stream(seed, 0, "bundle-suspects").normal(0.0, 1.0, int(suspect[-1]) + 1) * scenario.suspect_sd
    became, day = _outcomes(scenario, factors, own[suspect], seed)
    nth = _nth(suspect)
    nth_of_case = _nth(victim)
    named = chance(stream(seed, 0, "bundle-named"), scenario.named, int(victim.max()) + 1)[victim]
    lag = (stream(seed, 0, "bundle-recorded").exponential(0.35, reports) * DAY).astype(np.int64)
    last = minutes(scenario.end) + int(DAY) - 1
    before = chance(stream(seed, 0, "bundle-accused"), scenario.earlier_accused, int(suspect[-1]) + 1)
    return Cohort(
        scenario=scenario,
        suspect=suspect,
        victim=victim,
        first_of_case=nth_of_case == 0,
        first_of_suspect=first_of_suspect,
        nth_of_suspect=nth,
        nth_of_case=nth_of_case,
        reported=reported,
        recorded=np.minimum(reported + lag, last),
        factors=factors,
        # Nobody is charged, or dealt with otherwise, who is not named.
        named=named | np.isin(became, (CHARGED, OTHER)),
        accused_before=before[suspect],
        became=became,
        day=day,
    )


def _suspects(scenario: Scenario, reports: int, seed: int) -> Ints:
    rng = stream(seed, 0, "bundle-clusters")
    more = scenario.reports_a_suspect - 1.0
    sizes = 1 + (rng.poisson(more, reports) if more > 0 else np.zeros(reports, dtype=np.int64))
    repeated: Ints = np.repeat(np.arange(reports), sizes)[:reports]
    return repeated.astype(np.int64)


def _times(scenario: Scenario, reports: int, seed: int) -> Ints:
    """Minutes of the reports, evenly over the period, or in proportion to the volumes of its parts."""
    rng = stream(seed, 0, "bundle-times")
    start, end = minutes(scenario.start), minutes(scenario.end) + int(DAY)
    edges = [max(minutes(day), start) for day, _ in scenario.volumes] or [start]
    spans = np.diff([*edges, end])
    weights = np.array([w for _, w in scenario.volumes] or [1.0]) * spans
    part = pick(rng, weights, reports)
    out: Ints = (np.asarray(edges)[part] + rng.random(reports) * spans[part]).astype(np.int64)
    return out


def _nth(group: Ints) -> Ints:
    """0, 1, 2 ... within runs of equal numbers."""
    first = np.r_[True, group[1:] != group[:-1]]
    at = np.arange(len(group))
    out: Ints = at - np.maximum.accumulate(np.where(first, at, 0))
    return out


def _factors(suspect: Ints, victim: Ints, seed: int) -> dict[str, Bools]:
    """Return each factor with its chance, drawn for whom it belongs to: victim, pair, suspect or report."""
    of = {"female": victim, "ex_partner": victim, "prior_convictions": suspect}
    out = {}
    for name, share in FACTORS.items():
        rng = stream(seed, 0, f"bundle-factor-{name}")
        group = of.get(name)
        size = len(suspect) if group is None else int(group.max()) + 1
        drawn = chance(rng, share, size)
        out[name] = drawn if group is None else drawn[group]
    return out


def _outcomes(
    scenario: Scenario, factors: Mapping[str, Bools], suspect: Floats, seed: int
) -> tuple[Ints, Ints]:
    made = model(scenario)
    size = len(suspect)
    rng = stream(seed, 0, "bundle-outcomes")
    withdrawn = rng.random(size) < made.withdraw(factors, suspect)
    closed = ~withdrawn & (rng.random(size) < made.no_action(factors))
    left = 1.0 - scenario.withdraw - scenario.no_action
    shares = [scenario.charged, left - scenario.charged - scenario.open_for_ever, scenario.open_for_ever]
    rest = pick(rng, shares, size)
    became: Ints = np.where(withdrawn, WITHDRAWN, np.where(closed, NO_ACTION, rest + CHARGED)).astype(
        np.int64
    )
    day: Ints = np.full(size, -1, dtype=np.int64)
    for which, days in (
        (WITHDRAWN, withdrawal_days()),
        (NO_ACTION, no_action_days()),
        (CHARGED, charge_days()),
        (OTHER, closing_days(60.0, 365)),
    ):
        mine = became == which
        day[mine] = pick(stream(seed, 0, f"bundle-days-{which}"), days, int(mine.sum()))
    return became, day
