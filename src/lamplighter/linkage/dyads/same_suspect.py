"""Judge how likely two reports by one victim are of one suspect, where nothing names him in one of them.

It reads what is held of single pairs of records, so that a whole table and a single report that was just
saved are judged alike: the weights of the batch are those of the form. Where a report lists nobody who could
be compared, what it is about and when it was made are judged, as in :mod:`dyads.report_pairs`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from lamplighter.linkage.dyads import pair_context
from lamplighter.linkage.model.parameters import Model

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Odds that two reports by one victim concern one suspect where one lists nobody: ``odds``, and how many
    times as often by what the two are about (``matter``) and the time between (``apart``)."""

    odds: float
    matter: Mapping[str, float] = field(default_factory=dict)
    apart: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model) -> Unlisted:
        """Read them from a fitted model."""
        p = model.priors
        share = p.unnamed * p.both / (p.both + p.victim_only)
        return cls(
            share / (1 - share),
            {kind: m / u for kind, (m, u) in model.matter.items()},
            {kind: pair_context.gap_ratio_of(s, "11", "10") for kind, s in model.apart.items()},
        )

    def probability(
        self, matters: tuple[str | None, str | None], days: tuple[dt.date, dt.date] | None
    ) -> float:
        """Return the probability that two reports of these matters and days concern one suspect."""
        odds = self.odds * self.matter.get(_matter_of(*matters), 1.0)
        if days is not None:
            odds *= self.apart.get(_apart_of(*days), 1.0)
        return odds / (1 + odds)


@dataclass(frozen=True, slots=True)
class SameSuspect:
    """Judgements of pairs of suspects: ``beliefs`` by two record ids in order, ``parted`` by people, and
    ``unlisted`` for reports that list nobody; None before anything was linked."""

    beliefs: Mapping[Pair, float] = field(default_factory=dict)
    parted: frozenset[Pair] = frozenset()
    unlisted: Unlisted | None = None

    @classmethod
    def told(
        cls,
        rows: Iterable[tuple[str, str, float]],
        parted: Iterable[Sequence[str]],
        unlisted: Unlisted | None,
    ) -> SameSuspect:
        """Gather rows of left record, right record and probability, and the pairs that people parted."""
        beliefs = {_pair(left, right): probability for left, right, probability in rows}
        return cls(beliefs, frozenset(_pair(left, right) for left, right in parted), unlisted)

    def were_parted(self, records: Iterable[str], others: Collection[str]) -> bool:
        """Ask whether a person said of one of ``records`` that it is not one of ``others``."""
        return bool(self.parted) and any(_pair(a, b) in self.parted for a in records for b in others)

    def probability(
        self,
        records: Collection[str],
        others: Collection[str],
        matters: tuple[str | None, str | None],
        days: tuple[dt.date, dt.date] | None,
    ) -> float | None:
        """Return how likely one of ``records`` in a report is one of ``others`` in another one.

        None where nothing was linked yet. What was compared outranks what the two reports are about.
        """
        told = self._compared(records, others)
        if told:
            return max(told)
        return None if self.unlisted is None else self.unlisted.probability(matters, days)

    def told_of(self, records: Collection[str], others: Collection[str]) -> float:
        """Return how likely one of ``records`` is one of ``others`` by what was compared; 0 where nothing
        was, or where a person parted them."""
        return 0.0 if self.were_parted(records, others) else max(self._compared(records, others), default=0.0)

    def _compared(self, records: Collection[str], others: Collection[str]) -> list[float]:
        pairs = (_pair(a, b) for a in records for b in others)
        return [self.beliefs[pair] for pair in pairs if pair in self.beliefs]


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


@lru_cache(4_000)
def _matter_of(left: str | None, right: str | None) -> str:
    """Name how two kinds of matter go together."""
    kinds = (pl.lit(kind, dtype=pl.String()) for kind in (left, right))
    return str(pl.select(pair_context.matter_kind(*kinds)).item())


def _apart_of(one: dt.date, other: dt.date) -> str:
    """Name how much time lies between two days, as :func:`pair_context.gap_kind` does."""
    days = abs((one - other).days)
    return next(
        (name for name, most in pair_context.MOST_DAYS.items() if days <= most), pair_context.GAPS[-1]
    )
