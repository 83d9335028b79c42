"""Does a score rank who has the event sooner? Harrell's concordance, counted exactly in n log n.

A pair counts when it is known who came first: one had the event while the other was at risk and stayed free
for longer (a person censored on the day of the event counts as longer). Two events on one day do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData
from lamplighter.statistics.arrays.pandas_rows import rows_alike


@dataclass(frozen=True, slots=True)
class Concordance:
    """``index`` is (concordant + half the tied) over all pairs that count; counts are weighted pairs."""

    index: float
    concordant: float
    discordant: float
    tied: float


@rows_alike
def concordance(
    time: Any, event: Any, score: Any, *, entry: Any = None, weights: Any = None, strata: Any = None
) -> Concordance:
    """Count the pairs. A higher ``score`` (n,) should mean a sooner event.

    Raises:
        NotEnoughData: no pair can be ordered.
    """
    t = checks.times(time)
    dead = checks.binary(event, "event", length=t.size)
    value = checks.numbers(score, "score", length=t.size)
    start = None if entry is None else checks.entries(entry, t)
    w = checks.weights(weights, t.size)
    zeros = np.zeros(t.size, dtype=np.int64)
    groups = zeros if strata is None else checks.labels(strata, "strata", length=t.size)[0]
    below = equal = above = 0.0
    for g in range(int(groups.max()) + 1 if t.size else 0):
        part = groups == g
        found = _count(t[part], dead[part], value[part], None if start is None else start[part], w[part])
        below, equal, above = below + found[0], equal + found[1], above + found[2]
    pairs = below + equal + above
    if not pairs > 0:
        raise NotEnoughData("no pair can be ordered", array="event", remedy="At least one event is needed.")
    return Concordance((below + equal / 2) / pairs, below, above, equal)


def _count(
    t: Floats, dead: Bools, value: Floats, entry: Floats | None, w: Floats
) -> tuple[float, float, float]:
    """Weighted pairs (concordant, tied in score, discordant): the longer free has the lower, same, higher."""
    levels, rank = np.unique(value, return_inverse=True)
    rank = rank.reshape(-1).astype(np.int64)
    cases = np.flatnonzero(dead)
    # latest first; at one time the censored, who stay free longer, before the events
    order = np.lexsort((dead, -t))
    longer = np.searchsorted(-t[order] + 0.0, -t[cases], side="left")
    censored_here = np.searchsorted(np.sort(t[~dead]), t[cases], side="right") - np.searchsorted(
        np.sort(t[~dead]), t[cases], side="left"
    )
    longer = longer + censored_here
    low, same = _prefix_below(rank[order], w[order], longer, rank[cases], levels.size)
    total = np.concatenate([[0.0], np.cumsum(w[order])])[longer]
    if entry is not None:  # those who were not yet under observation
        order = np.argsort(-entry, kind="stable")
        late = np.searchsorted(-entry[order], -t[cases], side="right")
        late_low, late_same = _prefix_below(rank[order], w[order], late, rank[cases], levels.size)
        low, same = low - late_low, same - late_same
        total = total - np.concatenate([[0.0], np.cumsum(w[order])])[late]
    weight = w[cases]
    return float(weight @ low), float(weight @ same), float(weight @ (total - low - same))


def _prefix_below(rank: Ints, w: Floats, upto: Ints, level: Ints, levels: int) -> tuple[Floats, Floats]:
    """For each query, the weight among the first ``upto`` elements with rank below, and equal to, ``level``.

    A wavelet matrix: the elements are split by one bit of their rank at a time, highest first, and each query
    keeps track of where its prefix and its level have gone.
    """
    low = np.zeros(level.size)
    begin, end = np.zeros(level.size, dtype=np.int64), upto.astype(np.int64)
    for bit in range(max(int(levels - 1).bit_length(), 1) - 1, -1, -1):
        one = (rank >> bit) & 1 == 1
        zeros = np.concatenate([[0], np.cumsum(~one)])
        zero_weight = np.concatenate([[0.0], np.cumsum(np.where(one, 0.0, w))])
        goes_up = (level >> bit) & 1 == 1
        low += np.where(goes_up, zero_weight[end] - zero_weight[begin], 0.0)
        split = zeros[-1]
        begin = np.where(goes_up, split + begin - zeros[begin], zeros[begin])
        end = np.where(goes_up, split + end - zeros[end], zeros[end])
        new = np.concatenate([np.flatnonzero(~one), np.flatnonzero(one)])
        rank, w = rank[new], w[new]
    running = np.concatenate([[0.0], np.cumsum(w)])
    return low, running[end] - running[begin]
