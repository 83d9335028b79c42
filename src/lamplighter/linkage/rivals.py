"""Where a source holds nobody twice, two records that fit one record cannot both be right.

A table says which source each of its records is of. Where fitting finds (nearly) no repeats within a
source, each record of another source has at most one match there, and the candidates compete. For a pair
(i, j), with odds w of each pair and the other candidates of both records as rivals,

    odds = w / ((1 + sum of the odds of i's other candidates) (1 + sum of the odds of j's others))

after the odds are put right for records that are already spoken for (of which there are as many as
matches). The same correction as the first message of belief propagation for matchings.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.coded import Rows
from lamplighter.linkage.fitting import Sources, probability

Bits = npt.NDArray[np.float64]
MOST_REPEATS = 0.02
"""A source in which a smaller share of records have a repeat holds nobody twice."""
MOST_SPOKEN_FOR = 0.95


def without_repeats(sources: Sources, groups: npt.NDArray[np.int64], bits: Bits) -> npt.NDArray[np.bool_]:
    """Which sources hold nobody twice, by the matches expected within each: (s,)."""
    s = len(sources.names)
    counts = np.bincount(sources.codes, minlength=s)
    matches = np.bincount(groups, weights=probability(bits), minlength=s * s)
    return np.asarray((matches[np.arange(s) * (s + 1)] <= MOST_REPEATS * counts) & (counts > 0) & (s > 1))


def competing(sources: Sources, left: Rows, right: Rows, bits: Bits) -> Bits:
    """What the rivals of each pair add to its log-odds ``bits``: zero or less as a rule, shape (n,)."""
    s, n = len(sources.names), len(sources.codes)
    if s < 2:
        return np.zeros(len(bits))
    groups = sources.groups(left, right)
    single = without_repeats(sources, groups, bits)
    change = np.zeros(len(bits))
    counts = np.bincount(sources.codes, minlength=s).astype(np.float64)
    matches = np.bincount(groups, weights=probability(bits), minlength=s * s)
    for group in np.unique(groups):
        a, b = divmod(int(group), s)
        if a == b or not (single[a] or single[b]):
            continue
        at = np.flatnonzero(groups == group)
        of_a = np.where(sources.codes[left[at]] == a, left[at], right[at])
        of_b = left[at] + right[at] - of_a
        odds = np.exp2(np.clip(bits[at], -60, 60))
        for other, single_there in ((a, single[b]), (b, single[a])):
            if single_there:
                odds /= 1 - min(matches[group] / counts[other], MOST_SPOKEN_FOR)
        result = np.log2(odds)
        for mine, single_there in ((of_a, single[b]), (of_b, single[a])):
            if single_there:
                rivals = np.bincount(mine, weights=odds, minlength=n)[mine] - odds
                result -= np.log2(1 + np.maximum(rivals, 0.0))
        change[at] = result - np.clip(bits[at], -60, 60)
    return change
