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
    gain = np.exp(-made.log_share(targets.stratum, targets.window, targets.x))
    on_log = _on_logs(made, targets, gain)
    factor = made.factors.factor
    on_factor = by_band(on_log * np.where(made.hazard < 1, made.log_kept, 0.0), band)
    slack = made.factors.slack
    back = -on_factor * factor / slack  # of what is expected of each factor
    risk = made.at_risk.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        on_hazard = np.where(
            made.hazard < 1, -(on_log * factor[:, band]).sum(axis=0) / (1 - made.hazard), 0.0
        )
    on_hazard = on_hazard + (back[:, band] * made.at_risk).sum(axis=0)
    each = np.divide(on_hazard, risk, out=np.zeros(seen.days), where=risk > 1e-9)
    here = np.where(seen.event, each[seen.at], 0.0) - seen.over((each * made.hazard)[None, :])
    pull = on_factor / slack
    here += np.where(seen.event, pull[seen.stratum, band[seen.at]], 0.0)
    here -= seen.over((pull * factor)[:, band] * made.hazard)
    if made.slopes is not None:
        here += _through_slopes(made, targets, gain, on_hazard, back)
    out = np.zeros(rows.size)
    out[rows] = here
    return out


def _on_logs(made: Fit, targets: Targets, gain: Floats) -> Floats:
    """Return what a change of each day's log does to the sum, (strata, days): all windows shorter than it."""
    seen, step = made.seen, made.seen.days + 1
    out = np.zeros((seen.strata, seen.days))
    cells = targets.stratum * step + np.minimum(targets.window, made.known_to) + 1
    for band in range(seen.slopes.size):
        weight = -gain * np.exp(seen.slopes[band] * targets.x)
        by_cell = np.bincount(cells, weights=weight, minlength=seen.strata * step).reshape(seen.strata, step)
        here = seen.band == band
        out[:, here] = np.cumsum(by_cell, axis=1)[:, : seen.days][:, here]
    return out


def _through_slopes(made: Fit, targets: Targets, gain: Floats, on_hazard: Floats, back: Floats) -> Floats:
    """Return what each row does through the slopes: its score residual over the information, band by band."""
    seen, slopes = made.seen, made.slopes
    assert slopes is not None
    risk, mean, _ = moments(seen)
    starts, together = seen.at_risk(1), risk.sum(axis=0)
    moved = np.divide(
        -made.hazard * starts.sum(axis=0), together, out=np.zeros(seen.days), where=together > 1e-9
    )
    expected = by_band(starts * made.hazard, seen.band)
    share = np.divide(seen.events(), risk, out=np.zeros_like(risk), where=risk > 1e-9)
    out = np.zeros(seen.at.size)
    at = np.minimum(targets.window, made.known_to)
    for band, slope in enumerate(slopes.value):
        part = made.tail_in(band)[targets.stratum, at]
        part = np.where(np.isfinite(part), part, 0.0)
        on_slope = float(-(gain * targets.x * np.exp(slope * targets.x) * part).sum())
        here = seen.band == band
        on_slope += float((on_hazard * moved)[here].sum()) + float((back * expected)[:, band].sum())
        own = seen.event & here[seen.at]
        residual = np.where(own, seen.x - mean[seen.stratum, seen.at], 0.0)
        only = np.where(here, share, 0.0)
        residual -= seen.x * seen.over(only) - seen.over(only * mean)
        out += on_slope * residual / slopes.information[band]
    return out
