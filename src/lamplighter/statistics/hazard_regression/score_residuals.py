"""Score residuals of a Cox model: one extra pass over the cells of rows that are alike."""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.hazard_regression import risk_sets
from lamplighter.statistics.hazard_regression.risk_sets import RiskSets


def score_residuals(sets: RiskSets, beta: Floats) -> Floats:
    """Weighted score residual of a row of each cell, (cells, p), in the scaled columns' units.

    A row's residual is its column less the risk set's mean at its own event (averaged over the steps of
    Efron's ties), less the same differences times the hazard it lived through.
    """
    found = risk_sets.evaluate(sets, beta)
    assert found is not None  # the fit ended here
    pieces = found[0]
    s1, d1 = pieces.s1, pieces.d1
    # of one row of a cell
    risk, weight = pieces.risk / sets.n, sets.w / sets.n
    exposure = risk * risk_sets.stay_weight(sets, sets.within(pieces.a1), pieces.a2)
    # per event time (m, p): means times hazard run up so far, the share of it that Efron spares the deaths,
    # and the mean at the event itself; a1 and a2 carry the deaths' weight
    drift = sets.within(pieces.b11[:, None] * s1 - pieces.b12[:, None] * d1)
    spared = pieces.b12[:, None] * s1 - pieces.b22[:, None] * d1
    mean_a1, mean_a2 = pieces.a1 / sets.death_weight, pieces.a2 / sets.death_weight
    means = mean_a1[:, None] * s1 - mean_a2[:, None] * d1
    out = np.empty((sets.n.size, beta.size))
    for j in range(beta.size):
        run, less, mean = (np.ascontiguousarray(table[:, j]) for table in (drift, spared, means))
        x = sets.x[sets.pattern, j]
        own = weight * (x - mean[sets.last]) - risk * less[sets.last]
        out[:, j] = risk * sets.stay(run) - x * exposure + own * sets.dead
    return out
