"""Join records to clusters: more than connected components of pairs, and a pure function.

Inside each component of linked pairs, groups are joined best first while their *profiles* agree: evidence
of what a person keeps (name, birth date, sex) is averaged over the pairs of records that have it, what
changes (telephone, address, account) lies between the mean and the best, what the two reports add is taken
at its best; pairs that no key proposed are weighed too. So one strong false link cannot chain two persons
whose other records contradict each other. A person's decision comes before all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.components import LARGEST_GROUP, components, members_of
from lamplighter.linkage.arrays.row_order import Rows, alike_together, mixed, ordered
from lamplighter.linkage.clustering.profiles import Evidence, Grounds, Profiles, score

Bits = npt.NDArray[np.float64]
FEW = 20_000
"""Under so many pairs a second thread costs more than it saves."""
HIGHEST_BAR = 60.0
DECIDED = 1e9
_CELLS_AT_ONCE = 1_000_000
_PAIRS_AT_ONCE = 200_000


def group(
    n: int,
    evidence: Grounds,
    *,
    link_at: float,
    must: Sequence[tuple[int, int]] | Rows = (),
    cannot: Sequence[tuple[int, int]] | Rows = (),
) -> Rows:
    """Group number of each of ``n`` rows.

    ``link_at`` is in bits of log-odds. A pair inside a component that is not among the evidence counts as
    strongly against (see :func:`absent_pairs`). ``must`` and ``cannot`` are pairs that a person decided, or
    that cannot be one person; ``must`` comes first.
    """
    if n == 0:
        return np.empty(0, dtype=np.int64)
    left, right = evidence.left, evidence.right
    forced, barred = _decided(must), _decided(cannot)
    linked = evidence.total >= link_at
    label = components(n, np.r_[left[linked], forced[:, 0]], np.r_[right[linked], forced[:, 1]])
    members = members_of(label)
    hard = _unsettled(label, members[2], left, right, linked, barred)
    if not hard.any():
        return label
    own = evidence.some(np.flatnonzero((label[left] == label[right]) & hard[label[left]]))
    result = label.copy()
    following = int(label.max()) + 1
    for rows, pieces in _in_pieces(label, members, hard, own, forced, barred, link_at):
        # The first piece keeps the number of the component.
        extra = pieces.max(axis=1)
        first = following + np.cumsum(extra) - extra
        fresh = pieces > 0
        result[rows[fresh]] = (first[:, None] + pieces - 1)[fresh]
        following += int(extra.sum())
    return result


def _in_pieces(
    label: Rows,
    members: tuple[Rows, Rows, Rows],
    hard: npt.NDArray[np.bool_],
    own: Grounds,
    forced: Rows,
    barred: Rows,
    link_at: float,
) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows of some ``hard`` components of one size (c, size), and the piece of each row, from 0."""
    order, starts, sizes = members
    place = np.empty(len(label), dtype=np.int64)
    place[order] = np.arange(len(label)) - np.repeat(starts, sizes)

    def pieces_of(some: OneSize) -> Rows:
        profiles = some.profiles(label, place, own)
        for pairs, bits in ((barred, -DECIDED), (forced, DECIDED)):
            slot = some.slot(label[pairs[:, 0]])
            a, b = pairs[(label[pairs[:, 0]] == label[pairs[:, 1]]) & (slot >= 0)].T
            profiles.decide(some.slot(label[a]), place[a], place[b], bits)
        return profiles.joined(link_at)

    several = of_one_size(label, sizes, hard & (sizes <= LARGEST_GROUP), own)
    if len(own.left) < FEW:
        found = list(map(pieces_of, several))
    else:
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(pieces_of, several))
    for some, pieces in zip(several, found, strict=True):
        yield order[starts[some.groups][:, None] + np.arange(some.size)], pieces
    for c in np.flatnonzero(hard & (sizes > LARGEST_GROUP)):
        giant = np.sort(order[starts[c] : starts[c] + sizes[c]])
        yield giant[None], _cut(giant, label, own, forced, barred, link_at)[None]


