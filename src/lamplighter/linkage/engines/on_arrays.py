"""Find pairs, weigh them and tell what hangs together on arrays in memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.pair_ids import Packed, distinct, packed, unpacked
from lamplighter.linkage.arrays.row_order import Hashes, Rows, alike_together, different, mixed, spread
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import NARROWER, Hashed, added, rows_and_keys
from lamplighter.linkage.comparisons.comparison_vectors import THREADS
from lamplighter.linkage.engines.protocol import Counts, Pairs, Profiles, Rules, counts_of, summed
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model

PAIRS_AT_ONCE = 2_000_000


class OnArrays:
    """The default engine."""

    def pairs(self, profiles: Profiles, rules: Rules) -> Pairs:
        """See :class:`protocol.Engine`."""
        parts: list[Packed] = []
        wanted = limited(profiles, rules)
        while wanted:
            groups, most = wanted.pop()
            parts += list(across(groups, most, profiles.sources, len(profiles)))
        return unpacked(distinct(parts), len(profiles))

    def weights(self, features: Features, model: Model, left: Rows, right: Rows, least: float) -> Weighed:
        """See :class:`protocol.Engine`."""
        return Weigher(features, model).kept(left, right, least)

    def components(self, n: int, left: Rows, right: Rows) -> Rows:
        """See :class:`protocol.Engine`."""
        return first_of_each(components.components(n, left, right))


def limited(profiles: Profiles, rules: Rules, *, every: bool = False) -> list[tuple[Groups, int]]:
    """Return who shares each key, and how many may share it for a pair to be made, kind by kind; of keys that
    are too common only what narrowing them takes, or ``every`` one."""
    hashed = Hashed(profiles.features)
    with ThreadPoolExecutor(THREADS) as pool:
        of_kind = partial(_of_kind, hashed=hashed, most=rules.most, every=every)
        plain = list(pool.map(of_kind, rules.keys, range(len(rules.keys))))
        counts = summed([g.counts for g in plain], rules.most)
        largest = rules.largest(counts)
        narrowed = partial(_narrowed, hashed=hashed, most=rules.most, largest=largest, every=every)
        finer = [g for some in pool.map(narrowed, rules.keys, plain) for g in some]
        narrow = rules.largest_narrowed(counts, summed([g.counts for g in finer], rules.most))
    return [*((g, largest) for g in plain), *((g, narrow) for g in finer)]


def first_of_each(label: Rows) -> Rows:
    """Return the first row of the component of each row, whose numbers are ``label`` (n,)."""
    first = np.empty(int(label.max(initial=-1)) + 1, dtype=np.int64)
    first[label[::-1]] = np.arange(len(label))[::-1]
    return first[label]


@dataclass(frozen=True, slots=True)
class Groups:
    """Profiles that share a key with others: ``rows`` (m,), those of a key together and in order; where each
    key's start, how many there are, and the key. Of keys that too many share there are rows only where they
    may be narrowed. ``counts``: how many keys so many profiles have; ``kind``: a number for each kind."""

    rows: npt.NDArray[np.int32]
    starts: Rows
    sizes: Rows
    keys: Hashes
    counts: Counts
    kind: int

    def some(self, at: Rows) -> tuple[Rows, Hashes]:
        """Return the rows of some of the groups, each with its key."""
        sizes = self.sizes.take(at)
        rows = self.rows.take(spread(self.starts.take(at), sizes)).astype(np.int64)
        return rows, np.repeat(self.keys.take(at), sizes)


def _of_kind(key: Key, number: int, *, hashed: Hashed, most: int, every: bool) -> Groups:
    return _grouped(*rows_and_keys(key, hashed), most, number << 8, crowded=every or bool(key.narrow))


def _grouped(rows: Rows, keys: Hashes, most: int, kind: int, *, crowded: bool) -> Groups:
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
    keys = keys.take(starts.take(kept))
    return Groups(few, np.cumsum(own) - own, own, keys, counts_of(sizes, most), kind)


def _narrowed(
    key: Key, groups: Groups, *, hashed: Hashed, most: int, largest: int, every: bool
) -> list[Groups]:
    """Groups of those who share a key with too many, as each part narrows it."""
    crowd = np.flatnonzero(groups.sizes > largest)
    if not len(crowd) or not key.narrow:
        return []
    rows, made = groups.some(crowd)
    base, found = mixed(made), []
    for i, part in enumerate(key.narrow):
        owners, finer = added(rows, base, hashed, part, NARROWER + np.uint64(i))
        found.append(_grouped(owners, finer, most, groups.kind + i + 1, crowded=every))
    return found


def across(groups: Groups, most: int, sources: Rows, n: int) -> Iterator[Packed]:
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
