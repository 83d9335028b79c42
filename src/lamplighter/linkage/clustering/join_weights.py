"""Work out how well the records of one cluster came together, pair by pair.

A group is made by joining what fits best first (:mod:`clustering.agglomeration`). Two records came
together when the groups that they were in by then were joined: the score of that is what all of their records
say of the two, and not only these two themselves. The last that was joined, and fits worst, is the likeliest
to belong elsewhere (the cophenetic similarity; Sokal and Rohlf, 1962).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.components import LARGEST_GROUP, members_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering.agglomeration import DECIDED, OneSize, of_one_size
from lamplighter.linkage.clustering.profiles import Grounds

Bits = npt.NDArray[np.float64]


def joins(label: Rows, evidence: Grounds) -> Bits:
    """Bits of the join that brought the records of each pair together: (n,).

    Nothing (nan) is said of pairs of different groups, of groups of two, whose join is their own pair, and of
    groups too large to be looked at whole.
    """
    order, starts, sizes = members_of(label)
    place = np.empty(len(label), dtype=np.int64)
    place[order] = np.arange(len(label)) - np.repeat(starts, sizes)
    number = np.empty(len(label), dtype=np.int64)
    number[order] = np.repeat(np.arange(len(sizes)), sizes)
    found = np.full(len(evidence.left), np.nan)

    def join(some: OneSize) -> None:
        profiles = some.profiles(number, place, evidence)
        met = np.full(profiles.said.shape, np.nan)
        profiles.joined(-DECIDED, met)
        a, b = evidence.left[some.pairs], evidence.right[some.pairs]
        found[some.pairs] = met[some.slot(number[a]), place[a], place[b]]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(join, of_one_size(number, sizes, (sizes > 2) & (sizes <= LARGEST_GROUP), evidence)))
    return found


def agreed(label: Rows, evidence: Grounds, own: Bits) -> Bits:
    """Return what the records of a group add to the log-odds ``own`` (n,) of the first n pairs of
    ``evidence``: (n,) bits, none of them less than 0.

    What a pair says by itself is but a part of what is known of it: where somebody has ten records, the two
    that differ most are of one person as the others are. So two records of a person are believed as the join
    is that brought them together and as they are by themselves: their odds are those of the one and of the
    other.
    """
    met = joins(label, evidence)[: len(own)]
    return np.where(np.isnan(met), 0.0, np.logaddexp2(own, np.nan_to_num(met)) - own)