@dataclass(frozen=True, slots=True)
class OneSize:
    """Some ``groups`` of one ``size``, by their numbers, and the ``pairs`` of the evidence that are of them.
    ``number`` (g,): which of all that are looked at each group is, -1 for the others; ``begin``: the number
    of the first of these."""

    groups: Rows
    size: int
    pairs: Rows
    number: Rows
    begin: int

    def slot(self, groups: Rows) -> Rows:
        """Return which of these groups some groups are, -1 for others."""
        at = self.number[groups] - self.begin
        return np.asarray(np.where((at >= 0) & (at < len(self.groups)), at, -1))

    def profiles(self, label: Rows, place: Rows, evidence: Grounds) -> Profiles:
        """Their profiles; ``label`` (n,) is the number of each row's group, ``place`` (n,) which of its rows
        it is."""
        made = Profiles(len(self.groups), self.size, evidence.lasting)
        a, b = evidence.left.take(self.pairs), evidence.right.take(self.pairs)
        slot = self.number.take(label.take(a)) - self.begin
        made.fill(slot, place.take(a), place.take(b), evidence.of(self.pairs))
        return made


def of_one_size(label: Rows, sizes: Rows, chosen: npt.NDArray[np.bool_], evidence: Grounds) -> list[OneSize]:
    """Return the ``chosen`` (g,) groups, those of one size together, as many as fit.

    ``label`` (n,) is the number of each row's group.
    """
    groups = np.flatnonzero(chosen)
    groups = groups[np.argsort(sizes[groups], kind="stable")]
    number = np.full(len(sizes), -1, dtype=np.int64)
    number[groups] = np.arange(len(groups))
    own = label.take(evidence.left)
    inside = np.flatnonzero((own == label.take(evidence.right)) & chosen.take(own))
    # Pairs in the order of their groups, and of themselves in a group.
    bits = max(len(own), 1).bit_length()
    both = ordered(number.take(own.take(inside)) << bits | inside)
    pairs, of = both & ((1 << bits) - 1), both >> bits
    found: list[OneSize] = []
    begin = 0
    while begin < len(groups):
        size = int(sizes[groups[begin]])
        most = max(1, _CELLS_AT_ONCE // (size**2 * len(evidence.lasting)))
        end = min(begin + most, int(np.searchsorted(sizes[groups], size, side="right")))
        first, last = np.searchsorted(of, [begin, end])
        found.append(OneSize(groups[begin:end], size, pairs[first:last], number, begin))
        begin = end
    return found


def _decided(pairs: Sequence[tuple[int, int]] | Rows) -> Rows:
    return np.asarray(pairs, dtype=np.int64).reshape(-1, 2)


def _unsettled(
    label: Rows, sizes: Rows, left: Rows, right: Rows, linked: npt.NDArray[np.bool_], barred: Rows
) -> npt.NDArray[np.bool_]:
    """Components that need a second look: some pair is not linked, or somebody said no. Of a giant not all
    pairs are there (:func:`absent_pairs`), and only those that are can speak against it: were thousands of
    records that are all the same to be cut, nothing would tell where."""
    inside = label[left] == label[right]
    agreeing = np.bincount(label[left[inside & linked]], minlength=len(sizes))
    there = np.bincount(label[left[inside]], minlength=len(sizes))
    hard = agreeing < np.where(sizes > LARGEST_GROUP, there, sizes * (sizes - 1) / 2)
    if len(barred):
        hard[label[barred[:, 0]]] = True
    return np.asarray(hard & (sizes > 1))


def between(label: Rows, evidence: Grounds, asked: npt.NDArray[np.bool_]) -> Bits:
    """Return the score of the groups of each pair of records, with each other, in bits, of the pairs that are
    ``asked`` (n,) for: shape (n,).

    It is the score by which groups are joined, of all pairs of records of the two that there are; of a pair
    within one group, that of the group.
    """
    if not len(evidence.left):
        return np.empty(0)
    a, b = label[evidence.left], label[evidence.right]
    both = np.minimum(a, b) * (int(label.max()) + 1) + np.maximum(a, b)
    # Mixed, no two numbers become one.
    order, begins = alike_together(mixed(both.astype(np.uint64)))
    # A pair that is the only one of its two groups has its own score.
    found = evidence.total
    alone = begins & np.append(begins[1:], True)
    order, begins = order[~alone], begins[~alone]
    if len(order):
        starts = np.flatnonzero(begins)
        sizes = np.diff(np.append(starts, len(order)))
        wanted = np.repeat(np.logical_or.reduceat(asked[order], starts), sizes)
        order, begins = order[wanted], begins[wanted]
    for some in _whole_groups(begins):
        several, starts = evidence.of(order[some]), np.flatnonzero(begins[some])
        found[order[some]] = _scored(several, starts)[np.cumsum(begins[some]) - 1]
    return found


def _whole_groups(begins: npt.NDArray[np.bool_]) -> Iterator[slice]:
    """About so many pairs at once as there is room for, never a part of what belongs together; ``begins``
    (n,) says where that begins."""
    starts, first = np.flatnonzero(begins), 0
    while first < len(begins):
        at = int(np.searchsorted(starts, first + _PAIRS_AT_ONCE))
        last = int(starts[at]) if at < len(starts) else len(begins)
        yield slice(first, last)
        first = last


def _scored(evidence: Evidence, starts: Rows) -> Bits:
    """Return the score of pairs that belong together, side by side; each such group begins at one of
    ``starts``.
    """
    shape = (len(starts), evidence.bars.shape[1])
    sums, counts, best = (np.empty(shape, order="F") for _ in range(3))

    def gather(part: int) -> None:
        bars, compared = evidence.bars[:, part].copy(), evidence.compared[:, part].astype(np.float64)
        sums[:, part] = np.add.reduceat(bars, starts)
        counts[:, part] = np.add.reduceat(compared, starts)
        bars[compared == 0] = -np.inf
        best[:, part] = np.maximum.reduceat(bars, starts)

    if len(evidence.left) < FEW:
        list(map(gather, range(shape[1])))
    else:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(gather, range(shape[1])))
    return score(sums, counts, best, evidence.lasting)


