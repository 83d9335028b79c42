"""Draw whole partitions: what the persons of the country might be as well, from what is believed of pairs.

A study that counts earlier allegations on one partition takes every uncertain link for a fact. So about
twenty are drawn. A draw goes the way of the clustering: groups are looked at best first, and each join is
made with the probability that is believed of it (the mean log-odds of the pairs of the two groups, which is
what the belief in a pair rests on as well). What was refused stays refused in that draw. Decisions are kept
and what cannot be one person never is, in every draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.components import components, members_of
from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.row_order import Rows, numbered

Bits = npt.NDArray[np.float64]
DRAWS = 20
SURE, UNLIKELY = 0.998, 0.01
"""Pairs that are surer are drawn as one, and pairs that are less likely are not drawn together."""
MOST_DRAWN = 300
"""A larger component is cut where it is weakest before it is drawn."""
_SAID = 200.0
_SEED = 20261201


@dataclass(frozen=True, slots=True)
class Beliefs:
    """``n`` things that may be one person, and what is believed of pairs of them: ``left``, ``right`` and the
    log-odds in ``bits`` (m,); ``must`` and ``cannot`` (k, 2): what people decided, or what cannot be.
    ``base`` (n,): which person each is of in the one partition that is published."""

    n: int
    left: Rows
    right: Rows
    bits: Bits
    must: Rows
    cannot: Rows
    base: Rows


def drawn(beliefs: Beliefs, draws: int = DRAWS, seed: int = _SEED) -> Iterator[tuple[int, Rows, Rows]]:
    """Yield for each draw, counted from 1, the things whose person differs from ``base``, and their person:
    that of most of the things that they are with, or a new number from ``n`` on for whoever is nobody's."""
    pieces = list(_pieces(beliefs))
    for draw in range(1, draws + 1):
        rng = np.random.default_rng([seed, draw])
        rows, persons, fresh = [], [], beliefs.n
        for piece in pieces:
            label = piece.draw(rng)
            person, fresh = _called(label, beliefs.base[piece.rows], fresh)
            changed = person != beliefs.base[piece.rows]
            rows.append(piece.rows[changed])
            persons.append(person[changed])
        every = np.concatenate([np.empty(0, np.int64), *rows])
        order = np.argsort(every, kind="stable")
        yield draw, every[order], np.concatenate([np.empty(0, np.int64), *persons])[order]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Things that may hang together: ``rows`` (r,), the ``node`` (r,) of each, things that are one for sure,
    and the pairs of nodes with the log-odds of all of their things, added up, and how many these are."""

    rows: Rows
    node: Rows
    sums: Bits
    counts: Bits
    said: Bits

    def draw(self, rng: np.random.Generator) -> Rows:
        """Return the group of each of the rows in one draw."""
        k = len(self.sums)
        if k == 2:
            together = self.counts[0, 1] > 0 and rng.random() < _chance(
                self.sums[0, 1] / self.counts[0, 1] + self.said[0, 1]
            )
            return np.zeros(len(self.rows), np.int64) if together else self.node
        sums, counts, said = self.sums.copy(), self.counts.copy(), self.said.copy()
        label, live = np.arange(k), np.ones(k, dtype=bool)
        least = bits_of(UNLIKELY)
        while True:
            mean = np.divide(sums, counts, out=np.full_like(sums, -np.inf), where=counts > 0) + said
            mean[~live] = mean[:, ~live] = -np.inf
            a, b = np.unravel_index(int(mean.argmax()), mean.shape)
            if not mean[a, b] > least:
                return np.asarray(label[self.node])
            if rng.random() >= _chance(mean[a, b]):
                said[a, b] = said[b, a] = -2 * _SAID
                continue
            a, b = min(a, b), max(a, b)
            for matrix in (sums, counts, said):
                matrix[a] += matrix[b]
                matrix[:, a] = matrix[a]
                matrix[a, a] = 0.0
            live[b] = False
            label[label == label[b]] = label[a]


def _chance(bits: float) -> float:
    return float(1.0 / (1.0 + 2.0 ** -min(max(bits, -100.0), 100.0)))


def _pieces(beliefs: Beliefs) -> Iterator[_Piece]:
    """Yield what hangs together and is not sure."""
    n, left, right, bits = beliefs.n, beliefs.left, beliefs.right, beliefs.bits
    barred = _inside(left, right, beliefs.cannot, n)
    sure = (bits >= bits_of(SURE)) & (beliefs.base[left] == beliefs.base[right]) & ~barred
    tied = _tied(beliefs, sure)
    node = numbered(components(n, *tied))[1].astype(np.int64)
    # What two nodes that must not be one have in common was never sure.
    whole = int(node.max(initial=-1)) + 1
    likely = (bits >= bits_of(UNLIKELY)) & ~barred
    label = _small_enough(whole, node[left], node[right], bits, likely)
    own = label[node]
    several = np.bincount(own[_first_rows(node)], minlength=int(own.max(initial=-1)) + 1) > 1
    order, starts, sizes = members_of(own)
    pair_of = own[left]
    inside = np.flatnonzero((pair_of == own[right]) & (node[left] != node[right]) & several[pair_of])
    inside = inside[np.argsort(pair_of[inside], kind="stable")]
    upto = np.searchsorted(pair_of[inside], np.arange(len(sizes) + 1))
    apart = beliefs.cannot[own[beliefs.cannot[:, 0]] == own[beliefs.cannot[:, 1]]]
    barred_of: dict[int, list[int]] = {}
    for i, group in enumerate(own[apart[:, 0]].tolist()):
        barred_of.setdefault(group, []).append(i)
    for group in np.flatnonzero(several).tolist():
        rows = np.sort(order[starts[group] : starts[group] + sizes[group]])
        nodes, local = np.unique(node[rows], return_inverse=True)
        k = len(nodes)
        sums, counts, said = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
        some = inside[upto[group] : upto[group + 1]]
        a = np.searchsorted(nodes, node[left[some]])
        b = np.searchsorted(nodes, node[right[some]])
        for x, y in ((a, b), (b, a)):
            np.add.at(sums, (x, y), np.clip(bits[some], -_SAID / 4, _SAID / 4))
            np.add.at(counts, (x, y), 1.0)
        for i in barred_of.get(group, ()):
            x, y = np.searchsorted(nodes, node[apart[i]])
            said[x, y] = said[y, x] = -2 * _SAID
        yield _Piece(rows, local.astype(np.int64), sums, counts, said)


def _tied(beliefs: Beliefs, sure: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Return the pairs that are one in every draw: those that are sure, those that somebody decided, and what
    is one person without any pair that says so."""
    left = np.r_[beliefs.left[sure], beliefs.must[:, 0]]
    right = np.r_[beliefs.right[sure], beliefs.must[:, 1]]
    same = (beliefs.base[beliefs.left] == beliefs.base[beliefs.right]) & (beliefs.bits >= bits_of(UNLIKELY))
    piece = components(
        beliefs.n,
        np.r_[beliefs.left[same], beliefs.must[:, 0]],
        np.r_[beliefs.right[same], beliefs.must[:, 1]],
    )
    # One thing of each piece of a person, tied to the first of that person.
    firsts = _first_rows(piece)
    told = pl.DataFrame({"row": firsts, "base": beliefs.base[firsts]}).with_columns(
        first=pl.col("row").min().over("base")
    )
    return np.r_[left, told["row"].to_numpy()], np.r_[right, told["first"].to_numpy()]


