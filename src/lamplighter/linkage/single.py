"""Pairs of records weighed one report at a time: the model of the batch without its arrays of millions.

Levels come from the conditions of the table as plain Python (:mod:`sql_pairs`), everything after that from
the arithmetic that the batch uses (:class:`mixture.Tables`, :func:`dyads.context_of`), so that a pair has
the same weight whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import completing, dyads, pairing, reasons
from lamplighter.linkage.compact import COLUMNS, Compact
from lamplighter.linkage.dyads import KINDS, LARGEST_BITS, WITHIN, Context, Reported
from lamplighter.linkage.frequencies import Frequencies
from lamplighter.linkage.model import Model
from lamplighter.linkage.scoring import LIST_FEATURES, Levels
from lamplighter.linkage.sql_pairs import compiled
from lamplighter.vocabulary.codes import code_set

Bits = npt.NDArray[np.float64]
Pair = tuple[str, str]
LEAST_PROBABILITY_KEPT = 0.001
_MOST_KEPT = 200_000
_KIND_OF_PARTS = {"VV": "victim", "SS": "suspect", "VS": "swapped", "SV": "swapped"}
_LIKE_PARTS = frozenset({"SS", "VV", "SO", "OS"})


def pair_of(a: str, b: str) -> Pair:
    """Two ids in order."""
    return (a, b) if a < b else (b, a)


def names_each_other(a: Compact, b: Compact) -> bool:
    """Whether the report of one record names that of the other."""
    if a.report_id == b.report_id:
        return False
    return a.own_reference in b.named_references or b.own_reference in a.named_references


def relation_of(left: str | None, right: str | None) -> str:
    """How two relationship words go together (:func:`pairing.relation_kind`)."""
    return _together("relationships", left, right)


def matter_of(left: str | None, right: str | None) -> str:
    """How two kinds of matter go together (:func:`pairing.matter_kind`)."""
    return _together("offence_groups", left, right)


_FUNCTIONS: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "relationships": pairing.relation_kind,
    "offence_groups": pairing.matter_kind,
}


@lru_cache(4_000)
def _together(codes: str, left: str | None, right: str | None) -> str:
    known = _every_pair(codes).get((left, right))
    if known is not None:
        return known
    words = pl.lit(left, dtype=pl.String()), pl.lit(right, dtype=pl.String())
    return str(pl.select(_FUNCTIONS[codes](*words)).item())


@cache
def _every_pair(codes: str) -> Mapping[tuple[str | None, str | None], str]:
    """How every two codes of a set go together, worked out at once: no report has to wait for it."""
    words = pl.DataFrame({"a": [None, *code_set(codes).codes]}, schema={"a": pl.String()})
    both = words.join(words.rename({"a": "b"}), how="cross")
    told = both.with_columns(t=_FUNCTIONS[codes](pl.col("a"), pl.col("b")))
    return {(a, b): t for a, b, t in told.iter_rows()}


@dataclass(slots=True)
class Judged:
    """Pairs with what is believed of them. ``pairs``: records in the order of their ids; ``kinds`` of
    :data:`dyads.KINDS` by name; ``reports``: the two report ids in order; ``roles``: the parts in the order
    of the reports; ``hold`` as in ``results.PAIRS_SCHEMA``."""

    pairs: list[tuple[Compact, Compact]]
    levels: Levels
    frequencies: Bits
    evidence: Bits
    context: Context
    kinds: list[str]
    reports: list[Pair]
    hold: list[str | None]
    bits: Bits


@dataclass(slots=True)
class Side:
    """Where the two records of a pair stand: see :class:`Judged`."""

    kind: str
    reports: Pair
    roles: str
    left: Compact
    right: Compact


def side_of(a: Compact, b: Compact) -> Side:
    """The pair turned so that its first report comes first."""
    if a.report_id > b.report_id:
        a, b = b, a
    roles = a.part + b.part
    kind = "within" if a.report_id == b.report_id else _KIND_OF_PARTS.get(roles, "other")
    return Side(kind, (a.report_id, b.report_id), roles, a, b)


@dataclass(slots=True)
class Weights:
    """Pairs that have been compared, each once: levels, bits of frequencies, evidence."""

    judge: Judge
    seen: dict[Pair, tuple[tuple[int, ...], tuple[float, ...], float]] = field(default_factory=dict)

    def weigh(self, pairs: Iterable[tuple[Compact, Compact]]) -> None:
        """Compare those pairs that have not been."""
        new: dict[Pair, tuple[tuple[int, ...], tuple[float, ...]]] = {}
        for a, b in pairs:
            key = pair_of(a.record_id, b.record_id)
            if key not in self.seen and key not in new:
                new[key] = self.judge.compared(a.values, b.values)
        if new:
            evidence = self.judge.evidence([v for v, _ in new.values()], [f for _, f in new.values()])
            for (key, (levels, shared)), bits in zip(new.items(), evidence.tolist(), strict=True):
                self.seen[key] = (levels, shared, bits)

    def evidence_of(self, a: Compact, b: Compact) -> float:
        """Bits of the evidence of a pair that has been compared."""
        return self.seen[pair_of(a.record_id, b.record_id)][2]


class Judge:
    """A model that weighs pairs of compact records."""

    def __init__(self, model: Model) -> None:
        self.model = model
        named = {v.tf for c in model.table for v in c.levels if v.tf}
        bits = {name: _Rarity(model.frequencies, name) for name in sorted(named)}
        self.compared = compiled(model.table, COLUMNS, LIST_FEATURES, bits)
        self.reasons = reasons.of_levels(model.table)
        self.asks = completing.bars(model)
        """Evidence, by kind of pair, from which two reports may share a person."""
        self.negligible = _negligible(model)
        """Two reports none of whose pairs has so much evidence have no pair that is worth keeping."""
        self._relation = {k: m / u for k, (m, u) in model.relation.items()}
        self._matter = {k: m / u for k, (m, u) in model.matter.items()}

    def evidence(self, levels: Sequence[Sequence[int]], frequencies: Sequence[Sequence[float]]) -> Bits:
        """Bits for one person against two, as :meth:`weighing.Weigher.weigh` has it."""
        arrays = self.model.arrays
        found = np.array(levels, dtype=np.int8)
        return arrays.evidence(arrays.with_frequencies(arrays.patterns(found), np.array(frequencies)))

    def judged(self, pairs: Sequence[tuple[Compact, Compact]], weights: Weights) -> Judged:
        """What is believed of ``pairs``, all of whose reports' other pairs are among them."""
        weights.weigh(pairs)
        rows = [weights.seen[pair_of(a.record_id, b.record_id)] for a, b in pairs]
        n, width = len(pairs), len(self.model.table)
        levels = np.array([r[0] for r in rows], dtype=np.int8).reshape(n, width)
        shared = np.array([r[1] for r in rows], dtype=np.float64).reshape(n, width)
        evidence = np.array([r[2] for r in rows], dtype=np.float64)
        sides = [side_of(a, b) for a, b in pairs]
        reported = self._reported(sides, evidence, pairing.named_pairs(levels, self.model.table))
        context = dyads.context_of(reported, self.model.priors)
        bits = evidence + context.total
        hold = [
            _hold(s, weight, unnamed)
            for s, weight, unnamed in zip(sides, bits.tolist(), reported.unnamed.tolist(), strict=True)
        ]
        ordered = [(a, b) if a.record_id < b.record_id else (b, a) for a, b in pairs]
        return Judged(
            ordered,
            levels,
            shared,
            evidence,
            context,
            [s.kind for s in sides],
            [s.reports for s in sides],
            hold,
            bits,
        )

    def _reported(self, sides: Sequence[Side], evidence: Bits, identified: npt.NDArray[np.bool_]) -> Reported:
        n = len(sides)
        ratio = np.exp2(np.clip(evidence, -LARGEST_BITS, LARGEST_BITS))
        relations = [relation_of(s.left.relationship, s.right.relationship) for s in sides]
        matters = [matter_of(s.left.recorded_as, s.right.recorded_as) for s in sides]
        relation = np.array([self._relation.get(k, 1.0) for k in relations], dtype=np.float64)
        about = np.array([self._matter.get(k, 1.0) for k in matters], dtype=np.float64)
        told = ratio * relation * about
        plain = _means(sides, ratio.tolist())
        described = _means(sides, told.tolist())
        other, other_told = np.ones(n), np.ones(n)
        for i, s in enumerate(sides):
            whose = _other_party(s)
            if whose is not None:
                other[i] = plain.get(whose, 1.0)
                other_told[i] = described.get(whose, 1.0)
        within = np.array([_prior_within(s, self.model.priors.within_report) for s in sides])
        kind = np.array([KINDS[s.kind] for s in sides], dtype=np.int8)
        unsaid = np.array([r == "unsaid" for r in relations], dtype=bool)
        return Reported(
            kind=kind,
            within=within,
            named=np.array([names_each_other(s.left, s.right) for s in sides], dtype=bool),
            relation=relation,
            about=about,
            unnamed=(kind == KINDS["suspect"]) & ~identified & unsaid,
            identified=identified,
            other=other,
            other_told=other_told,
        )


