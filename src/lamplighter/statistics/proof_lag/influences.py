"""Say what each person does to an estimate: the infinitesimal jackknife, without leaving anybody out.

An estimate adds up 1 / share over those seen. The share depends on the hazards, they on who is proven and who
is at risk on each day, on the factors of strata and on the slope of a drift. The derivatives are followed
back once, from the estimate to each of these (as in reverse differentiation); then each person's part is read
from running sums. The strength by which small strata are drawn towards all is taken as known.

Source: Jaeckel, Bell Laboratories memorandum 1972; Lin and Wei, JASA 1989 (the score residuals of the slope).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.statistics.arrays.checks import Bools, Floats, Ints
from lamplighter.statistics.proof_lag.counts import Seen
from lamplighter.statistics.proof_lag.delays import Fit
from lamplighter.statistics.proof_lag.drift import moments
from lamplighter.statistics.proof_lag.factors import by_band


@dataclass(frozen=True, slots=True)
class Targets:
    """Those seen who are added up: each with its stratum, window and start."""

    stratum: Ints
    window: Ints
    x: Floats


def model_influences(made: Fit, targets: Targets, rows: Bools) -> Floats:
    """Return what each row behind the delays does to the sum of 1 / share, through the shares alone.

    ``rows`` says which rows given to the fit were used for it: the others do nothing.
    """
    seen, band = made.seen, made.factors.band
    logs = made.log_share(targets.stratum, targets.window, targets.x)
    gain = np.exp(-logs)
    safe = np.where(made.hazard < 1, made.log_kept, 0.0)
    open_still = targets.window < made.known_to
    pull = np.ones(gain.size) if made.slope is None else np.exp(made.slope.value * targets.x)
    cells = targets.stratum * (seen.days + 1) + np.minimum(targets.window, made.known_to) + 1
    by_cell = np.bincount(
        cells[open_still], weights=-(gain * pull)[open_still], minlength=seen.strata * (seen.days + 1)
    ).astype(np.float64)
    # What a change of each day's log does to the sum, stratum by stratum: all windows shorter than the day.
    on_log = np.cumsum(by_cell.reshape(seen.strata, seen.days + 1), axis=1)[:, : seen.days]
    factor = made.factors.factor[:, band]
    on_factor = by_band(on_log * safe, band)
    slack = made.factors.slack
    back = -on_factor * made.factors.factor / slack  # of what is expected
    risk = made.at_risk.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        on_hazard = np.where(made.hazard < 1, -(on_log * factor).sum(axis=0) / (1 - made.hazard), 0.0)
    on_hazard = on_hazard + (back[:, band] * made.at_risk).sum(axis=0)
    here = np.zeros(rows.size)
    here[rows] = _through_hazards(seen, made, on_hazard, risk) + _through_factors(
        seen, made, on_factor / slack
    )
    if made.slope is not None:
        direct = float(-(gain * targets.x * np.where(np.isfinite(logs), logs, 0.0)).sum())
        starts = seen.at_risk(1)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.where(risk > 1e-9, -made.hazard * starts.sum(axis=0) / risk, 0.0)
        expected = by_band(starts * made.hazard, band)
        on_slope = direct + float((on_hazard * moved).sum()) + float((back * expected).sum())
        here[rows] += on_slope * _of_slope(seen, made.slope.value) / made.slope.information
    return here


def _through_hazards(seen: Seen, made: Fit, on_hazard: Floats, risk: Floats) -> Floats:
    each = np.divide(on_hazard, risk, out=np.zeros(seen.days), where=risk > 1e-9)
    upto = np.concatenate([[0.0], np.cumsum(each * made.hazard)])
    return np.asarray(
        np.where(seen.event, each[seen.at], 0.0) - seen.weight * (upto[seen.high + 1] - upto[seen.low])
    )


def _through_factors(seen: Seen, made: Fit, each: Floats) -> Floats:
    band, factor = made.factors.band, made.factors.factor
    upto = np.zeros((seen.strata, seen.days + 1))
    np.cumsum((each * factor)[:, band] * made.hazard, axis=1, out=upto[:, 1:])
    own = np.where(seen.event, each[seen.stratum, band[seen.at]], 0.0)
    return np.asarray(own - seen.weight * (upto[seen.stratum, seen.high + 1] - upto[seen.stratum, seen.low]))


def _of_slope(seen: Seen, slope: float) -> Floats:
    risk, mean, _ = moments(seen, slope)
    share = np.divide(seen.events(), risk, out=np.zeros_like(risk), where=risk > 1e-9)

    def between(values: Floats) -> Floats:
        upto = np.zeros((seen.strata, seen.days + 1))
        np.cumsum(values, axis=1, out=upto[:, 1:])
        return np.asarray(upto[seen.stratum, seen.high + 1] - upto[seen.stratum, seen.low])

    own = np.where(seen.event, seen.x - mean[seen.stratum, seen.at], 0.0)
    return np.asarray(own - seen.weight * (seen.x * between(share) - between(share * mean)))
