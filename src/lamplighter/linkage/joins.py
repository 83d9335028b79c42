"""How well the records of one group came together, pair by pair.

A group is made by joining what fits best first (:mod:`lamplighter.linkage.grouping`). Two records came
together when the groups that they were in by then were joined: the score of that is what all of their records
say of the two, and not only these two themselves. The last that was joined, and fits worst, is the likeliest
to belong elsewhere (the cophenetic similarity; Sokal and Rohlf, 1962).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.coded import Rows
from lamplighter.linkage.grouping import (
    CELLS_AT_ONCE,
    DECIDED,
    LARGEST_GROUP,
    Evidence,
    Profiles,
    members_of,
)

Bits = npt.NDArray[np.float64]


def joins(label: Rows, evidence: Evidence) -> Bits:
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
    size_of = sizes[number[evidence.left]]
    wanted = (label[evidence.left] == label[evidence.right]) & (size_of > 2) & (size_of <= LARGEST_GROUP)
    within = np.flatnonzero(wanted)
    parts = evidence.bars.shape[1]
    for size in np.unique(size_of[within]):
        which = np.unique(number[evidence.left[within[size_of[within] == size]]])
        many = max(1, len(which) * int(size) ** 2 * parts // CELLS_AT_ONCE)
        for chunk in np.array_split(which, many):
            slot = np.full(len(sizes), -1, dtype=np.int64)
            slot[chunk] = np.arange(len(chunk))
            at = within[slot[number[evidence.left[within]]] >= 0]
            own = slot[number[evidence.left[at]]], place[evidence.left[at]], place[evidence.right[at]]
            profiles = Profiles(len(chunk), int(size), evidence.lasting)
            profiles.fill(*own, evidence.of(at))
            met = np.full((len(chunk), int(size), int(size)), np.nan)
            profiles.joined(-DECIDED, met)
            found[at] = met[own]
    return found
