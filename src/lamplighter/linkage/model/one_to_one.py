"""Set two records that fit one record against each other where a source holds nobody twice: both cannot be
right.

A table says which source each of its records is of. Where fitting finds (nearly) no repeats within a
source, each record of another source has at most one match there, and the candidates compete. For a pair
(i, j), with odds w of each pair and the other candidates of both records as rivals,

    odds = w free(i without j) free(j without i),  free(i without j) = 1 / (1 + sum over rivals k of
                                                                            w(i, k) free(k without i))

after the odds are put right for records that are already spoken for (of which there are as many as
matches). A rival that has a better match itself takes little away: so the sums are worked out again and again
until they stand (belief propagation for matchings, as in Bayati, Gamarnik, Katz, Nair and Tetali, 2007).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.model.sources import Sources

Bits = npt.NDArray[np.float64]
MOST_REPEATS = 0.02
"""A source in which a smaller share of records have a repeat holds nobody twice."""
MOST_SPOKEN_FOR = 0.95
MOST_BITS = 30.0
"""Odds are cut off here, or a rival's would be lost beside them."""
ROUNDS = 40


def without_repeats(sources: Sources, groups: npt.NDArray[np.int64], bits: Bits) -> npt.NDArray[np.bool_]:
    """Tell which sources hold nobody twice, by the matches expected within each: (s,)."""
    s = len(sources.names)
    counts = np.bincount(sources.codes, minlength=s)
    matches = np.bincount(groups, weights=probability_of(bits), minlength=s * s)
    return np.asarray((matches[np.arange(s) * (s + 1)] <= MOST_REPEATS * counts) & (counts > 0) & (s > 1))


def competing(sources: Sources, left: Rows, right: Rows, bits: Bits) -> Bits:
    """Return what the rivals of each pair add to its log-odds ``bits``: zero or less as a rule, shape
    (n,)."""
    s = len(sources.names)
    if s < 2:
        return np.zeros(len(bits))
    groups = sources.groups(left, right)
    single = without_repeats(sources, groups, bits)
    change = np.zeros(len(bits))
    counts = np.bincount(sources.codes, minlength=s).astype(np.float64)
    matches = np.bincount(groups, weights=probability_of(bits), minlength=s * s)
    for group in np.unique(groups):
        a, b = divmod(int(group), s)
        if a == b or not (single[a] or single[b]):
            continue
        at = np.flatnonzero(groups == group)
        of_a = np.where(sources.codes[left[at]] == a, left[at], right[at])
        of_b = left[at] + right[at] - of_a
        before = np.clip(bits[at], -MOST_BITS, MOST_BITS)
        odds = np.exp2(before)
        for other, single_there in ((a, single[b]), (b, single[a])):
            if single_there:
                odds /= 1 - min(matches[group] / counts[other], MOST_SPOKEN_FOR)
        free = _free(odds, of_a, of_b, one_of_a=single[b], one_of_b=single[a])
        change[at] = np.log2(odds * free) - before
    return change


def _free(odds: Bits, of_a: Rows, of_b: Rows, *, one_of_a: bool, one_of_b: bool) -> Bits:
    """Tell how likely it is that neither record of each pair, with these ``odds``, has another match: (n,).

    ``one_of_a``: whether records of a have one match in b at most.
    """
    n = int(max(of_a.max(), of_b.max())) + 1
    a_free, b_free = np.ones(len(odds)), np.ones(len(odds))
    for _ in range(ROUNDS):
        held_a, held_b = a_free, b_free
        if one_of_a:
            taken = odds * held_b
            a_free = np.sqrt(held_a / (1 + np.maximum(np.bincount(of_a, taken, n)[of_a] - taken, 0.0)))
        if one_of_b:
            taken = odds * held_a
            b_free = np.sqrt(held_b / (1 + np.maximum(np.bincount(of_b, taken, n)[of_b] - taken, 0.0)))
    return np.asarray(a_free * b_free)