class _Rarity:
    """Bits of how rare a value of a column is, each worked out once."""

    def __init__(self, frequencies: Frequencies, name: str) -> None:
        self._frequencies, self._name = frequencies, name
        self._known: dict[str, float] = {}

    def __call__(self, value: str) -> float:
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[value] = self._frequencies.bits_of_one(self._name, value)
        return found


def _means(sides: Sequence[Side], values: Sequence[float]) -> Mapping[tuple[Pair, str], float]:
    """Mean of the pairs of one kind of two reports; swapped pairs by whose part comes first."""
    found: dict[tuple[Pair, str], list[float]] = defaultdict(list)
    for s, value in zip(sides, values, strict=True):
        found[s.reports, s.roles].append(value)
    return {k: sum(v) / len(v) for k, v in found.items()}


def _other_party(side: Side) -> tuple[Pair, str] | None:
    other = {"victim": "SS", "suspect": "VV", "swapped": "SV" if side.roles == "VS" else "VS"}.get(side.kind)
    return None if other is None else (side.reports, other)


def _prior_within(side: Side, otherwise: float) -> float:
    if side.kind != "within":
        return 0.0
    p = WITHIN.get(side.roles, otherwise)
    return float(np.log2(p / (1 - p)))


def _hold(side: Side, bits: float, unnamed: bool) -> str | None:
    """Why the model may not link a pair (:func:`linking_reports.holds`)."""
    if side.kind == "within" and (side.roles in {"VS", "SV"} or (side.roles in _LIKE_PARTS and bits < 0)):
        return "barred"
    return "unnamed" if unnamed else None


