"""Learn the m and u probabilities and the shares of the mixture by expectation maximisation, without labels.

By expectation maximisation from how often each pattern of levels is seen (a finite mixture; McLachlan and
Peel, 2000; for linkage with more than two classes, Winkler, 1993, and Larsen and Rubin, 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.comparisons.comparison_levels import Comparison, Kind
from lamplighter.linkage.frequencies.value_shares import of_two
from lamplighter.linkage.model.agreement_patterns import Seen, compared
from lamplighter.linkage.model.fellegi_sunter import SMALLEST, Bits, Mixture, Rates, tables

_AT_ONCE = 40_000


@dataclass(frozen=True, slots=True)
class Strength:
    """Say how many pairs the table's own rates count as: for one person, for each other kind; and how many,
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
    supposed: Bits | float = 0.0,
) -> tuple[Mixture, Bits]:
    """Rates and shares by expectation maximisation, and the prior odds of each group.

    ``start`` is the mixture to begin with and the rates that are shrunk towards; ``odds`` (g,) the
    prior odds of each group to begin with, ``of`` (g,) how many pairs each group has, seen or not;
    ``pairs`` is how many pairs there are of all; so many of one person are ``supposed`` in each group (g,)
    beside those that are found. Rates of two people at random stay as they are.
    """
    mixture, odds = start, odds.copy()
    before = -np.inf
    expected = _Expected(seen, start, table, kinds)
    begun = _Begun(start, table, kinds, pairs, strength)
    with ThreadPoolExecutor(2) as pool:
        for turn in range(rounds):
            now = expected.under(mixture, odds, pool)
            odds = expected.odds(of, supposed)
            # The competitors settle first: rates of one person that gave way early would swallow them.
            mixture = begun.maximised(expected, settling=turn < settling)
            if turn > settling and abs(now - before) < 1e-7 * abs(now):
                break
            before = now
    return mixture, odds


