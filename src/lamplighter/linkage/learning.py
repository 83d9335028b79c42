"""The rates and shares of a mixture, learned without labels.

By expectation maximisation from how often each pattern of levels is seen (a finite mixture; McLachlan and
Peel, 2000; for linkage with more than two classes, Winkler, 1993, and Larsen and Rubin, 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from lamplighter.linkage.levels import Comparison, Kind
from lamplighter.linkage.mixture import SMALLEST, Bits, Mixture, Rates, tables
from lamplighter.linkage.patterns import Compared, Seen, compared
from lamplighter.linkage.value_shares import of_two

_AT_ONCE = 40_000


@dataclass(frozen=True, slots=True)
class Strength:
    """How many pairs the table's own rates count as: for one person, for each other kind; and how many,
    at most, its own share of a kind of two people: that none was seen in a small set does not show that
    there are none. ``unknown``: of one person too, for a column of which it is not known what it holds."""

    same: float = 150.0
    other: float = 60.0
    unseen: float = 8.0
    unknown: float = 20.0


OF_A_TABLE = Strength(unseen=2.0)
"""A table may be small, and of people without relatives in it: eight pairs of each kind of relatives that are
not there were one in ten of its matches."""


def learn(
    seen: Seen,
    start: Mixture,
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    *,
    odds: Bits,
    of: Bits,
    pairs: float,
    strength: Strength = Strength(),
    rounds: int = 80,
    settling: int = 12,
) -> tuple[Mixture, Bits]:
    """Rates and shares by expectation maximisation, and the prior odds of each group.

    ``start`` is the mixture to begin with and the rates that are shrunk towards; ``odds`` (g,) the
    prior odds of each group to begin with, ``of`` (g,) how many pairs each group has, seen or not;
    ``pairs`` is how many pairs there are of all. Rates of two people at random stay as they are.
    """
    mixture, odds = start, odds.copy()
    before = -np.inf
    arrays = tables(start, table, kinds)
    rows = compared(seen, arrays.own.shape[2])
    # Bits of frequencies, and those that are known beforehand, are the same in every round.
    given = arrays.with_frequencies(np.zeros((len(rows.of), len(arrays.same)), order="F"), seen.frequencies)
    given[:, arrays.same] += seen.offset[:, None]
    total, belief = np.empty(len(rows.of)), np.empty_like(given)

    def expect(own: Bits, prior: Bits, some: slice) -> None:
        """How likely each kind is for some of the patterns, ``own`` being the bits of what was compared."""
        bits = given[some].copy(order="K")
        for k, one in enumerate(arrays.same):
            bits[:, k] += own[:, k].take(rows.of[some])
            if one:
                bits[:, k] += prior[some]
        most = bits.max(axis=1)
        shares = np.exp2(bits - most[:, None])
        every = shares.sum(axis=1)
        total[some] = most + np.log2(every)
        belief[some] = shares * (seen.times[some] / every)[:, None]

    with ThreadPoolExecutor(2) as pool:
        for turn in range(rounds):
            arrays = tables(mixture, table, kinds)
            # The shares of kinds of two people are per pair at random; those of one person take the prior.
            own, prior = rows.bits(arrays), np.append(np.log2(odds), 0.0).take(seen.group)
            own[:, arrays.same] += arrays.base
            parts = [slice(i, i + _AT_ONCE) for i in range(0, len(rows.of), _AT_ONCE)]
            list(pool.map(expect, repeat(own), repeat(prior), parts))
            same = belief[:, arrays.same].sum(axis=1)
            for g in range(len(odds)):
                mine = float(same[seen.group == g].sum())
                odds[g] = max(mine, 0.5) / max(of[g] - mine, 1.0)
            # The competitors settle first: rates of one person that gave way early would swallow them.
            begins = turn < settling
            held = rows.summed(belief)
            mixture = _maximised(held, rows, mixture, start, table, kinds, pairs, strength, begins)
            now = float((total * seen.times).sum())
            if turn > settling and abs(now - before) < 1e-7 * abs(now):
                break
            before = now
    return mixture, odds


def _maximised(
    belief: Bits,
    rows: Compared,
    mixture: Mixture,
    start: Mixture,
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    pairs: float,
    strength: Strength,
    settling: bool,
) -> Mixture:
    of_one = sum(float(belief[:, k].sum()) for k, kind in enumerate(kinds) if kind.same)
    first = next(kind.name for kind in kinds if kind.same)
    shares: dict[str, float] = {}
    rates: dict[str, dict[str, dict[str, float]]] = {}
    # Kinds of one person come first. What makes relatives of two people is what proposes them: their rates
    # are those of such pairs.
    one = sum(kind.same for kind in kinds)
    at_levels = np.concatenate(
        [rows.counts(belief[:, :one], telling=True), rows.counts(belief[:, one:], telling=False)], axis=2
    )
    for k, kind in enumerate(kinds):
        held = float(belief[:, k].sum())
        if kind.same:
            shares[kind.name] = (held + 1.0) / (of_one + sum(x.same for x in kinds))
        else:
            begun_with = min(start.shares[kind.name] * pairs, strength.unseen)
            # What began with nothing cannot be told from one person in these records (see `starting`).
            share = (held + begun_with) / pairs if begun_with else 0.0
            shares[kind.name] = min(share, start.shares[kind.name]) if kind.at_most else share
        own: dict[str, dict[str, float]] = {}
        as_same = _as_same(kind, table, at_levels)
        for c, comparison in enumerate(table):
            begun = start.rates[kind.name][comparison.name]
            given = kind.is_random(comparison) or comparison.name in kind.known
            if given or (settling and (kind.same or comparison.unknown)):
                own[comparison.name] = dict(begun)
                continue
            if comparison.name in as_same:
                own[comparison.name] = dict(rates[kind.like or first][comparison.name])
                continue
            counts = at_levels[c, :, k]
            of_same = strength.unknown if comparison.unknown else strength.same
            pseudo = of_same if kind.same else strength.other
            total = counts.sum() + pseudo
            own[comparison.name] = {
                v.name: begun[v.name]
                if v.fixed
                else float((counts[v.value] + pseudo * begun[v.name]) / total)
                for v in comparison.levels
            }
        rates[kind.name] = own
    for comparison in table:
        _bounded(comparison, [k.name for k in kinds if k.same], rates, shares, mixture.random)
    return Mixture(mixture.random, rates, shares, mixture.namesakes)


def _as_same(kind: Kind, table: Sequence[Comparison], at_levels: Bits) -> frozenset[str]:
    """The comparisons of a kind that are as in one person, ``at_levels`` (c, v, k) being how often what was
    compared came out how."""
    told = any(c.name in kind.as_same and at_levels[i].any() for i, c in enumerate(table))
    return kind.as_same | kind.as_same_with if told else kind.as_same


def _bounded(
    comparison: Comparison,
    of_one: Sequence[str],
    rates: Mapping[str, dict[str, dict[str, float]]],
    shares: Mapping[str, float],
    random: Rates,
) -> None:
    """That something differs is never evidence for one person: in all kinds of one person together the last
    level is no commoner than at random. It can look so where many rows of a table hold one number. Nor is it
    commoner than the table of levels allows, or a home's people, who share a surname and a telephone, would
    pass for one person."""
    last = comparison.level(0).name
    total = sum(shares[k] * rates[k][comparison.name][last] for k in of_one)
    most = min(random[comparison.name][last], comparison.level(0).at_most)
    if total <= most:
        return
    for k in of_one:
        row = rates[k][comparison.name]
        less = row[last] * most / total
        others = (1 - less) / max(1 - row[last], SMALLEST)
        rates[k][comparison.name] = {n: less if n == last else r * others for n, r in row.items()}


def pairs_of(records: int) -> float:
    """How many pairs of records there are, and one where there are none."""
    return max(records * (records - 1) / 2, 1.0)


def starting(
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    random: Rates,
    records: int,
    has: Callable[[str], bool] = lambda column: True,
) -> Mixture:
    """The mixture before any fitting: the table's rates, ``random`` where a kind begins at random.

    Levels for which the records have no column (``has``) cannot come about (there are postcodes, say, and
    no streets): the others begin with their share. Where people are named, a further column begins as it is
    between any two people: whether it tells who somebody is (a number of theirs) or not (the amount of an
    order) is learned from those who are known by the rest.
    """
    same = [k for k in kinds if k.same]
    pairs = pairs_of(records)
    shares = {k.name: 0.9 if i == 0 else 0.1 / max(len(same) - 1, 1) for i, k in enumerate(same)}
    shares |= {k.name: k.share * records / pairs for k in kinds if not k.same}
    # Where neither births nor e-mail addresses are recorded nothing tells a father from his son, who share a
    # home and a telephone: such a kind would stand for one person.
    shares |= {k.name: 0.0 for k in kinds if not k.same and not _told_apart(k, table, has)}
    begin: dict[str, dict[str, float]] = {}
    for comparison in table:
        some = [v for v in comparison.levels if v.fixed or v.possible(has)]
        total = sum(v.m for v in some)
        begin[comparison.name] = {v.name: v.m / total if v in some else SMALLEST for v in comparison.levels}
    named = has("first") or has("sur")

    def begins(kind: Kind, c: Comparison) -> dict[str, float]:
        at_random = kind.begins_random(c) or (c.unknown and (named or not kind.same))
        row = dict(kind.known.get(c.name) or (random if at_random else begin)[c.name])
        if at_random and c.unknown and not kind.is_random(c):
            # A kind at random has the frequency of the very value, which two records have.
            row |= {
                v.name: max(row[v.name], of_two(records, random[c.name][v.name]))
                for v in c.levels
                if v.tf and not v.near
            }
        return row

    rates = {k.name: {c.name: begins(k, c) for c in table} for k in kinds}
    return Mixture(random, rates, shares)


def _told_apart(kind: Kind, table: Sequence[Comparison], has: Callable[[str], bool]) -> bool:
    """Whether records with these columns can show that two people are not one: by what either keeps, or has
    for himself."""

    def tells(c: Comparison) -> bool:
        own = c.stable if kind.is_random(c) else kind.begins_random(c)
        return own and len(c.levels) > 2 and any(has(x) for x in c.about())

    return any(map(tells, table))
