"""Choose the blocking rules that are worth their candidate pairs, from the records themselves, without
labels.

A sample of the pairs that any key proposes is drawn so that every such pair has the same chance: groups of
records that share a key are drawn, and a pair counts for the first key that proposes it. Once the model is
fitted to the sample, each pair has a belief; the keys are then taken one by one, the one first that adds
most matches for its pairs, until another would add next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.pair_ids import packed, unpacked
from lamplighter.linkage.arrays.row_order import Hashes, Rows, among, mixed, ordered
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import Hashed, Limits
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features

Bits = npt.NDArray[np.float64]
Members = npt.NDArray[np.bool_]
PAIRS_SAMPLED = 300_000
PAIRS_A_RECORD = 30
RARE = 3
"""Of groups of no more records than this every one is drawn."""
WORTH_A_KEY = 0.0005
"""A key that would add a smaller share of the matches than this is left out."""
PAIRS_A_MATCH = 10_000
"""So is one that looks at more pairs than this for each match that it adds. Both grow with the square of the
records, so what holds in a sample holds in the whole table."""


@dataclass(frozen=True, slots=True)
class Crowds:
    """The values of a key that too many records share, and of the key as each part narrows it, sorted."""

    of_key: Hashes
    narrowed: Sequence[Hashes]


@dataclass(frozen=True, slots=True)
class Sampled:
    """Pairs of rows out of those that any key proposes, each standing for so many as ``times`` (n,) says;
    ``members`` (n, k): by which keys each is proposed; ``costs`` (k,): how many pairs each key proposes in
    all; ``crowds`` of each key."""

    left: Rows
    right: Rows
    members: Members
    costs: Bits
    times: Bits
    crowds: Sequence[Crowds]


def sample(features: Features, keys: Sequence[Key], limits: Limits, *, one_in: int | None = None) -> Sampled:
    """Return a sample of the pairs that ``keys`` propose: all of the groups that are rare, where the matches
    are, and one in ``one_in`` of the others, or as many as make about :data:`PAIRS_SAMPLED`.
    """
    hashed = Hashed(features)
    one_in = one_in or max(1, round(len(features) * PAIRS_A_RECORD / PAIRS_SAMPLED))
    if not keys:
        nothing = np.empty(0, dtype=np.int64)
        return Sampled(nothing, nothing, np.empty((0, 0), dtype=bool), np.empty(0), np.empty(0), [])
    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(lambda key: _drawn(key, hashed, limits, one_in), keys))
        crowds = [d.crowds for d in drawn]

        def own(k: int) -> tuple[Rows, Rows, Members, Bits]:
            """Return the pairs that the key is the first to propose."""
            a, b = drawn[k].left, drawn[k].right
            shares = candidate_pairs.Shares(hashed, a, b)
            found = np.column_stack(
                [
                    np.ones(len(a), dtype=bool) if j == k else proposes(key, shares, crowds[j])
                    for j, key in enumerate(keys)
                ]
            )
            first = ~found[:, :k].any(axis=1)
            return a[first], b[first], found[first], drawn[k].times[first]

        parts = list(pool.map(own, range(len(keys))))
    left, right, members, times = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Sampled(left, right, members, np.array([d.cost for d in drawn]), times, crowds)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Pairs drawn of those that a key proposes, how many each stands for, how many pairs it proposes in all,
    and its keys that are too common."""

    left: Rows
    right: Rows
    times: Bits
    cost: float
    crowds: Crowds


