"""Find the connected components of rows under pairs of rows, and the pairs that a component leaves out."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lamplighter.linkage.arrays.pair_ids import packed, unpacked
from lamplighter.linkage.arrays.row_order import Rows, among, ordered

LARGEST_GROUP = 500
_FEW_ROWS = 64


def components(n: int, left: Rows, right: Rows) -> Rows:
    """Component number of each of ``n`` rows under pairs of rows."""
    if n <= _FEW_ROWS:
        return _few_components(n, left.tolist(), right.tolist())
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _few_components(n: int, left: list[int], right: list[int]) -> Rows:
    """Return the same for few rows, which are told apart faster than a matrix is made; in the same order."""
    label = list(range(n))
    for a, b in zip(left, right, strict=True):
        x, y = label[a], label[b]
        if x != y:
            x, y = min(x, y), max(x, y)
            label = [x if v == y else v for v in label]
    number: dict[int, int] = {}
    return np.array([number.setdefault(v, len(number)) for v in label], dtype=np.int64)


def members_of(label: Rows) -> tuple[Rows, Rows, Rows]:
    """Rows in order of their label, where each label starts, and how many rows it has."""
    sizes = np.bincount(label)
    starts = np.cumsum(sizes) - sizes
    order = np.empty(len(label), dtype=np.int64)
    # Most rows of a large table are the only ones of their label, whose place is known.
    alone = sizes.take(label) == 1
    rows, several = np.flatnonzero(alone), np.flatnonzero(~alone)
    order[starts.take(label.take(rows))] = rows
    # A label and its row are sorted as one number.
    bits = max(len(label), 1).bit_length()
    both = ordered(label.take(several) << bits | several)
    order[np.repeat(sizes > 1, sizes)] = both & ((1 << bits) - 1)
    there = sizes > 0
    return order, starts[there], sizes[there]


def absent_pairs(label: Rows, left: Rows, right: Rows, giants: float = 0.0) -> tuple[Rows, Rows]:
    """Pairs of rows of one label that are not among ``left``, ``right``. Giants are left alone, but for the
    smallest of them, as many as have no more than ``giants`` pairs together."""
    order, starts, sizes = members_of(label)
    n = len(label)
    wanted: list[Rows] = []
    large = np.sort(sizes[sizes > LARGEST_GROUP])
    within = np.cumsum(large * (large - 1) / 2) <= giants
    most = max(int(large[within].max(initial=0)), LARGEST_GROUP)
    for size in np.unique(sizes[(sizes > 2) & (sizes <= most)]):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        i, j = np.triu_indices(int(size), 1)
        wanted.append(packed(rows[:, i], rows[:, j], n).ravel())
    if not wanted:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    inside = label[left] == label[right]
    have = ordered(packed(left[inside], right[inside], n))
    every = np.concatenate(wanted)
    return unpacked(every[~among(every, have)], n)