class _Expected:
    """Hold how likely each kind is for each of n patterns: ``belief`` (n, k), as often as the pattern is
    seen."""

    def __init__(
        self, seen: Seen, start: Mixture, table: Sequence[Comparison], kinds: Sequence[Kind]
    ) -> None:
        arrays = tables(start, table, kinds)
        self.seen, self.table, self.kinds = seen, table, kinds
        self.same = arrays.same
        self.rows = compared(seen, arrays.own.shape[2])
        n = len(self.rows.of)
        # Bits of frequencies, and those that are known beforehand, are the same in every round.
        self._given = arrays.with_frequencies(np.zeros((n, len(self.same)), order="F"), seen.frequencies)
        self._given[:, self.same] += seen.offset[:, None]
        self._total, self.belief = np.empty(n), np.empty_like(self._given)

    def under(self, mixture: Mixture, odds: Bits, pool: ThreadPoolExecutor) -> float:
        """Beliefs under a mixture and the prior ``odds`` (g,) of each group; how well it fits (bits)."""
        arrays = tables(mixture, self.table, self.kinds)
        # The shares of kinds of two people are per pair at random; those of one person take the prior.
        own, prior = self.rows.bits(arrays), np.append(np.log2(odds), 0.0).take(self.seen.group)
        own[:, self.same] += arrays.base
        parts = [slice(i, i + _AT_ONCE) for i in range(0, len(self._total), _AT_ONCE)]
        list(pool.map(self._expect, repeat(own), repeat(prior), parts))
        return float((self._total * self.seen.times).sum())

    def _expect(self, own: Bits, prior: Bits, some: slice) -> None:
        """The same for some of the patterns, ``own`` being the bits of what was compared."""
        bits = self._given[some].copy(order="K")
        for k, one in enumerate(self.same):
            bits[:, k] += own[:, k].take(self.rows.of[some])
            if one:
                bits[:, k] += prior[some]
        most = bits.max(axis=1)
        shares = np.exp2(bits - most[:, None])
        every = shares.sum(axis=1)
        self._total[some] = most + np.log2(every)
        self.belief[some] = shares * (self.seen.times[some] / every)[:, None]

    def odds(self, of: Bits, supposed: Bits | float) -> Bits:
        """Return the prior odds of each group: of its pairs, ``of`` (g,), those of one person, with those
        that are ``supposed``, to the rest.
        """
        same = self.belief[:, self.same].sum(axis=1)
        mine = np.array([float(same[self.seen.group == g].sum()) for g in range(len(of))]) + supposed
        return np.array([max(m, 0.5) / max(n - m, 1.0) for m, n in zip(mine, of, strict=True)])

    def held(self) -> Bits:
        """Tell how many pairs of each combination of outcomes are believed to be of each kind: (q, k)."""
        return self.rows.summed(self.belief)

    def at_levels(self, held: Bits) -> Bits:
        """Tell how often what was compared came out how in pairs of each kind: (c, v, k). Kinds of one person
        come first. What makes relatives of two people is what proposes them: their rates are of such
        pairs."""
        one = sum(kind.same for kind in self.kinds)
        telling = self.rows.counts(held[:, :one], telling=True)
        return np.concatenate([telling, self.rows.counts(held[:, one:], telling=False)], axis=2)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Hold what is learned from: the mixture towards which rates are drawn, how strongly, and how many pairs
    there are of all."""

    start: Mixture
    table: Sequence[Comparison]
    kinds: Sequence[Kind]
    pairs: float
    strength: Strength

    def maximised(self, expected: _Expected, *, settling: bool) -> Mixture:
        """Return the mixture that what is expected fits best. While it is ``settling`` rates of one person
        stay.
        """
        held = expected.held()
        shares = self._shares([float(held[:, k].sum()) for k in range(len(self.kinds))])
        rates = self._rates(expected.at_levels(held), settling)
        for comparison in self.table:
            _bounded(comparison, [k.name for k in self.kinds if k.same], rates, shares, self.start.random)
        return Mixture(self.start.random, rates, shares, self.start.namesakes)

    def _shares(self, held: Sequence[float]) -> dict[str, float]:
        """Return the share of each kind, ``held`` being how many pairs are believed to be of it."""
        of_one = sum(h for h, kind in zip(held, self.kinds, strict=True) if kind.same)
        many = sum(kind.same for kind in self.kinds)
        shares: dict[str, float] = {}
        for mine, kind in zip(held, self.kinds, strict=True):
            begun = self.start.shares[kind.name]
            if kind.same:
                shares[kind.name] = (mine + 1.0) / (of_one + many)
                continue
            begun_with = min(begun * self.pairs, self.strength.unseen)
            # What began with nothing cannot be told from one person in these records (see `starting`).
            share = (mine + begun_with) / self.pairs if begun_with else 0.0
            shares[kind.name] = min(share, begun) if kind.at_most else share
        return shares

    def _rates(self, at_levels: Bits, settling: bool) -> dict[str, dict[str, dict[str, float]]]:
        first = next(kind.name for kind in self.kinds if kind.same)
        rates: dict[str, dict[str, dict[str, float]]] = {}
        for k, kind in enumerate(self.kinds):
            as_same = _as_same(kind, self.table, at_levels)
            own: dict[str, dict[str, float]] = {}
            for c, comparison in enumerate(self.table):
                name = comparison.name
                if self._stays(kind, comparison, settling):
                    own[name] = dict(self.start.rates[kind.name][name])
                elif name in as_same:
                    own[name] = dict(rates[kind.like or first][name])
                else:
                    own[name] = self._counted(kind, comparison, at_levels[c, :, k])
            rates[kind.name] = own
        return rates

    def _stays(self, kind: Kind, comparison: Comparison, settling: bool) -> bool:
        """Tell whether a rate stays what it was in the beginning."""
        given = kind.is_random(comparison) or comparison.name in kind.known
        return given or (settling and (kind.same or comparison.unknown))

    def _counted(self, kind: Kind, comparison: Comparison, counts: Bits) -> dict[str, float]:
        """The rates of a comparison in a kind by ``counts`` (v,), drawn towards those of the beginning."""
        begun = self.start.rates[kind.name][comparison.name]
        of_same = self.strength.unknown if comparison.unknown else self.strength.same
        pseudo = of_same if kind.same else self.strength.other
        total = counts.sum() + pseudo
        return {
            v.name: begun[v.name] if v.fixed else float((counts[v.value] + pseudo * begun[v.name]) / total)
            for v in comparison.levels
        }


def _as_same(kind: Kind, table: Sequence[Comparison], at_levels: Bits) -> frozenset[str]:
    """Return the comparisons of a kind that are as in one person, ``at_levels`` (c, v, k) being how often
    what was compared came out how.
    """
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
    level is no commoner than at random. It can look so where many rows of a table hold one number. Nor is any
    level commoner than the table of levels allows, or a home's people, who share a surname and a telephone,
    would pass for one person."""
    most = {v.name: v.at_most for v in comparison.levels}
    last = comparison.level(0).name
    most[last] = min(most[last], random[comparison.name][last])
    found = {n: sum(shares[k] * rates[k][comparison.name][n] for k in of_one) for n in most}
    less = {n: most[n] / found[n] for n in most if found[n] > most[n]}
    if not less:
        return
    for k in of_one:
        row = rates[k][comparison.name]
        bound = {n: row[n] * less[n] for n in less}
        others = (1 - sum(bound.values())) / max(1 - sum(row[n] for n in less), SMALLEST)
        rates[k][comparison.name] = {n: bound.get(n, r * others) for n, r in row.items()}


