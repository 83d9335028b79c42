"""Draw whole partitions: what the persons of the country might be as well, from what is believed of pairs.

A study that counts earlier allegations on one partition takes every uncertain link for a fact. So about
twenty are drawn. A draw goes the way of the clustering: groups are looked at best first, and each join is
made with the probability that is believed of it (the mean log-odds of the pairs of the two groups, which is
what the belief in a pair rests on as well). What was refused stays refused in that draw. Decisions are kept
and what cannot be one person never is, in every draw.
"""

from __future__ import annotations

from collections import Counter
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
_LEAST = bits_of(UNLIKELY)
FEW = 12
"""Pieces of more nodes are drawn on arrays."""
_Told = tuple[float, float, float]
_Pair = tuple[tuple[int, int], _Told]
_NOTHING: _Told = (0.0, 0.0, 0.0)


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
        rows: list[int] = []
        persons: list[int] = []
        fresh = beliefs.n
        for piece in pieces:
            person, fresh = _called(piece.draw(rng), piece.base, fresh)
            for row, before, now in zip(piece.rows, piece.base, person, strict=True):
                if now != before:
                    rows.append(row)
                    persons.append(now)
        every = np.array(rows, dtype=np.int64)
        order = np.argsort(every, kind="stable")
        yield draw, every[order], np.array(persons, dtype=np.int64)[order]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Things that may hang together: ``rows`` (r), the ``node`` (r) of each, things that are one for sure,
    and who each is in the published partition, ``base`` (r); and the pairs of nodes with the log-odds of all
    of their things, added up, and how many these are. Nearly all pieces are of two or three nodes, for which
    arrays take several times as long as numbers do."""

    rows: list[int]
    node: list[int]
    base: list[int]
    sums: Bits
    counts: Bits
    said: Bits
    pairs: tuple[_Pair, ...]

    def draw(self, rng: np.random.Generator) -> list[int]:
        """Return the group of each of the rows in one draw."""
        k = len(self.sums)
        if k == 2:
            total, many, said = self.pairs[0][1] if self.pairs else _NOTHING
            together = many > 0 and rng.random() < _chance(total / many + said)
            return [0] * len(self.rows) if together else self.node
        label = self._of_few(rng) if k <= FEW else self._of_many(rng)
        return [label[node] for node in self.node]

    def _of_few(self, rng: np.random.Generator) -> list[int]:
        """Return the group of each node."""
        label, told = list(range(len(self.sums))), dict(self.pairs)
        while True:
            most, best = _LEAST, None
            for pair, (total, many, said) in told.items():
                if many > 0 and total / many + said > most:
                    most, best = total / many + said, pair
            if best is None:
                return label
            if rng.random() >= _chance(most):
                total, many, _ = told[best]
                told[best] = total, many, -2 * _SAID
                continue
            told = _merged(told, *best)
            label = [best[0] if group == best[1] else group for group in label]

    def _of_many(self, rng: np.random.Generator) -> list[int]:
        """Return the same, on arrays."""
        k = len(self.sums)
        sums, counts, said = self.sums.copy(), self.counts.copy(), self.said.copy()
        label, live = np.arange(k), np.ones(k, dtype=bool)
        while True:
            mean = np.divide(sums, counts, out=np.full_like(sums, -np.inf), where=counts > 0) + said
            mean[~live] = mean[:, ~live] = -np.inf
            a, b = np.unravel_index(int(mean.argmax()), mean.shape)
            if not mean[a, b] > _LEAST:
                return [int(group) for group in label]
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


def _merged(told: dict[tuple[int, int], _Told], a: int, b: int) -> dict[tuple[int, int], _Told]:
    """Return what is told of pairs of nodes after ``b`` has become one with ``a``, in order of the pairs."""
    found: dict[tuple[int, int], _Told] = {}
    later: dict[tuple[int, int], _Told] = {}
    for (i, j), own in told.items():
        if b not in (i, j):
            found[i, j] = own
        elif a not in (i, j):
            other = j if i == b else i
            later[min(a, other), max(a, other)] = own
    for pair, (total, many, said) in later.items():
        before = found.get(pair, _NOTHING)
        found[pair] = before[0] + total, before[1] + many, before[2] + said
    return dict(sorted(found.items()))


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
        asked = (
            np.argwhere(np.triu((counts > 0) | (said != 0), 1)) if k <= FEW else np.empty((0, 2), np.int64)
        )
        pairs = tuple(
            ((x, y), (float(sums[x, y]), float(counts[x, y]), float(said[x, y]))) for x, y in asked.tolist()
        )
        base = beliefs.base[rows].tolist()
        yield _Piece(rows.tolist(), local.tolist(), base, sums, counts, said, pairs)


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


def _called(label: list[int], base: list[int], fresh: int) -> tuple[list[int], int]:
    """Return the person of each thing of a piece, and the next number that is nobody's: a group is called by
    the person of most of its things, unless a larger group is; then it is somebody new."""
    if label.count(label[0]) == len(label) and base.count(base[0]) == len(base):
        return base, fresh
    members: dict[int, Counter[int]] = {}
    for group, person in zip(label, base, strict=True):
        members.setdefault(group, Counter())[person] += 1
    called: dict[int, int] = {}
    taken: set[int] = set()
    for group in sorted(members, key=lambda g: (-members[g].total(), g)):
        names = sorted(members[group].items(), key=lambda named: (-named[1], named[0]))
        free = next((name for name, _ in names if name not in taken), None)
        if free is None:
            free, fresh = fresh, fresh + 1
        taken.add(free)
        called[group] = free
    return [called[group] for group in label], fresh
