"""Sum up the evidence between clusters, and score how well two of them fit together.

Evidence of what a person keeps is averaged over the pairs of records that have it; what changes lies half way
between its mean and its best, and what the two reports add is taken at its best (:func:`score`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows

Bits = npt.NDArray[np.float64]
Places = Rows | np.int64
CLIP = 25.0
"""What it counts against two groups that none of their records were weighed with each other."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs of rows, left < right, and what speaks for or against each.

    ``bars`` (n, parts) in bits, ``compared`` (n, parts) whether a part was compared at all, ``lasting``
    (parts,) whether a part is about what a person keeps. The last part is all that is not of the two
    records themselves; it is always there.
    """

    left: Rows
    right: Rows
    bars: Bits
    compared: npt.NDArray[np.bool_]
    lasting: npt.NDArray[np.bool_]

    @property
    def total(self) -> Bits:
        """Log-odds in bits: shape (n,)."""
        return np.asarray(self.bars.sum(axis=1))

    def shifted(self, more: Bits) -> Evidence:
        """Return the same with so much more (n,) bits in the last part."""
        bars = self.bars.copy()
        bars[:, -1] += more
        return Evidence(self.left, self.right, bars, self.compared, self.lasting)

    def some(self, at: Rows) -> Evidence:
        """Some of the pairs: see :class:`Grounds`."""
        return self.of(at)

    def of(self, at: Rows) -> Evidence:
        """Some of the pairs."""
        return Evidence(self.left[at], self.right[at], self.bars[at], self.compared[at], self.lasting)


class Grounds(Protocol):
    """Evidence, or what it can be made from: the bars of some pairs are asked for, never those of all."""

    @property
    def left(self) -> Rows: ...
    @property
    def right(self) -> Rows: ...
    @property
    def lasting(self) -> npt.NDArray[np.bool_]: ...
    @property
    def total(self) -> Bits: ...
    def shifted(self, more: Bits) -> Grounds:
        """Return the same with so much more (n,) bits in the last part."""

    def some(self, at: Rows) -> Grounds:
        """Some of the pairs."""

    def of(self, at: Rows) -> Evidence:
        """Return the evidence of some of the pairs."""


def score(sums: Bits, counts: Bits, best: Bits, lasting: npt.NDArray[np.bool_]) -> Bits:
    """Bits of profiles, their parts along the last axis: the mean of what lasts; of what changes half way
    from the mean to the best, since the best of a family is what its home shares; the best of the rest.

    The rest of a table lasts too: two who stand beside each other in one list, and in the next, are as
    seldom one person as two of a list are, and not as seldom as two of different lists.
    """
    mean = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    found = np.where(lasting, mean, (np.where(best == -np.inf, 0.0, best) + mean) / 2)
    found[..., -1] = np.where(counts[..., -1] > 0, mean[..., -1], -CLIP) if lasting[-1] else best[..., -1]
    return np.asarray(found.sum(axis=-1))


class Profiles:
    """m components of k rows each: what the rows, and then the groups of rows, have in common, and how well
    each two fit together (``score``)."""

    def __init__(self, m: int, k: int, lasting: npt.NDArray[np.bool_]) -> None:
        self.m, self.k, self.lasting = m, k, lasting
        parts = len(lasting)
        # Side by side, because they are added up together.
        self._added = np.zeros((m, k, k, 2 * parts))
        self.sums, self.counts = self._added[..., :parts], self._added[..., parts:]
        self.best = np.full((m, k, k, parts), -np.inf)
        self.best[..., -1] = -CLIP
        self.score = np.full((m, k, k), -CLIP)
        self.said = np.zeros((m, k, k))

    def fill(self, which: Rows, a: Rows, b: Rows, evidence: Evidence) -> None:
        """Pairs of rows ``a``, ``b`` (places) of the components ``which``."""
        added = np.concatenate([evidence.bars, evidence.compared], axis=1)
        best = np.where(evidence.compared, evidence.bars, -np.inf)
        # Of one pair the mean is the best.
        own = np.where(evidence.compared, evidence.bars, 0.0).sum(axis=1)
        for x, y in ((a, b), (b, a)):
            self._added[which, x, y] = added
            self.best[which, x, y] = best
            self.score[which, x, y] = own

    def add(self, a: Rows, b: Rows, evidence: Evidence) -> None:
        """Pairs of rows that stand in groups of rows: ``a``, ``b`` are the places of these in the only
        component. Of two groups there may be any number; pairs within one say nothing of others."""
        some = np.flatnonzero(a != b)
        bars, compared = evidence.bars[some], evidence.compared[some]
        best = np.where(compared, bars, -np.inf)
        for x, y in ((a[some], b[some]), (b[some], a[some])):
            np.add.at(self.sums[0], (x, y), bars)
            np.add.at(self.counts[0], (x, y), compared)
            np.maximum.at(self.best[0], (x, y), best)
        self.score = score(self.sums, self.counts, self.best, self.lasting)

    def decide(self, which: Rows, a: Rows, b: Rows, bits: float) -> None:
        """Pairs that a person decided, or that cannot be."""
        self.said[which, a, b] = bits
        self.said[which, b, a] = bits

    def _scores(self, at: tuple[Places, Places]) -> Bits:
        """Return the scores of some rows of the k by k of each component."""
        own = score(self.sums[at], self.counts[at], self.best[at], self.lasting)
        return np.asarray(own + self.said[at])

    def joined(self, link_at: float, met: Bits | None = None) -> Rows:
        """Groups joined best first while they come to the bar: labels from 0, shape (m, k).

        ``met`` (m, k, k) is filled with the score of the groups in which two rows came together.
        """
        label = np.tile(np.arange(self.k), (self.m, 1))
        score = self.score + self.said
        diagonal = np.arange(self.k)
        score[:, diagonal, diagonal] = -np.inf
        live = np.arange(self.m)
        summed: list[tuple[Bits, np.ufunc]] = [(self._added, np.add), (self.best, np.maximum)]
        if self.said.any():
            summed.append((self.said, np.add))
        while True:
            own = score[_place(live)].reshape(len(live), -1)
            best = own.argmax(axis=1)
            top = own[np.arange(len(live)), best]
            go = top >= link_at
            if not go.any():
                break
            live, best, top = live[go], best[go], top[go]
            x, y = np.divmod(best, self.k)
            at, a, b = (_place(some) for some in (live, np.minimum(x, y), np.maximum(x, y)))
            for matrix, reduce in summed:
                both = reduce(matrix[at, a], matrix[at, b])
                matrix[at, a] = both
                matrix[at, :, a] = both
            self._score_anew(score, at, a, b)
            old = label[at]
            if met is not None:
                met[at] = np.where(_of_both(old, a, b), top[:, None, None], met[at])
            label[at] = np.where(old == np.expand_dims(b, -1), np.expand_dims(a, -1), old)
        # What is left stands for its group: numbered in the order of rows.
        number = np.cumsum(label == np.arange(self.k), axis=1) - 1
        found: Rows = np.take_along_axis(number, label, axis=1)
        return found

    def _score_anew(self, score: Bits, at: Places, a: Places, b: Places) -> None:
        """Nothing but the row of the joined group ``a`` has another score than before; that of ``b`` ends."""
        gone = (score[at, a] == -np.inf) | (score[at, b] == -np.inf)
        row = np.where(gone, -np.inf, self._scores((at, a)))
        score[at, a] = row
        score[at, :, a] = row
        score[at, b] = -np.inf
        score[at, :, b] = -np.inf


def _place(several: Rows) -> Places:
    """Take the number of the only one where one is left: NumPy then looks at its own place, and copies
    nothing."""
    return several if len(several) > 1 else several[0]


def _of_both(label: Rows, a: Places, b: Places) -> npt.NDArray[np.bool_]:
    """Pairs of rows of which one is of group ``a`` and the other of ``b``: ``label`` (m, k) -> (m, k, k)."""
    of_a, of_b = label == np.expand_dims(a, -1), label == np.expand_dims(b, -1)
    one, other = of_a[..., :, None], of_b[..., :, None]
    return np.asarray((one & of_b[..., None, :]) | (other & of_a[..., None, :]))