def starting(
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    random: Rates,
    records: int,
    has: Callable[[str], bool] = lambda column: True,
    rows_each: float = 1.0,
) -> Mixture:
    """Return the mixture before any fitting: the table's rates, ``random`` where a kind begins at random.
    ``rows_each``: how many records a person has, one with another.

    Levels for which the records have no column (``has``) cannot come about (there are postcodes, say, and
    no streets): the others begin with their share. Where people are named, a further column begins as it is
    between any two people: whether it tells who somebody is (a number of theirs) or not (the amount of an
    order) is learned from those who are known by the rest.
    """
    begin = {c.name: _possible(c, has) for c in table}
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
    return Mixture(random, rates, _starting_shares(table, kinds, records, has, rows_each))


def _possible(comparison: Comparison, has: Callable[[str], bool]) -> dict[str, float]:
    """Tell how often each level comes about in one person, by the table of levels, of those that can."""
    some = [v for v in comparison.levels if v.fixed or v.possible(has)]
    total = sum(v.m for v in some)
    return {v.name: v.m / total if v in some else SMALLEST for v in comparison.levels}


def _starting_shares(
    table: Sequence[Comparison],
    kinds: Sequence[Kind],
    records: int,
    has: Callable[[str], bool],
    rows_each: float,
) -> dict[str, float]:
    """Of kinds of one person as shares of its pairs; of others as shares of all pairs. Whoever has a namesake
    has as many pairs with them as they have records."""
    same, pairs = [k for k in kinds if k.same], pairs_of(records)
    shares = {k.name: 0.9 if i == 0 else 0.1 / max(len(same) - 1, 1) for i, k in enumerate(same)}
    for k in (k for k in kinds if not k.same):
        of_births = k.share_of_births if has("birth_date") else 0.0
        shares[k.name] = (of_births * rows_each or k.share) * records / pairs
    # Where neither births nor e-mail addresses are recorded nothing tells a father from his son, who share a
    # home and a telephone: such a kind would stand for one person.
    return shares | {k.name: 0.0 for k in kinds if not k.same and not _told_apart(k, table, has)}


def _told_apart(kind: Kind, table: Sequence[Comparison], has: Callable[[str], bool]) -> bool:
    """Tell whether records with these columns can show that two people are not one: by what either keeps, or
    has for himself."""

    def tells(c: Comparison) -> bool:
        own = c.stable if kind.is_random(c) else kind.begins_random(c)
        return own and len(c.levels) > 2 and any(has(x) for x in c.about())

    return any(map(tells, table))
