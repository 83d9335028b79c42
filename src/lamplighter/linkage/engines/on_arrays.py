"""Find pairs, weigh them and tell what hangs together on arrays in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.pair_ids import Packed, distinct, packed, unpacked
from lamplighter.linkage.arrays.row_order import (
    Hashes,
    Rows,
    alike_together,
    among,
    different,
    mixed,
    spread,
)
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import NARROWER, Hashed, added, rows_and_keys
from lamplighter.linkage.comparisons.comparison_vectors import THREADS
from lamplighter.linkage.engines.protocol import Counts, Pairs, Profiles, Rules, counts_of, summed
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model

Flags = npt.NDArray[np.bool_]
PAIRS_AT_ONCE = 2_000_000
MOST_DOUBTFUL = 20_000_000
"""Where more pairs than this share a key that has become too common, all are proposed."""


@dataclass(frozen=True, slots=True)
class Since:
    """What was looked at before: ``fresh`` (n,), which profiles were not there, or not as they are;
    ``crowded``: the keys that were too common then, as :class:`Proposed` has them."""

    fresh: Flags
    crowded: Hashes


@dataclass(frozen=True, slots=True)
class Proposed:
    """Pairs that are weighed: all, or since something was looked at before those that were not proposed then
    as they are now. ``doubtful``: pairs, packed and in order, that shared a key then which has become too
    common: what was said of them stands only where they are among ``pairs``. ``crowded``: a number for each
    key that is too common, in order. ``whole``: whether these are all pairs after all."""

    pairs: Pairs
    doubtful: Packed
    crowded: Hashes
    whole: bool


class OnArrays:
    """The default engine."""

    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs:
        """See :class:`protocol.Engine`."""
        return self.proposed(profiles, rules).pairs

    def proposed(self, profiles: Profiles, rules: Rules, since: Since | None = None) -> Proposed:
        """Return the pairs that the rules make, or of these those that were not made ``since``.

        Two profiles that are as they were share the keys that they shared. So they were proposed before by
        any key that proposes them now, unless it was too common then.
        """
        n, hashed = len(profiles), Hashed(profiles.features)
        keep = since is not None
        with ThreadPoolExecutor(THREADS) as pool:
            plain = list(
                pool.map(partial(_of_kind, hashed=hashed, most=rules.most, all_rows=keep), rules.keys)
            )
            counts = summed([g.counts for g in plain], rules.most)
            largest = rules.largest(counts)
            narrowed = partial(_narrowed, hashed=hashed, most=rules.most, largest=largest, all_rows=keep)
            finer = list(pool.map(narrowed, rules.keys, plain))
            every = [g for some in finer for g in some]
            narrow = rules.largest_narrowed(counts, summed([g.counts for g in every], rules.most))
            wanted = [(_salt(i, 0), g, largest) for i, g in enumerate(plain)]
            wanted += [
                (_salt(i, j), g, narrow) for i, some in enumerate(finer) for j, g in enumerate(some, 1)
            ]
            # What was made is let go of kind by kind.
            del plain, finer, every
            crowded = [g.crowded(most, salt) for salt, g, most in wanted]
            if since is None or _lately(wanted, since) > MOST_DOUBTFUL:
                since, parts = None, []
                while wanted:
                    _, groups, most = wanted.pop()
                    parts += list(_across(groups, most, profiles.sources, n))
                doubtful = np.empty(0, dtype=np.int64)
            else:
                parts, doubtful = _since(wanted, since, profiles.sources, n)
        return Proposed(unpacked(distinct(parts), n), doubtful, different_hashes(crowded), since is None)

    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed:
        """See :class:`protocol.Engine`."""
        return Weigher(features, model).kept(left, right, least)

    def components(self, n: int, left: Rows, right: Rows) -> Rows:
        """See :class:`protocol.Engine`."""
        return first_of_each(components.components(n, left, right))


def first_of_each(label: Rows) -> Rows:
    """Return the first row of the component of each row, whose numbers are ``label`` (n,)."""
    first = np.empty(int(label.max(initial=-1)) + 1, dtype=np.int64)
    first[label[::-1]] = np.arange(len(label))[::-1]
    return first[label]


@dataclass(frozen=True, slots=True)
class Groups:
    """Profiles that share a key with others: ``rows`` (m,), those of a key together and in order; where each
    key's start, how many there are, and the key. Of keys that too many share there are rows only where they
    may be narrowed, or all are wanted; of the others there is the key in ``passed_over``. ``counts``: how
    many keys so many profiles have."""

    rows: npt.NDArray[np.int32]
    starts: Rows
    sizes: Rows
    keys: Hashes
    counts: Counts
    passed_over: Hashes

    def crowded(self, most: int, salt: np.uint64) -> Hashes:
        """Return a number for each key that more than ``most`` share; ``salt`` tells its kind."""
        return mixed(np.concatenate([self.keys[self.sizes > most], self.passed_over]) ^ salt)

    def where(self, chosen: Flags) -> Groups:
        """Return the chosen (m,) groups."""
        return replace(self, starts=self.starts[chosen], sizes=self.sizes[chosen], keys=self.keys[chosen])

    def holding(self, rows: Flags) -> Flags:
        """Tell which groups hold any of some (n,) profiles."""
        if not len(self.starts):
            return np.zeros(0, dtype=bool)
        return np.asarray(np.logical_or.reduceat(rows.take(self.rows), self.starts))

    def some(self, at: Rows) -> tuple[Rows, Hashes]:
        """Return the rows of some of the groups, each with its key."""
        sizes = self.sizes.take(at)
        rows = self.rows.take(spread(self.starts.take(at), sizes)).astype(np.int64)
        return rows, np.repeat(self.keys.take(at), sizes)


def _of_kind(key: Key, hashed: Hashed, most: int, *, all_rows: bool) -> Groups:
    return _grouped(*rows_and_keys(key, hashed), most, crowded=all_rows or bool(key.narrow))


def _salt(kind: int, narrowed: int) -> np.uint64:
    """Return what tells the keys of a kind, narrowed in some way, from those of others."""
    return np.uint64(kind << 8 | narrowed)


def different_hashes(parts: Sequence[Hashes]) -> Hashes:
    """Return the hashes of several arrays in order, none twice."""
    return np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *parts]))


def _grouped(rows: Rows, keys: Hashes, most: int, *, crowded: bool) -> Groups:
    """Groups of rows, in order, that have the same of the keys beside them."""
    order, begins = alike_together(keys)
    rows, keys = rows.take(order), keys.take(order)
    again = ~begins[1:] & (rows[1:] == rows[:-1])
    if again.any():
        # A list may give a profile a key twice.
        once = np.concatenate([[True], ~again])
        rows, keys, begins = rows[once], keys[once], begins[once]
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(keys)))
    kept = np.flatnonzero((sizes > 1) & (crowded | (sizes <= most)))
    own = sizes.take(kept)
    few = rows.take(spread(starts.take(kept), own)).astype(np.int32)
    over = np.empty(0, dtype=np.int64) if crowded else starts.take(np.flatnonzero(sizes > most))
    return Groups(
        few, np.cumsum(own) - own, own, keys.take(starts.take(kept)), counts_of(sizes, most), keys.take(over)
    )


def _narrowed(
    key: Key, groups: Groups, *, hashed: Hashed, most: int, largest: int, all_rows: bool
) -> list[Groups]:
    """Groups of those who share a key with too many, as each part narrows it."""
    crowd = np.flatnonzero(groups.sizes > largest)
    if not len(crowd) or not key.narrow:
        return []
    rows, made = groups.some(crowd)
    base, found = mixed(made), []
    for i, part in enumerate(key.narrow):
        owners, finer = added(rows, base, hashed, part, NARROWER + np.uint64(i))
        found.append(_grouped(owners, finer, most, crowded=all_rows))
    return found


def _lately(wanted: Sequence[tuple[np.uint64, Groups, int]], since: Since) -> float:
    """Return how many pairs share a key that has become too common."""
    found = 0.0
    for salt, groups, most in wanted:
        sizes = groups.sizes[(groups.sizes > most) & ~among(mixed(groups.keys ^ salt), since.crowded)]
        found += float((sizes.astype(np.float64) ** 2).sum()) / 2
    return found


def _since(
    wanted: Sequence[tuple[np.uint64, Groups, int]], since: Since, sources: Rows, n: int
) -> tuple[list[Packed], Packed]:
    """Return the pairs that were not proposed before, and the doubtful ones (:class:`Proposed`)."""
    parts: list[Packed] = []
    before = [among(mixed(groups.keys ^ salt), since.crowded) for salt, groups, _ in wanted]
    for (_, groups, most), was in zip(wanted, before, strict=True):
        lately = groups.where((groups.sizes > most) & ~was)
        parts += list(_across(lately, n, sources, n))
    doubtful = distinct(parts)
    left, right = unpacked(doubtful, n)
    doubtful = doubtful[~(since.fresh[left] | since.fresh[right])]
    asked = since.fresh.copy()
    asked[np.concatenate(unpacked(doubtful, n))] = True
    parts = []
    for (_, groups, most), was in zip(wanted, before, strict=True):
        parts += list(_across(groups.where(was), most, sources, n))
        for pairs in _across(groups.where(~was & groups.holding(asked)), most, sources, n):
            left, right = unpacked(pairs, n)
            own = since.fresh[left] | since.fresh[right]
            parts.append(pairs[own | among(pairs, doubtful)])
    return parts, doubtful


def _across(groups: Groups, most: int, sources: Rows, n: int) -> Iterator[Packed]:
    """Yield the pairs of two sources of the groups that are not too large."""
    for size in different(groups.sizes[groups.sizes <= most]).tolist():
        every = groups.starts[groups.sizes == size]
        i, j = np.triu_indices(size, 1)
        for first in np.array_split(every, -(-len(every) * len(i) // PAIRS_AT_ONCE)):
            # A row for each place in a group: rows are put together faster than columns.
            members = np.array([groups.rows.take(first + place) for place in range(size)]).astype(np.int64)
            of = sources.take(members)
            apart = np.flatnonzero((of.take(i, axis=0) != of.take(j, axis=0)).ravel())
            left, right = (members.take(k, axis=0).ravel().take(apart) for k in (i, j))
            yield packed(left, right, n)
