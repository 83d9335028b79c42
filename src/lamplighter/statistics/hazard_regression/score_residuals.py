"""Score residuals of a Cox model, added up by cluster: one extra pass over the rows."""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.hazard_regression import risk_sets
from lamplighter.statistics.hazard_regression.risk_sets import RiskSets
from lamplighter.statistics.survival.timeline import sums


def cluster_scores(sets: RiskSets, beta: Floats, clusters: Ints, count: int) -> Floats:
    """Weighted score residuals summed over each cluster's rows, (clusters, p), in the scaled columns' units.

    A row's residual is its column less the risk set's mean at its own event (averaged over the steps of
    Efron's ties), less the same differences times the hazard it lived through.
    """
    found = risk_sets.evaluate(sets, beta)
    assert found is not None  # the fit ended here
    pieces = found[0]
    p = beta.size
    s1, d1 = pieces.s1, pieces.d1
    hazard = sets.within(pieces.a1)
    exposure = np.empty(sets.w.size)
    for part in sets.blocks():
        exposure[part] = pieces.risk[part] * risk_sets.stay_weight(sets, hazard, pieces.a2, part)
    # per event time (m, p): means times hazard run up so far, the share of it that Efron spares the deaths,
    # and the mean at the event itself; a1 and a2 carry the deaths' weight
    drift = sets.within(pieces.b11[:, None] * s1 - pieces.b12[:, None] * d1)
    spared = pieces.b12[:, None] * s1 - pieces.b22[:, None] * d1
    mean_a1, mean_a2 = pieces.a1 / sets.death_weight, pieces.a2 / sets.death_weight
    means = mean_a1[:, None] * s1 - mean_a2[:, None] * d1
    owner = clusters[sets.order]
    out = np.empty((count, p))
    residual = np.empty(sets.w.size)
    for j in range(p):
        run, less, mean = (np.ascontiguousarray(table[:, j]) for table in (drift, spared, means))
        for part in sets.blocks():
            x, risk, last = sets.x[j, part], pieces.risk[part], sets.last[part]
            own = sets.w[part] * (x - mean[last]) - risk * less[last]
            residual[part] = risk * sets.stay(run, part) - x * exposure[part] + own * sets.dead[part]
        out[:, j] = sums(owner, residual, count)
    return out
