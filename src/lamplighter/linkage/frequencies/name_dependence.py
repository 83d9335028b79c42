"""Find first names and surnames that go together, because people of one community bear them.

Taken to be independent, the first name and the surname of two strangers agree as often as each does by
itself. But who is called Nicoleta is called Popescu far oftener than other people are, and two strangers of
one community share a whole name far oftener than two strangers do: taken for one person because "both names
are rare", they are merged the oftener, the smaller their community is. So whole names are taken to come from
a few communities, each with first names and surnames of its own (latent classes: Lazarsfeld, 1950; Hofmann,
1999), learned without labels from which names stand together. With P(k | name) of community k, two who share
both names by chance are

    lift(first, surname) = sum over k of  P(k | first) P(k | surname) / P(k)

times as many as the shares of the two names say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.comparisons.comparison_levels import Comparison
from lamplighter.linkage.features.encoded_columns import Column, Texts

Bits = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]
FIRST, SURNAME = "first", "sur"
COMMUNITIES = 4
ROUNDS = 60
MOST_NAMES = 60_000
"""So many whole names are learned from."""
FEWEST_NAMES = 500
HELD_OUT = 0.1
"""This share of whole names is not learned from: whether communities are kept is seen by these."""
LEAST_LIFT, SURE = 0.05, 3.0
"""They are kept where those fit better by so many bits each, and by so many standard errors."""
AS_ALL = 3.0
"""A name begins as if it had stood beside so many names of all communities alike."""
MOST_BITS = 6.0
FEWEST_BESIDE = 2
"""Of a name that stood beside fewer names than this nothing is said."""
_SEED = 20261127


@dataclass(frozen=True, slots=True)
class Communities:
    """``share`` (k,): how many bear a name of each community; ``of``: column -> name, or its keyed hash ->
    how likely each community is (k,)."""

    share: tuple[float, ...]
    of: Mapping[str, Mapping[str, tuple[float, ...]]]

    def bits(self, first: pl.Series, surname: pl.Series) -> Bits:
        """Bits of the lift of whole names: (n,)."""
        share = np.array(self.share)
        sides = []
        for column, names in ((FIRST, first), (SURNAME, surname)):
            table = self.of[column]
            sides.append(
                np.array([table.get(v, self.share) for v in names.to_list()]).reshape(-1, len(share))
            )
        lift = np.log2((sides[0] * sides[1] / share).sum(axis=1))
        return np.asarray(np.clip(lift, -MOST_BITS, MOST_BITS))

    def renamed(self, called: Callable[[str], str]) -> Communities:
        """Return the same with the names that ``called`` gives to names."""
        return Communities(self.share, {c: {called(v): p for v, p in o.items()} for c, o in self.of.items()})

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able document."""
        of = {c: {v: list(p) for v, p in sorted(own.items())} for c, own in self.of.items()}
        return {"share": list(self.share), "of": of}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Communities:
        """From its document."""
        of = {c: {v: tuple(p) for v, p in own.items()} for c, own in document["of"].items()}
        return cls(tuple(document["share"]), of)


def share_both(levels: Levels, table: Sequence[Comparison]) -> npt.NDArray[np.bool_]:
    """Tell which of some pairs with these ``levels`` (n, c) share the first name and the surname: (n,)."""
    found = np.ones(len(levels), dtype=bool)
    for column in (FIRST, SURNAME):
        c, level = exact(table, column)
        found &= levels[:, c] == level
    return found


def place(table: Sequence[Comparison]) -> int:
    """Return the comparison whose frequency the lift is added to: that of surnames."""
    return exact(table, SURNAME)[0]


def exact(table: Sequence[Comparison], column: str) -> tuple[int, int]:
    """Return the number of the comparison in which a name is shared, and the level at which it is."""
    return next(
        (c, v.value) for c, own in enumerate(table) for v in own.levels if v.tf == column and not v.near
    )


def texts_of(columns: Mapping[str, Column]) -> tuple[Texts, Texts]:
    """Return the columns of first names and of surnames."""
    first, surname = columns[FIRST], columns[SURNAME]
    assert isinstance(first, Texts)
    assert isinstance(surname, Texts)
    return first, surname


def found(by_name: Mapping[str, Column]) -> Communities | None:
    """Return the communities of the names of some records; None where there are none to be seen."""
    if not {FIRST, SURNAME} <= by_name.keys():
        return None
    columns = texts_of(by_name)
    first, surname = columns
    known = (first.codes >= 0) & (surname.codes >= 0)
    # Each whole name once: whoever is reported again and again would be a community.
    width = len(surname.values) + 1
    whole = np.unique(first.codes[known].astype(np.int64) * width + surname.codes[known])
    rng = np.random.default_rng(_SEED)
    whole = rng.permutation(whole)[:MOST_NAMES]
    if len(whole) < FEWEST_NAMES:
        return None
    names = whole // width, whole % width
    sizes = len(first.values), len(surname.values)
    apart = int(len(whole) * HELD_OUT)
    held, learned = (tuple(side[some] for side in names) for some in (slice(apart), slice(apart, None)))
    share, of = _learned(learned, sizes, rng)
    lift = np.log2((of[0][held[0]] * of[1][held[1]] / share).sum(axis=1))
    if lift.mean() < max(LEAST_LIFT, SURE * lift.std() / np.sqrt(apart)):
        return None
    told = {}
    for column, texts, codes, own in zip((FIRST, SURNAME), columns, names, of, strict=True):
        some = np.flatnonzero(np.bincount(codes, minlength=len(own)) >= FEWEST_BESIDE)
        values = texts.values.gather(pl.Series(some)).to_list()
        told[column] = dict(sorted(zip(values, map(tuple, own[some].round(4).tolist()), strict=True)))
    return Communities(tuple(share.round(6).tolist()), told)


def _learned(
    names: tuple[Codes, ...], sizes: tuple[int, int], rng: np.random.Generator
) -> tuple[Bits, tuple[Bits, Bits]]:
    """Return the share of each community (k,), and of each first name and each surname how likely each is
    (n, k), by expectation maximisation.
    """
    n, k = len(names[0]), COMMUNITIES
    share = np.full(k, 1 / k)
    of = [rng.dirichlet(np.ones(k), size) for size in sizes]
    for _ in range(ROUNDS):
        likely = of[0][names[0]] * of[1][names[1]] / share
        likely /= likely.sum(axis=1, keepdims=True)
        share = (likely.sum(axis=0) + 1) / (n + k)
        for side, (codes, size) in enumerate(zip(names, sizes, strict=True)):
            counts = np.column_stack([np.bincount(codes, likely[:, c], size) for c in range(k)])
            counts += AS_ALL * share
            of[side] = counts / counts.sum(axis=1, keepdims=True)
    return share, (of[0], of[1])
