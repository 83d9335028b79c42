"""Gather the evidence for clustering, from wherever pairs are kept: weighed pairs, a frame, or columns of
bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows, different
from lamplighter.linkage.clustering.profiles import Evidence
from lamplighter.linkage.comparisons.comparison_levels import comparisons
from lamplighter.linkage.comparisons.reasons import names_of_parts
from lamplighter.linkage.comparisons.weight_bars import (
    APART,
    BARRED,
    DESCRIBED,
    HELD,
    KEPT,
    MATTER,
    RELATED,
    TOGETHER,
    UNDECIDED,
)
from lamplighter.linkage.dyads.pair_context import ACCOUNT_NAME, IDENTIFYING
from lamplighter.linkage.model.agreement_patterns import Weighed, taken
from lamplighter.linkage.model.match_weights import Weigher

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LASTING = frozenset({RELATED})
"""What is averaged over the pairs of records that have it, as what a person keeps is, though it is none of
the comparisons: what people of one home share speaks for one person in some pairs of their records, and in
the same pairs this takes it away. At its best it would be that of a pair in which no home was compared."""
_OF_REPORTS = (DESCRIBED, MATTER, APART, RELATED)
"""What is told of pairs of people in reports, and of no pair of rows of a table."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Tell which pairs are held, and why: see ``weight_bars.BARRED`` and its neighbours; and which of them
    compare anything that tells one person from another. Shape (n,) each."""

    unnamed: Flags
    barred: Flags
    kept: Flags
    named: Flags

    @classmethod
    def of(cls, hold: pl.Series, named: Flags) -> Holds:
        """From the column ``hold``."""
        unnamed, barred, kept = (
            hold.is_in(why).fill_null(False).to_numpy() for why in (UNDECIDED, (BARRED,), (KEPT,))
        )
        return cls(unnamed, barred, kept, named)

    @classmethod
    def none(cls, n: int) -> Holds:
        """Of ``n`` pairs of which none is held."""
        nothing = np.zeros(n, dtype=bool)
        return cls(nothing, nothing, nothing, ~nothing)


@dataclass(frozen=True, slots=True)
class OfWeighed:
    """Evidence for grouping of weighed pairs, and ``context`` (n,) bits of all else. Its parts are the
    comparisons that were made ``anywhere`` (by their numbers), for people in reports what of the context is
    ``related`` (:attr:`dyad_evidence.Context.related`; ``None`` for a table), and the rest of the context."""

    weigher: Weigher
    weighed: Weighed
    context: Bits
    related: Bits | None
    anywhere: Rows

    @classmethod
    def whole(
        cls, weigher: Weigher, weighed: Weighed, context: Bits, related: Bits | None = None
    ) -> OfWeighed:
        """Of all pairs."""
        levels = weighed.levels.T
        anywhere = np.flatnonzero([(own >= 0).any() for own in levels])
        return cls(weigher, weighed, context, related, anywhere)

    @property
    def left(self) -> Rows:
        return self.weighed.left

    @property
    def right(self) -> Rows:
        return self.weighed.right

    @property
    def lasting(self) -> npt.NDArray[np.bool_]:
        table = self.weigher.model.table
        related = [] if self.related is None else [RELATED in LASTING]
        # Of a table the rest is how often records of two sources are of one person.
        return np.array([*(table[i].stable for i in self.anywhere), *related, self.related is None])

    @property
    def total(self) -> Bits:
        """Log-odds in bits: shape (n,)."""
        return np.asarray(self.weighed.evidence + self.context)

    def shifted(self, more: Bits) -> OfWeighed:
        """See :class:`profiles.Grounds`."""
        return replace(self, context=self.context + more)

    def some(self, at: Rows) -> OfWeighed:
        """See :class:`profiles.Grounds`."""
        related = None if self.related is None else self.related[at]
        return replace(self, weighed=taken(self.weighed, at), context=self.context[at], related=related)

    def of(self, at: Rows) -> Evidence:
        """See :class:`profiles.Grounds`."""
        some = self.some(at)
        bars = [self.weigher.bars(some.weighed)[:, self.anywhere], some.context]
        compared = [some.weighed.levels[:, self.anywhere] >= 0, np.ones(len(some.context), dtype=bool)]
        if some.related is not None:
            bars[1:] = [some.related, some.context - some.related]
            compared[1:1] = [some.related != 0]
        return Evidence(some.left, some.right, np.column_stack(bars), np.column_stack(compared), self.lasting)


def from_frame(pairs: pl.DataFrame, names: pl.Series) -> tuple[Evidence, Holds]:
    """The same, with holds, from stored pairs and their bars; pairs of other records are left out."""
    place = pl.DataFrame({"record": names, "row": np.arange(len(names), dtype=np.int64)})
    known = (
        pairs.select("left_record", "right_record", "hold", "levels")
        .join(place, left_on="left_record", right_on="record")
        .join(place, left_on="right_record", right_on="record", suffix="_2")
        .select("hold", "levels", l=pl.min_horizontal("row", "row_2"), r=pl.max_horizontal("row", "row_2"))
        .sort("l", "r")
        .with_row_index("pair")
    )
    bars = known.select("pair", "levels").explode("levels").unnest("levels").drop_nulls("comparison")
    bars = bars.with_columns(pl.col("comparison").cast(pl.String))
    kept = ~pl.col("comparison").str.starts_with("_") | (pl.col("comparison") == RELATED)
    own = bars.filter(kept)
    parts = own["comparison"].unique().sort().to_list()
    column = own["comparison"].replace_strict({n: i for i, n in enumerate(parts)}, return_dtype=pl.Int64())
    n = known.height
    weights, compared = np.zeros((n, len(parts) + 1)), np.zeros((n, len(parts) + 1), dtype=bool)
    at, part = own["pair"].to_numpy(), column.to_numpy().astype(np.int64)
    weights[at, part] = own["weight"].to_numpy()
    compared[at, part] = True
    # What follows from the persons is no evidence for them.
    rest = bars.filter(~kept, pl.col("comparison") != TOGETHER)
    rest = rest.group_by("pair").agg(pl.col("weight").sum())
    weights[rest["pair"].to_numpy(), -1] = rest["weight"].to_numpy()
    compared[:, -1] = True
    # The rest of a table lasts, as in :class:`OfWeighed`.
    lasting = np.array([*_lasting(parts), not bars["comparison"].is_in(_OF_REPORTS).any()])
    evidence = Evidence(known["l"].to_numpy(), known["r"].to_numpy(), weights, compared, lasting)
    return evidence, Holds.of(known["hold"], _named(parts, compared, weights))


def from_columns(
    left: Rows, right: Rows, hold: npt.NDArray[np.int8], sizes: Rows, parts: Rows, bits: Bits
) -> tuple[Evidence, Holds]:
    """Evidence of n pairs of rows, left < right, and which of them are held, from their bars.

    ``hold``: numbers of ``weight_bars.HOLDS``. ``sizes``: how many bars each pair has; of all, one after the
    other, ``parts`` is what they are about (:func:`reasons.parts_of`) and ``bits`` what they are worth.
    """
    names = names_of_parts()
    told = (names[p] for p in different(parts).tolist())
    own = sorted(name for name in told if name[0] != "_" or name == RELATED)
    n, last = len(left), len(own)
    place = {name: i for i, name in enumerate(own)}
    column = np.array([place.get(name, last) for name in names], dtype=np.int64)
    pair, at = np.repeat(np.arange(n), sizes), column[parts]
    weights = np.zeros((n, last + 1))
    np.add.at(weights, (pair, at), bits)
    compared = np.zeros((n, last + 1), dtype=bool)
    compared[pair, at] = True
    compared[:, last] = True
    lasting = np.array([*_lasting(own), False])
    order = np.lexsort((right, left))
    evidence = Evidence(left, right, weights, compared, lasting).of(order)
    unnamed, barred, kept = (
        np.isin(hold[order], [HELD[w] for w in why]) for why in (UNDECIDED, (BARRED,), (KEPT,))
    )
    return evidence, Holds(unnamed, barred, kept, _named(own, compared, weights)[order])


def _lasting(parts: Sequence[str]) -> list[bool]:
    """Tell which comparisons are about what a person keeps, and which else are averaged."""
    stable = {c.name: c.stable for c in comparisons()}
    return [p in LASTING or stable.get(p, False) for p in parts]


def _named(parts: Sequence[str], compared: Flags, weights: Bits) -> Flags:
    """Of which pairs anything was compared that tells one person from another, as
    :func:`pair_context.named_pairs` says of levels; ``parts`` are comparisons, ``weights`` their bits."""
    at = [i for i, name in enumerate(parts) if name in IDENTIFYING]
    fits = [i for i, name in enumerate(parts) if name == ACCOUNT_NAME]
    return np.asarray(compared[:, at].any(axis=1) | (weights[:, fits] > 0).any(axis=1))