def _first_rows(label: Rows) -> Rows:
    return np.unique(label, return_index=True)[1].astype(np.int64)


def _small_enough(n: int, left: Rows, right: Rows, bits: Bits, likely: npt.NDArray[np.bool_]) -> Rows:
    """Return the component of each node; too large ones are cut at a higher bar."""
    keep, bar = likely.copy(), bits_of(UNLIKELY)
    while True:
        label = components(n, left[keep], right[keep])
        large = np.bincount(label, minlength=1) > MOST_DRAWN
        if not large.any() or bar > _SAID:
            return label
        bar += 1.0
        keep &= ~(large[label[left]] & (bits < bar))


def _inside(left: Rows, right: Rows, some: Rows, n: int) -> npt.NDArray[np.bool_]:
    low, high = np.minimum(some[:, 0], some[:, 1]), np.maximum(some[:, 0], some[:, 1])
    return np.isin(np.minimum(left, right) * n + np.maximum(left, right), low * n + high)


def _called(label: Rows, base: Rows, fresh: int) -> tuple[Rows, int]:
    """Return the person of each thing of a piece, and the next number that is nobody's: a group is called by
    the person of most of its things, unless a larger group is; then it is somebody new."""
    found = np.empty(len(label), dtype=np.int64)
    groups, sizes = np.unique(label, return_counts=True)
    taken: set[int] = set()
    for group in groups[np.lexsort((groups, -sizes))].tolist():
        mine = label == group
        names, many = np.unique(base[mine], return_counts=True)
        free = [i for i in np.lexsort((names, -many)).tolist() if int(names[i]) not in taken]
        if free:
            person = int(names[free[0]])
        else:
            person, fresh = fresh, fresh + 1
        taken.add(person)
        found[mine] = person
    return found, fresh