def _drawn(key: Key, hashed: Hashed, limits: Limits, one_in: int) -> _Drawn:
    """Pairs of the rare groups of a key and of one in ``one_in`` of the others."""
    cost, n = 0.0, len(hashed.features)
    parts: list[npt.NDArray[np.int64]] = []
    crowds: list[Hashes] = []
    for block in candidate_pairs.blocks(key, hashed, limits):
        cost += block.pairs
        crowds.append(block.crowded)
        if one_in > 1:
            # A group is drawn by the number of its first record and the key: the same one every time.
            first = block.rows[block.starts].astype(np.uint64)
            drawn = mixed(first + np.uint64(len(key.name))) % np.uint64(one_in) == 0
            drawn |= block.sizes <= RARE
            block = replace(block, starts=block.starts[drawn], sizes=block.sizes[drawn])
        for size, a, b in candidate_pairs.pairs_by_size(block):
            apart = a != b
            # Of a pair that stands for itself and for others the first counts.
            parts.append(2 * packed(a[apart], b[apart], n) + (size > RARE))
    # Without a crowd nothing was narrowed.
    over = Crowds(crowds[0], crowds[1:] or [crowds[0]] * len(key.narrow))
    every = ordered(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
    pairs = every >> 1
    first_of = np.ones(len(pairs), dtype=bool)
    np.not_equal(pairs[1:], pairs[:-1], out=first_of[1:])
    left, right = unpacked(pairs[first_of], n)
    return _Drawn(left, right, np.where(every[first_of] & 1, float(one_in), 1.0), cost, over)


def proposes(key: Key, shares: candidate_pairs.Shares, crowds: Crowds) -> Members:
    """Tell whether a key proposes each pair: it is shared, and not too common, or shared when narrowed."""
    found = shares.key(key)
    at = np.flatnonzero(found)
    rows = shares.left[at]
    common = is_common(key, shares.hashed, crowds, rows)
    at, rows = at[common], rows[common]
    if len(at):
        shared = [shares.part(p)[at] for p in key.narrow]
        few = ~crowded_when_narrowed(key, shares.hashed, crowds, rows)
        found[at] = (np.column_stack(shared) & few).any(axis=1) if shared else False
    return found


def is_common(key: Key, hashed: Hashed, crowds: Crowds, rows: Rows) -> Members:
    """Tell whether too many records share the key of each record: (n,)."""
    if not len(crowds.of_key):
        return np.zeros(len(rows), dtype=bool)
    return among(candidate_pairs.short(_key_of(key, hashed, rows), len(hashed.features)), crowds.of_key)


def crowded_when_narrowed(key: Key, hashed: Hashed, crowds: Crowds, rows: Rows) -> Members:
    """Tell whether too many share it still, as each part narrows it: (n, parts that narrow)."""
    n = len(hashed.features)
    made, every = mixed(candidate_pairs.short(_key_of(key, hashed, rows), n)), np.arange(len(rows))
    found = np.zeros((len(rows), len(key.narrow)), dtype=bool)
    for i, wanted in enumerate(key.narrow):
        column = hashed.column(wanted)
        if len(crowds.narrowed[i]) and isinstance(column, Texts):
            kept = every[column.codes[rows] >= 0]
            table = hashed.mixed(wanted, candidate_pairs.NARROWER + np.uint64(i))
            finer = candidate_pairs.short(made[kept] + table[column.codes[rows[kept]]], n)
            found[kept, i] = among(finer, crowds.narrowed[i])
    return found


def _key_of(key: Key, hashed: Hashed, rows: Rows) -> Hashes:
    """Return the key of records whose parts are single texts; 0 where a part is a list."""
    made = np.zeros(len(rows), dtype=np.uint64)
    for i, wanted in enumerate(key.parts):
        column = hashed.column(wanted)
        if not isinstance(column, Texts):
            return np.zeros(len(rows), dtype=np.uint64)
        made += hashed.mixed(wanted, np.uint64(0 if key.unordered else i + 1))[column.codes[rows]]
    return mixed(made)


def chosen(sampled: Sampled, belief: Bits, keys: Sequence[Key], worth: float = WORTH_A_KEY) -> list[Key]:
    """Return the keys that find the matches, the most useful for its pairs first.

    ``belief`` (n,) is how likely each sampled pair is a match. What is to be expected of a key follows from
    what is believed, and of people who are called otherwise little is: the key that does without names is
    taken all the same.
    """
    patterns, left_over = _by_pattern(sampled.members, belief * sampled.times)
    total = max(float(left_over.sum()), 1e-9)
    costs = np.maximum(sampled.costs, 1.0)
    members = patterns.astype(np.float64)
    taken: list[int] = []
    while len(taken) < len(keys):
        gains = left_over @ members
        gains[taken] = 0.0
        useful = gains >= np.maximum(worth * total, costs / PAIRS_A_MATCH)
        if not useful.any():
            break
        # A key that adds much is worth more pairs than one that adds little.
        best = int(np.argmax(np.where(useful, gains / np.sqrt(costs), -1.0)))
        taken.append(best)
        left_over[patterns[:, best]] = 0.0
    taken += [i for i, k in enumerate(keys) if k.always and i not in taken and sampled.costs[i] > 0]
    return [keys[i] for i in taken]


def _by_pattern(members: Members, weight: Bits) -> tuple[Members, Bits]:
    """Return the different rows of ``members`` (n, k), and the weight of each."""
    # Eight keys to a number.
    eights = np.packbits(members, axis=1)
    names = [f"e{i}" for i in range(eights.shape[1])]
    rows = pl.DataFrame(dict(zip(names, eights.T, strict=True)) | {"weight": weight})
    found = rows.group_by(names).agg(pl.col("weight").sum()).sort(names)
    patterns = np.unpackbits(found.select(names).to_numpy(), axis=1, count=members.shape[1])
    return patterns.astype(bool), found["weight"].to_numpy().copy()


@dataclass(frozen=True, slots=True)
class Yield:
    """Hold what one key brings: ``pairs`` that it proposes, ``found``: the share of the matches that any key
    proposes, and ``alone``: the share that no other of the chosen keys does."""

    key: str
    pairs: float
    found: float
    alone: float


def yields(names: Sequence[str], members: Members, costs: Bits, belief: Bits) -> tuple[Yield, ...]:
    """Return what each key brings; ``members`` (n, k), ``costs`` (k,) of the keys ``names``, ``belief``
    (n,)."""
    total = max(float(belief.sum()), 1e-9)
    by = members.sum(axis=1)
    return tuple(
        Yield(
            name,
            float(costs[k]),
            float(belief[members[:, k]].sum()) / total,
            float(belief[members[:, k] & (by == 1)].sum()) / total,
        )
        for k, name in enumerate(names)
    )
