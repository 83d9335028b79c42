"""Which keys are worth their pairs, learned from the records themselves, without labels.

A sample of the pairs that any key proposes is drawn so that every such pair has the same chance: groups of
records that share a key are drawn, and a pair counts for the first key that proposes it. Once the model is
fitted to the sample, each pair has a belief; the keys are then taken one by one, the one first that adds
most matches for its pairs, until another would add next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lamplighter.linkage import blocking
from lamplighter.linkage.blocking import Hashed, Key, Limits
from lamplighter.linkage.coded import Hashes, Rows, mixed
from lamplighter.linkage.features import Features

Bits = npt.NDArray[np.float64]
Members = npt.NDArray[np.bool_]
PAIRS_SAMPLED = 500_000
PAIRS_A_RECORD = 30
WORTH_A_KEY = 0.0005
"""A key that would add a smaller share of the matches than this is left out."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Pairs of rows, one in ``one_in`` of those that any key proposes; ``members`` (n, k): by which keys
    each is proposed; ``costs`` (k,): how many pairs each key proposes in all."""

    left: Rows
    right: Rows
    members: Members
    costs: Bits
    one_in: int


def sample(features: Features, keys: Sequence[Key], limits: Limits, *, one_in: int | None = None) -> Sampled:
    """A sample of the pairs that ``keys`` propose: one in ``one_in``, or about :data:`PAIRS_SAMPLED`."""
    hashed = Hashed(features)
    one_in = one_in or max(1, round(len(features) * PAIRS_A_RECORD / PAIRS_SAMPLED))
    lefts: list[Rows] = []
    rights: list[Rows] = []
    members: list[Members] = []
    costs = np.zeros(len(keys))
    crowded: list[Hashes] = []
    for k, key in enumerate(keys):
        a, b, costs[k], over = _drawn(key, hashed, limits, one_in)
        crowded.append(over)
        proposed = np.column_stack(
            [proposes(j, keys, hashed, crowded, a, b) for j in range(k)]
            + [np.ones(len(a), dtype=bool)]
            + [np.zeros(len(a), dtype=bool)] * (len(keys) - k - 1)
        )
        first = ~proposed[:, :k].any(axis=1)
        lefts.append(a[first])
        rights.append(b[first])
        members.append(proposed[first])
    if not lefts:
        nothing = np.empty(0, dtype=np.int64)
        return Sampled(nothing, nothing, np.empty((0, len(keys)), dtype=bool), costs, one_in)
    left, right, found = np.concatenate(lefts), np.concatenate(rights), np.concatenate(members)
    for j in range(len(keys)):
        later = np.flatnonzero(~found[:, j])
        found[later, j] = proposes(j, keys, hashed, crowded, left[later], right[later])
    return Sampled(left, right, found, costs, one_in)


def _drawn(key: Key, hashed: Hashed, limits: Limits, one_in: int) -> tuple[Rows, Rows, float, Hashes]:
    """Pairs of one in ``one_in`` groups of a key, its pairs in all, and its keys that are too common."""
    rows, made = blocking.rows_and_keys(key, hashed)
    _, starts, sizes = blocking.grouped(rows, made)
    order = np.sort(made)
    over = np.sort(order[starts[sizes > limits.most]])
    cost = 0.0
    lefts, rights = [], []
    for group_rows, begins, counts in blocking.blocks(key, hashed, limits):
        cost += float((counts * (counts - 1) / 2).sum())
        if one_in > 1:
            # A group is drawn by the number of its first record and the key: the same one every time.
            first = group_rows[begins].astype(np.uint64)
            drawn = mixed(first + np.uint64(len(key.name))) % np.uint64(one_in) == 0
            begins, counts = begins[drawn], counts[drawn]
        for a, b in blocking.pairs_in(group_rows, begins, counts):
            lefts.append(a[a != b])
            rights.append(b[a != b])
    if not lefts:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, cost, over
    both = blocking.distinct(
        [blocking.packed(np.concatenate(lefts), np.concatenate(rights), len(hashed.features))]
    )
    left, right = blocking.unpacked(both, len(hashed.features))
    return left, right, cost, over


def proposes(
    k: int, keys: Sequence[Key], hashed: Hashed, crowded: Sequence[Hashes], left: Rows, right: Rows
) -> Members:
    """Whether a key proposes each pair: it is shared, and not too common, or shared when narrowed."""
    key = keys[k]
    found = blocking.shares_key(key, hashed, left, right)
    at = np.flatnonzero(found)
    if not len(at) or not len(crowded[k]):
        return found
    common = _is_in(_key_of(key, hashed, left[at]), crowded[k])
    narrowed = np.zeros(len(at), dtype=bool)
    for wanted in key.narrow:
        narrowed |= blocking.shares_part(hashed, wanted, left[at], right[at])
    found[at] = ~common | narrowed
    return found


def _key_of(key: Key, hashed: Hashed, rows: Rows) -> Hashes:
    """The key of records whose parts are single texts; 0 where a part is a list."""
    made = np.zeros(len(rows), dtype=np.uint64)
    for i, wanted in enumerate(key.parts):
        hashes = hashed.of(wanted)
        if isinstance(hashes, tuple):
            return np.zeros(len(rows), dtype=np.uint64)
        made += mixed(hashes[rows] + np.uint64(0 if key.unordered else i + 1))
    return mixed(made)


def _is_in(values: Hashes, ordered: Hashes) -> Members:
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[at] == values)


def chosen(sampled: Sampled, belief: Bits, keys: Sequence[Key], worth: float = WORTH_A_KEY) -> list[Key]:
    """The keys that find the matches, the most useful for its pairs first.

    ``belief`` (n,) is how likely each sampled pair is a match.
    """
    left_over = belief.copy()
    total = max(float(belief.sum()), 1e-9)
    costs = np.maximum(sampled.costs, 1.0)
    taken: list[int] = []
    while len(taken) < len(keys):
        gains = left_over @ sampled.members
        gains[taken] = 0.0
        useful = gains >= worth * total
        if not useful.any():
            break
        # A key that adds much is worth more pairs than one that adds little.
        best = int(np.argmax(np.where(useful, gains / np.sqrt(costs), -1.0)))
        taken.append(best)
        left_over[sampled.members[:, best]] = 0.0
    return [keys[i] for i in taken]