def _cut(members: Rows, label: Rows, own: Grounds, forced: Rows, barred: Rows, link_at: float) -> Rows:
    """A giant is cut at a higher bar first, its pieces are grouped as any other, and then joined with each
    other as rows are, as far as they come to the bar: as if it had been grouped whole."""
    c = label[members[0]]

    def local(pairs: Rows) -> Rows:
        return np.asarray(np.searchsorted(members, pairs[(label[pairs] == c).all(axis=1)]))

    kept = own.of(np.flatnonzero(label[own.left] == c))
    must, cannot = local(forced), local(barred)
    higher = max(link_at + 4.0, link_at * 1.5)
    if higher > HIGHEST_BAR:
        return components(len(members), must[:, 0], must[:, 1])
    inner = Evidence(
        np.searchsorted(members, kept.left), np.searchsorted(members, kept.right),
        kept.bars, kept.compared, kept.lasting,
    )  # fmt: skip
    pieces = group(len(members), inner, link_at=higher, must=must, cannot=cannot)
    pieces = np.unique(pieces, return_inverse=True)[1].astype(np.int64)
    several = int(pieces.max()) + 1
    if not 1 < several <= LARGEST_GROUP:
        return pieces
    profiles = Profiles(1, several, inner.lasting)
    profiles.add(pieces[inner.left], pieces[inner.right], inner)
    for pairs, bits in ((cannot, -DECIDED), (must, DECIDED)):
        a, b = pieces[pairs].T
        profiles.decide(np.zeros(len(a), dtype=np.int64), a, b, bits)
    return np.asarray(profiles.joined(link_at)[0][pieces])
