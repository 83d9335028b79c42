"""Propose pairs of persons of two forces, on arrays: all, or those alone that were not proposed before.

Two profiles that are as they were share the keys that they shared. So they were proposed before by any key
that proposes them now, unless it was too common then; and if they share one that has become too common, they
may be proposed no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.pair_ids import Packed, distinct, unpacked
from lamplighter.linkage.arrays.row_order import Hashes, Rows, among, mixed
from lamplighter.linkage.engines.on_arrays import Groups, across, limited
from lamplighter.linkage.engines.protocol import Pairs, Profiles, Rules

Flags = npt.NDArray[np.bool_]
MOST_DOUBTFUL = 20_000_000
"""Where more pairs than this share a key that has become too common, all are proposed."""


@dataclass(frozen=True, slots=True)
class Since:
    """Hold what was looked at before: ``fresh`` (n,), which profiles were not there, or not as they are;
    ``crowded``: the keys that were too common then, as :class:`Proposed` has them."""

    fresh: Flags
    crowded: Hashes


@dataclass(frozen=True, slots=True)
class Proposed:
    """Hold the pairs that are weighed: all, or since something was looked at before those that were not
    proposed then as they are now. ``doubtful``: pairs, packed and in order, that shared a key then which has
    become too common: what was said of them stands only where they are among ``pairs``. ``crowded``: a number
    for each key that is too common, in order. ``whole``: whether these are all pairs after all."""

    pairs: Pairs
    doubtful: Packed
    crowded: Hashes
    whole: bool


def proposed(profiles: Profiles, rules: Rules, since: Since | None = None) -> Proposed:
    """Return the pairs that the rules make, or of these those that were not made ``since``."""
    n, sources, wanted = len(profiles), profiles.sources, limited(profiles, rules, every=True)
    crowded = np.unique(np.concatenate([_keys(g)[g.sizes > most] for g, most in wanted]))
    doubtful = np.empty(0, dtype=np.int64)
    parts: list[Packed] = []
    if since is not None and _lately(wanted, since) <= MOST_DOUBTFUL:
        doubtful = _doubtful(wanted, since, sources, n)
        parts += _fresh(wanted, since, doubtful, sources, n)
        return Proposed(unpacked(distinct(parts), n), doubtful, crowded, whole=False)
    while wanted:
        groups, most = wanted.pop()
        parts += list(across(groups, most, sources, n))
    return Proposed(unpacked(distinct(parts), n), doubtful, crowded, whole=True)


def _keys(groups: Groups) -> Hashes:
    """Return a number for each key, which tells it from those of other kinds."""
    return mixed(groups.keys ^ np.uint64(groups.kind))


def _where(groups: Groups, chosen: Flags) -> Groups:
    """Return the chosen (m,) groups."""
    return replace(groups, starts=groups.starts[chosen], sizes=groups.sizes[chosen], keys=groups.keys[chosen])


def _holding(groups: Groups, rows: Flags) -> Flags:
    """Tell which groups hold any of some (n,) profiles."""
    if not len(groups.starts):
        return np.zeros(0, dtype=bool)
    return np.asarray(np.logical_or.reduceat(rows.take(groups.rows), groups.starts))


def _become_crowded(wanted: Sequence[tuple[Groups, int]], since: Since) -> Iterator[Groups]:
    """Yield the groups whose key was not too common before, and is now."""
    for groups, most in wanted:
        yield _where(groups, (groups.sizes > most) & ~among(_keys(groups), since.crowded))


def _lately(wanted: Sequence[tuple[Groups, int]], since: Since) -> float:
    """Return how many pairs share a key that has become too common."""
    return sum(float((g.sizes.astype(np.float64) ** 2).sum()) / 2 for g in _become_crowded(wanted, since))


def _doubtful(wanted: Sequence[tuple[Groups, int]], since: Since, sources: Rows, n: int) -> Packed:
    found = distinct([p for g in _become_crowded(wanted, since) for p in across(g, n, sources, n)])
    left, right = unpacked(found, n)
    return found[~(since.fresh[left] | since.fresh[right])]


def _fresh(
    wanted: Sequence[tuple[Groups, int]], since: Since, doubtful: Packed, sources: Rows, n: int
) -> Iterator[Packed]:
    """Yield the pairs that were not proposed before as they are now, and those of the doubtful that are."""
    asked = since.fresh.copy()
    asked[np.concatenate(unpacked(doubtful, n))] = True
    for groups, most in wanted:
        was = among(_keys(groups), since.crowded)
        yield from across(_where(groups, was), most, sources, n)
        for pairs in across(_where(groups, ~was & _holding(groups, asked)), most, sources, n):
            left, right = unpacked(pairs, n)
            yield pairs[since.fresh[left] | since.fresh[right] | among(pairs, doubtful)]
