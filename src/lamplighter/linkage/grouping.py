"""Persons from pairs: more than connected components, and a pure function.

Inside each component of linked pairs, groups are joined best first while their
*profiles* agree: evidence about what a person keeps (name, birth date, sex) is
averaged over the pairs of records, evidence about what changes (telephone,
address, account) is taken at its best, and pairs that no link proposed are
scored too. So one strong false link cannot chain two persons whose other
records contradict each other. A person's decision comes before all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lamplighter.linkage.levels import comparisons

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LARGEST_GROUP = 250
NEVER = -1e6


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs as arrays: rows (n, 2), weights (n, c), whether compared (n, c), context bits (n,)."""

    pairs: Ints
    weights: Floats
    compared: npt.NDArray[np.bool_]
    context: Floats

    @property
    def total(self) -> Floats:
        """Log-odds in bits: shape (n,)."""
        return np.asarray(self.weights.sum(axis=1) + self.context)


def components(n: int, pairs: Ints) -> Ints:
    """Component number of each of ``n`` rows under ``pairs``."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def absent_pairs(n: int, linked: Ints, present: Ints) -> Ints:
    """Pairs inside the components of ``linked`` that ``present`` lacks; giants are left alone."""
    label = components(n, linked)
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(label[order]) > 0, True])
    wanted = []
    for a, b in pairwise(starts):
        if 2 < b - a <= LARGEST_GROUP:
            rows = np.sort(order[a:b])
            i, j = np.triu_indices(len(rows), 1)
            wanted.append(np.column_stack([rows[i], rows[j]]))
    if not wanted:
        return np.empty((0, 2), dtype=np.int64)
    every = np.concatenate(wanted)
    have = present[:, 0] * n + present[:, 1]
    return every[~np.isin(every[:, 0] * n + every[:, 1], have)]


def group(
    n: int,
    evidence: Evidence,
    *,
    link_at: float,
    must: Sequence[tuple[int, int]] = (),
    cannot: Sequence[tuple[int, int]] = (),
) -> Ints:
    """Group number of each of ``n`` rows.

    ``link_at`` is in bits of log-odds. ``must`` and ``cannot`` are pairs of rows
    that a person decided, or that cannot be one person; ``must`` comes first.
    """
    if n == 0:
        return np.empty(0, dtype=np.int64)
    total = evidence.total
    linked = evidence.pairs[total >= link_at]
    forced = np.asarray(must, dtype=np.int64).reshape(-1, 2)
    barred = np.asarray(cannot, dtype=np.int64).reshape(-1, 2)
    label = components(n, np.concatenate([linked, forced]))
    inside = label[evidence.pairs[:, 0]] == label[evidence.pairs[:, 1]]
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(label[evidence.pairs[rows, 0]], kind="stable")]
    owner = label[evidence.pairs[rows, 0]]
    # A component in which every pair is linked and nothing is barred needs no second look.
    size = np.bincount(label, minlength=int(label.max()) + 1)
    agreeing = np.bincount(owner, weights=(total[rows] >= link_at), minlength=len(size))
    hard = agreeing < size * (size - 1) / 2
    if len(barred):
        hard[label[barred[:, 0]]] = True
    hard &= size > 1
    result = label.copy()
    following = int(label.max()) + 1
    starts = np.searchsorted(owner, np.arange(len(size) + 1))
    must_of, cannot_of = _by_component(forced, label), _by_component(barred, label)
    order = np.argsort(label, kind="stable")
    first = np.searchsorted(label[order], np.arange(len(size) + 1))
    for c in np.flatnonzero(hard):
        members = np.sort(order[first[c] : first[c + 1]])
        local = {int(row): i for i, row in enumerate(members)}
        chosen = rows[starts[c] : starts[c + 1]]
        parts = _agglomerate(
            members, chosen, evidence, link_at,
            [(local[a], local[b]) for a, b in must_of.get(int(c), [])],
            [(local[a], local[b]) for a, b in cannot_of.get(int(c), []) if a in local and b in local],
        )  # fmt: skip
        for part in range(1, int(parts.max()) + 1):
            result[members[parts == part]] = following
            following += 1
    return result


def _by_component(pairs: Ints, label: Ints) -> Mapping[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for a, b in pairs:
        if label[a] == label[b]:
            found.setdefault(int(label[a]), []).append((int(a), int(b)))
    return found


_STABLE = np.array([c.stable for c in comparisons()])


def _agglomerate(
    members: Ints,
    chosen: Ints,
    evidence: Evidence,
    link_at: float,
    must: list[tuple[int, int]],
    cannot: list[tuple[int, int]],
) -> Ints:
    k = len(members)
    if k > LARGEST_GROUP:
        return _tightened(members, chosen, evidence, link_at, must, cannot)
    c = evidence.weights.shape[1]
    total_w, count = np.zeros((k, k, c)), np.zeros((k, k, c))
    best, context = np.full((k, k, c), NEVER), np.full((k, k), NEVER)
    i = np.searchsorted(members, evidence.pairs[chosen, 0])
    j = np.searchsorted(members, evidence.pairs[chosen, 1])
    w, some = evidence.weights[chosen], evidence.compared[chosen]
    for a, b in ((i, j), (j, i)):
        total_w[a, b], count[a, b] = w, some
        best[a, b] = np.where(some, w, NEVER)
        context[a, b] = evidence.context[chosen]
    barred = np.zeros((k, k), dtype=bool)
    for a, b in cannot:
        barred[a, b] = barred[b, a] = True
    alive = np.ones(k, dtype=bool)
    label = np.arange(k)

    def join(a: int, b: int) -> None:
        for x, reduce in ((total_w, np.add), (count, np.add), (best, np.maximum), (context, np.maximum)):
            x[a] = reduce(x[a], x[b])
            x[:, a] = x[a]
        barred[a] |= barred[b]
        barred[:, a] = barred[a]
        alive[b] = False
        label[label == b] = a

    for a, b in must:
        a, b = int(label[a]), int(label[b])
        if a != b:
            join(min(a, b), max(a, b))
    while alive.sum() > 1:
        live = np.flatnonzero(alive)
        at = np.ix_(live, live)
        n = count[at]
        mean = np.divide(total_w[at], n, out=np.zeros_like(n), where=n > 0)
        top = np.where(n > 0, best[at], 0.0)
        score = np.where(_STABLE, mean, top).sum(axis=2) + context[at]
        score[barred[at]] = NEVER
        np.fill_diagonal(score, NEVER)
        found = int(np.argmax(score))
        a, b = sorted((int(live[found // len(live)]), int(live[found % len(live)])))
        if score.flat[found] < link_at:
            break
        join(a, b)
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _tightened(
    members: Ints,
    chosen: Ints,
    evidence: Evidence,
    link_at: float,
    must: list[tuple[int, int]],
    cannot: list[tuple[int, int]],
) -> Ints:
    """A giant is cut at a higher bar first, and its pieces are grouped as any other."""
    pairs = np.searchsorted(members, evidence.pairs[chosen])
    part = Evidence(pairs, evidence.weights[chosen], evidence.compared[chosen], evidence.context[chosen])
    higher = max(link_at + 4.0, link_at * 1.5)
    if higher > 60:
        return components(len(members), np.asarray(must, dtype=np.int64).reshape(-1, 2))
    return group(len(members), part, link_at=higher, must=must, cannot=cannot)
