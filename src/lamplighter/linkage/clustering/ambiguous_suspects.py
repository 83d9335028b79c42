"""Link nobody who is not named to two persons whom they fit: they cannot be both.

"The ex" of one report fits the ex of every other report by the same victim: each of them as well as if the
others were not there. Where these are two people, they compete. With odds w of each pair, for a record s of
which nothing tells who it is, and that fits both a and c, who are somebody, and not the same,

    odds that s is a = w(s, a) / (1 + w(s, c))

with the c that takes most. A record of which something tells who it is keeps what it fits: that it fits two
tells that they may be one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.components import components
from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.arrays.row_order import Rows, among, begins_of, spread_of

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Choices:
    """Hold whom those fit of whom nothing tells who they are: for each fit the ``pair``, the record ``one``
    that is nobody, in order, and the ``other``. Both ways round where neither is somebody. ``somebody`` (n,):
    of which rows something tells who they are. ``component`` (n,): who hangs together by what is likelier
    than not; ``beside``: the pairs of all who hang together with any of these, and ``whose`` their
    components.
    """

    pair: Rows
    one: Rows
    other: Rows
    somebody: Flags
    component: Rows
    beside: Rows
    whose: Rows

    def around(self, rows: Rows) -> Choices:
        """Those of the components of some rows."""
        wanted = np.zeros(len(self.component), dtype=bool)
        wanted[self.component[rows]] = True
        some, pairs = wanted[self.component[self.one]], wanted[self.whose]
        return Choices(
            self.pair[some], self.one[some], self.other[some], self.somebody, self.component,
            self.beside[pairs], self.whose[pairs],
        )  # fmt: skip


def choices(n: int, left: Rows, right: Rows, bits: Bits, *, named: Flags, cannot: Flags) -> Choices | None:
    """Return whom those of ``n`` rows fit of whom nothing tells who they are, None where there is nobody
    such.

    Pairs of rows with their log-odds in ``bits`` (m,); ``named`` says whether a pair compares anything that
    tells one person from another, ``cannot`` which are not possible. A row is somebody where one of its pairs
    does, of those that hang together by what is likelier than not.
    """
    likely = ~cannot & (bits >= 0)
    at = np.flatnonzero(likely & ~named)
    if not len(at):
        return None
    component = components(n, left[likely], right[likely])
    inside = component[left] == component[right]
    telling = named & inside
    somebody = np.zeros(n, dtype=bool)
    somebody[left[telling]] = somebody[right[telling]] = True
    pair, one, other = np.r_[at, at], np.r_[left[at], right[at]], np.r_[right[at], left[at]]
    nobody = np.flatnonzero(~somebody[one])
    if not len(nobody):
        return None
    nobody = nobody[np.argsort(one[nobody], kind="stable")]
    beside = np.flatnonzero(inside)
    every = Choices(
        pair[nobody], one[nobody], other[nobody], somebody, component, beside, component[left[beside]]
    )
    return every.around(every.one)


def competing(found: Choices, left: Rows, right: Rows, bits: Bits, two: Flags) -> Bits:
    """Return what the rivals of each pair take from its log-odds ``bits``: (m,), zero or less.

    ``two`` says of each pair ``beside`` the choices whether they are held to be two people.
    """
    less, n = np.zeros(len(bits)), len(found.somebody)
    at = found.beside[two]
    apart = np.sort(packed(np.minimum(left[at], right[at]), np.maximum(left[at], right[at]), n))
    starts = np.flatnonzero(begins_of(found.one))
    sizes = np.diff(np.append(starts, len(found.one)))
    ends, begin = np.cumsum(sizes**2), 0
    while begin < len(starts):
        spent = int(ends[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(ends, spent + _AT_ONCE)), begin + 1)
        # Every choice of a record beside every choice of the same record.
        size = sizes[begin:end]
        own = np.repeat(size, size)
        mine, theirs = spread_of(np.repeat(starts[begin:end], size), own)
        mine += starts[begin]
        some = np.flatnonzero(found.somebody[found.other[theirs]])
        a, c = found.other[mine[some]], found.other[theirs[some]]
        some = some[among(packed(np.minimum(a, c), np.maximum(a, c), n), apart)]
        taken = -np.logaddexp2(0.0, bits[found.pair[theirs[some]]])
        np.minimum.at(less, found.pair[mine[some]], taken)
        begin = end
    return less
