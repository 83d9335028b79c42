"""After a Cox fit: does the effect hold over time, what is the baseline, how well does it rank?

Sources: Therneau and Grambsch, *Modeling Survival Data*, 2000, and R's ``cox.zph`` from survival 3 on (the
score test, not the older one on scaled residuals); Harrell's concordance as R's ``concordance``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotIdentified, OptionRefused
from lamplighter.statistics.arrays.linear_algebra import quadratic
from lamplighter.statistics.hazard_regression import risk_sets
from lamplighter.statistics.hazard_regression.cox import CoxFit, Test, chi_square
from lamplighter.statistics.hazard_regression.risk_sets import Pieces, RiskSets
from lamplighter.statistics.survival.concordance import Concordance, concordance
from lamplighter.statistics.survival.kaplan_meier import kaplan_meier

TRANSFORMS = ("km", "rank", "identity", "log")


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """Score tests that each coefficient does not change with time, and of all together."""

    names: tuple[str, ...]
    tests: tuple[Test, ...]
    overall: Test
    transform: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The cumulative baseline hazard at each event time, for a person whose covariates are all zero."""

    times: Floats
    stratum: Ints
    hazard: Floats


def _sets(fit: CoxFit) -> RiskSets:
    if fit.ties == "exact":
        raise OptionRefused("not defined for exact ties", array="ties", remedy="Fit with efron.")
    assert fit.model.sets is not None
    return fit.model.sets


def _pieces(sets: RiskSets, beta: Floats) -> Pieces:
    found = risk_sets.evaluate(sets, beta)
    assert found is not None  # the fit ended here
    return found[0]


def proportional_hazards(fit: CoxFit, transform: str = "km") -> ProportionalHazards:
    """Test proportional hazards against a coefficient that moves with ``km`` (1 minus Kaplan-Meier just
    before), ``rank``, ``identity`` or ``log`` of time.

    Raises:
        NotIdentified: an event at time 0 with ``log``, or all events at one time.
    """
    checks.choice(transform, TRANSFORMS, "transform")
    sets, model = _sets(fit), fit.model
    scale = _time_scale(fit, transform)
    g_rows = scale - scale[model.dead].mean()
    if not np.ptp(g_rows[model.dead]) > 0:
        raise NotIdentified("all events at one time", array="time", remedy="Time cannot be tested here.")
    g = g_rows[sets.event_row]
    pieces = _pieces(sets, fit.model.scaled_beta)
    p = len(fit.names)
    base = model.information
    once, twice = (_weighted_information(sets, pieces, g**power) for power in (1, 2))
    score = _weighted_score(sets, pieces, g)
    joint = np.block([[base, once], [once, twice]])
    tests = []
    for j in range(p):
        kept = [*range(p), p + j]
        u = np.zeros(p + 1)
        u[p] = score[j]
        tests.append(chi_square(quadratic(joint[np.ix_(kept, kept)], u), 1))
    overall = chi_square(quadratic(joint, np.concatenate([np.zeros(p), score])), p)
    return ProportionalHazards(fit.names, tuple(tests), overall, transform)


def _time_scale(fit: CoxFit, transform: str) -> Floats:
    time = fit.model.time
    if transform == "identity":
        return time
    if transform == "log":
        if (time[fit.model.dead] <= 0).any():
            raise NotIdentified("log of an event at time 0", array="time", remedy="Use another transform.")
        return np.asarray(np.log(np.maximum(time, np.finfo(np.float64).tiny)))
    if transform == "rank":
        _, inverse, counts = np.unique(time, return_inverse=True, return_counts=True)
        upto = np.cumsum(counts)
        return np.asarray((upto - (counts - 1) / 2)[inverse])
    curve = kaplan_meier(time, fit.model.dead, entry=fit.model.entry)  # weights left out, as R does
    before = np.concatenate([[1.0], curve.survival])
    return np.asarray(1 - before[np.searchsorted(curve.times, time, side="left")])


def _weighted_information(sets: RiskSets, pieces: Pieces, g: Floats) -> Floats:
    _, (a1, a2, b11, b12, b22) = risk_sets.death_sums(sets, pieces.s0, pieces.d0, g)
    outer = risk_sets.outer_part(pieces, b11, b12, b22)
    return risk_sets.second_moment(sets, pieces.risk, a1, a2) - outer


def _weighted_score(sets: RiskSets, pieces: Pieces, g: Floats) -> Floats:
    _, (a1, a2, *_rest) = risk_sets.death_sums(sets, pieces.s0, pieces.d0, g)
    dead_weight = sets.by_pattern(np.where(sets.dead, sets.w * g[sets.last], 0.0))
    return np.asarray(dead_weight @ sets.x - a1 @ pieces.s1 + a2 @ pieces.d1)


def baseline(fit: CoxFit) -> Baseline:
    """Return the cumulative baseline hazard (Efron's or Breslow's as the fit), R's ``basehaz(centered =
    FALSE)``.
    """
    sets = _sets(fit)
    pieces = _pieces(sets, fit.model.scaled_beta)
    middle = float(fit.model.scaled_beta @ (sets.centre / sets.scale))
    with np.errstate(over="ignore"):  # covariates of zero may lie a long way from anybody
        hazard = sets.within(pieces.a1) * np.exp(-middle)
    return Baseline(sets.event_times, sets.stratum_of_event, hazard)


def concordance_of(fit: CoxFit) -> Concordance:
    """Of the pairs whose order of events is known, the share that the fit's linear predictor ranks right."""
    model = fit.model
    score = model.covariates @ fit.coefficients
    return concordance(
        model.time, model.dead, score, entry=model.entry, weights=model.weights, strata=model.strata
    )


def predicted(fit: CoxFit, covariates: Any) -> Floats:
    """Return the linear predictor of new rows (n, p), not centred."""
    x = np.asarray(covariates, dtype=np.float64)
    return np.asarray(checks.columns(x, x.shape[0]) @ fit.coefficients)


def survival_of(fit: CoxFit, covariates: Any, days: Any) -> Floats:
    """Predicted chance of being free of the event at each of ``days``, (rows, days), without limits.

    NaN beyond the last day that anyone was followed. One stratum only.

    Raises:
        OptionRefused: the model has strata, each with its own baseline.
    """
    sets = _sets(fit)
    if np.unique(sets.stratum_of_event).size > 1:
        raise OptionRefused("several strata", array="fit", remedy="Use baseline(fit), a stratum at a time.")
    at = checks.times(np.atleast_1d(days), "days")
    x = np.asarray(covariates, dtype=np.float64)
    x = checks.columns(x, x.shape[0])
    grown = np.concatenate([[0.0], sets.within(_pieces(sets, fit.model.scaled_beta).a1)])
    hazard = grown[np.searchsorted(sets.event_times, at, side="right")]
    hazard[at > float(fit.model.time.max())] = np.nan
    # from the centre of the covariates, near which somebody is, and not from zero
    return np.asarray(np.exp(-np.exp((x - sets.centre) @ fit.coefficients)[:, None] * hazard))