def _negligible(model: Model) -> float:
    """The most evidence, the same for every pair of two reports, of which none comes to a kept probability.

    With evidence of e bits at most, the other party's mean ratio is 2^e at most (1 where none was compared),
    and every context of :func:`dyads.context_of` rises with both.
    """
    p = model.priors
    said = max(1.0, *(m / u for m, u in model.relation.values()))
    said *= max(1.0, *(m / u for m, u in model.matter.values()))
    rest = 1 - p.both - p.victim_only - p.suspect_only
    s11, s10 = p.swapped * dyads.COUNTER_SHARE, p.swapped * (1 - dyads.COUNTER_SHARE)

    def most(bits: float) -> float:
        ratio = 2.0 ** max(bits, 0.0)
        return bits + max(
            float(np.log2((p.both * said * ratio + p.suspect_only) / rest)),
            float(np.log2((p.both * said * ratio + p.victim_only) / rest)),
            float(np.log2((s11 * ratio + s10) / (1 - s11 - 2 * s10))),
            float(np.log2(p.other / (1 - p.other))),
        )

    wanted = float(np.log2(LEAST_PROBABILITY_KEPT / (1 - LEAST_PROBABILITY_KEPT)))
    low, high = -LARGEST_BITS, LARGEST_BITS
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if most(middle) < wanted else (low, middle)
    return low
