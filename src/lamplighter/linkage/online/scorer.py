"""Score pairs of records when their reports arrive: the model of the batch without its arrays of millions.

Levels come from the conditions of the table as plain Python (:mod:`on_one_pair`), everything after that from
the arithmetic that the batch uses (:class:`fellegi_sunter.Tables`, :func:`dyad_evidence.context_of`), so that
a pair has the same weight whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.pair_words import Packed, distinct, of_whom, unpacked
from lamplighter.linkage.arrays.row_order import Rows, among, numbered
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES, Levels
from lamplighter.linkage.comparisons.evaluate.on_one_pair import compiled
from lamplighter.linkage.comparisons.reasons import Told
from lamplighter.linkage.dyads import dyad_evidence, pair_context, report_candidates
from lamplighter.linkage.dyads.dyad_evidence import KINDS, LARGEST_BITS, WITHIN, Context, Reported
from lamplighter.linkage.features.compact_records import AT, COLUMNS, Compact
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online.compared_records import PARTS, Met, Sides, role
from lamplighter.linkage.thresholds import LEAST_PROBABILITY_KEPT
from lamplighter.vocabulary.codes import code_set

Bits = npt.NDArray[np.float64]
Number = TypeVar("Number", np.int8, np.float64)
Pair = tuple[str, str]
_MOST_KEPT = 200_000
_MOST_WORDS = 200
# In the order of :func:`compared_records.role`: what the other party's pairs of the same two reports are.
_OTHER_PARTY = np.full(len(PARTS) ** 2, -1)
for _mine, _theirs in (("VV", "SS"), ("SS", "VV"), ("VS", "SV"), ("SV", "VS")):
    _OTHER_PARTY[role(_mine)] = role(_theirs)
_NEVER_ONE = np.zeros(len(PARTS) ** 2, dtype=bool)
_NEVER_ONE[[role("VS"), role("SV")]] = True
_LIKE_PARTS = np.zeros(len(PARTS) ** 2, dtype=bool)
_LIKE_PARTS[[role("SS"), role("VV"), role("SO"), role("OS")]] = True


def relation_of(left: str | None, right: str | None) -> str:
    """Tell how two relationship words go together (:func:`pair_context.relation_kind`)."""
    return _together("relationships", left, right)


def matter_of(left: str | None, right: str | None) -> str:
    """Tell how two kinds of matter go together (:func:`pair_context.matter_kind`)."""
    return _together("offence_groups", left, right)


_FUNCTIONS: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "relationships": pair_context.relation_kind,
    "offence_groups": pair_context.matter_kind,
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
    """Tell how every two codes of a set go together, worked out at once: no report has to wait for it."""
    words = pl.DataFrame({"a": [None, *code_set(codes).codes]}, schema={"a": pl.String()})
    both = words.join(words.rename({"a": "b"}), how="cross")
    told = both.with_columns(t=_FUNCTIONS[codes](pl.col("a"), pl.col("b")))
    return {(a, b): t for a, b, t in told.iter_rows()}


class _Words:
    """Likelihood ratios of how two words go together, looked up by arrays; words are numbered as they
    come."""

    def __init__(
        self, together: Callable[[str | None, str | None], str], ratios: Mapping[str, float]
    ) -> None:
        self._together, self._of = together, ratios
        self._known: dict[str | None, int] = {}
        self._ratio, self._kind = np.ones((0, 0)), np.empty((0, 0), dtype=object)

    def ratios(self, words: Sequence[str | None], pairs: Packed) -> tuple[Bits, npt.NDArray[np.object_]]:
        """Of pairs of records that have these ``words``: the ratio, and how the two go together."""
        if not self._known.keys() >= set(words):
            self._learn(words)
        numbers = np.array([self._known[w] for w in words], dtype=np.int64)
        a, b = unpacked(pairs)
        one, other = numbers[a], numbers[b]
        return self._ratio[one, other], self._kind[one, other]

    def _learn(self, words: Sequence[str | None]) -> None:
        every = {**({} if len(self._known) > _MOST_WORDS else self._known), **dict.fromkeys(words)}
        self._known = {w: i for i, w in enumerate(every)}
        kinds = [[self._together(a, b) for b in every] for a in every]
        self._ratio = np.array([[self._of.get(k, 1.0) for k in row] for row in kinds])
        self._kind = np.array(kinds, dtype=object)


@dataclass(slots=True)
class Judged:
    """Pairs (packed) of records that have been met, with what is believed of them, n each. ``hold``: a number
    of ``weight_bars.HOLDS``."""

    pairs: Packed
    sides: Sides
    levels: Levels
    frequencies: Bits
    evidence: Bits
    context: Context
    hold: npt.NDArray[np.int8]
    bits: Bits


@dataclass(slots=True)
class Weights:
    """Pairs of those who have been met that have been compared, each once: ``pairs`` in order, their levels,
    bits of frequencies, and evidence."""

    judge: Judge
    met: Met
    pairs: Packed = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    levels: Levels = field(init=False)
    frequencies: Bits = field(init=False)
    evidence: Bits = field(init=False)

    def __post_init__(self) -> None:
        width = len(self.judge.model.table)
        self.levels, self.frequencies = np.empty((0, width), dtype=np.int8), np.empty((0, width))
        self.evidence = np.empty(0)

    def weigh(self, pairs: Packed) -> Rows:
        """Tell where some pairs stand among those that have been compared; those that have not been are
        now."""
        new = distinct(pairs[~among(pairs, self.pairs)])
        if len(new):
            levels, frequencies = self._compared(new)
            every = np.concatenate([self.pairs, new])
            order = np.argsort(every, kind="stable")
            self.pairs = every[order]
            self.levels = np.concatenate([self.levels, levels])[order]
            self.frequencies = np.concatenate([self.frequencies, frequencies])[order]
            weighed = self.judge.model.arrays.weighed(levels, frequencies)
            self.evidence = np.concatenate([self.evidence, weighed])[order]
        return np.searchsorted(self.pairs, pairs)

    def _compared(self, pairs: Packed) -> tuple[Levels, Bits]:
        people, compared = self.met.people, self.judge.compared
        a, b = unpacked(pairs)
        both = zip(a.tolist(), b.tolist(), strict=True)
        levels, frequencies = zip(
            *[compared(people[i].values, people[j].values) for i, j in both], strict=True
        )
        found = self._array(levels, np.int8), self._array(frequencies, np.float64)
        self._add_lift(*found, a)
        return found

    def _array(self, rows: Iterable[Iterable[Any]], dtype: type[Number]) -> npt.NDArray[Number]:
        """Rows of the width of the table; one value after the other, NumPy reads them twice as fast."""
        width = self.levels.shape[1]
        return np.fromiter(chain.from_iterable(rows), dtype=dtype).reshape(-1, width)

    def _add_lift(self, levels: Levels, frequencies: Bits, one: Rows) -> None:
        """See :meth:`term_frequencies.Shared.of_levels`."""
        judge = self.judge
        if judge.lift is None:
            return
        hit = np.flatnonzero(name_dependence.share_both(levels, judge.model.table))
        names = (self.met.people[i].values for i in one[hit].tolist())
        lift = [judge.lift(v[AT[name_dependence.FIRST]], v[AT[name_dependence.SURNAME]]) for v in names]
        frequencies[hit, name_dependence.place(judge.model.table)] += lift


class Judge:
    """A model that weighs pairs of compact records."""

    def __init__(self, model: Model) -> None:
        self.model = model
        named = {v.tf for c in model.table for v in c.levels if v.tf}
        # Bits of how rare a value of a column is, each worked out once.
        rarity = {n: lru_cache(_MOST_KEPT)(partial(model.frequencies.bits_of_one, n)) for n in sorted(named)}
        self.compared = compiled(model.table, COLUMNS, LIST_FEATURES, rarity)
        told = model.frequencies
        self.lift = lru_cache(_MOST_KEPT)(told.lift_of_one) if told.communities is not None else None
        """Bits of how much oftener than by chance a first name and a surname go together."""
        self.told = Told(model.table, list(KINDS))
        bars = report_candidates.bars(model)
        self.asks = np.array([bars.get(kind, np.inf) for kind in KINDS])
        """Evidence, by kind of pair, from which two reports may share a person."""
        self.negligible = _negligible(model)
        """Two reports none of whose pairs has so much evidence have no pair that is worth keeping."""
        self._relation = _Words(relation_of, {k: m / u for k, (m, u) in model.relation.items()})
        self._matter = _Words(matter_of, {k: m / u for k, (m, u) in model.matter.items()})
        self._times = pair_context.gap_ratios(model.apart)
        self._within = np.full(len(PARTS) ** 2, bits_of(model.priors.within_report))
        for parts, p in WITHIN.items():
            self._within[role(parts)] = bits_of(p)
        self.nothing = self.judged(np.empty(0, dtype=np.int64), Weights(self, Met()))
        """What is believed where no pair has been met."""

    def judged(self, pairs: Packed, weights: Weights) -> Judged:
        """Return what is believed of ``pairs``, all of whose reports' other pairs are among them."""
        at = weights.weigh(pairs)
        levels, evidence, sides = weights.levels[at], weights.evidence[at], weights.met.sides(pairs)
        frequencies = weights.frequencies[at]
        reported, untold = self._reported(pairs, sides, evidence, levels, frequencies, weights.met)
        context = dyad_evidence.context_of(reported, self.model.priors)
        bits = evidence + context.total
        hold = np.where(untold, np.int8(weight_bars.HELD[weight_bars.UNNAMED]), np.int8(0))
        hold[(hold == 0) & pair_context.may_be_twins(levels, self.model.table)] = weight_bars.HELD[
            weight_bars.TWINS
        ]
        barred = _NEVER_ONE[sides.roles] | (_LIKE_PARTS[sides.roles] & (bits < 0))
        hold[(sides.kind == KINDS["within"]) & barred] = weight_bars.HELD[weight_bars.BARRED]
        return Judged(pairs, sides, levels, frequencies, evidence, context, hold, bits)

    def _related(self, sides: Sides, levels: Levels, frequencies: Bits) -> Bits:
        """See :func:`weighed_pairs.with_related`."""
        some = dyad_evidence.of_one_party(sides.kind)
        found = np.zeros(len(levels))
        found[some] = self.model.arrays.weighed_as_related(levels[some], frequencies[some])
        return found

    def _reported(
        self, pairs: Packed, sides: Sides, evidence: Bits, levels: Levels, frequencies: Bits, met: Met
    ) -> tuple[Reported, npt.NDArray[np.bool_]]:
        """Return what the reports say beside each pair, and of which pairs nothing tells who they are
        (:func:`dyad_frames.untold_pairs`)."""
        ratio = np.exp2(np.clip(evidence, -LARGEST_BITS, LARGEST_BITS))
        who, own = of_whom(pairs)
        people = [met.people[n] for n in who]
        relation, words = self._relation.ratios([c.relationship for c in people], own)
        about, _ = self._matter.ratios([c.recorded_as for c in people], own)
        identified = pair_context.named_pairs(levels, self.model.table)
        other, other_told = _other_party(sides, ratio, ratio * relation * about)
        nobody = (sides.kind == KINDS["suspect"]) & ~identified
        alike = np.logical_or.reduce([words == kind for kind in pair_context.DESCRIBED_ALIKE])
        reported = Reported(
            kind=sides.kind,
            within=np.where(sides.kind == KINDS["within"], self._within[sides.roles], 0.0),
            named=among(sides.reports, met.naming()),
            relation=relation,
            about=about,
            when=self._times[_between(people, own)],
            unnamed=nobody & (words == "unsaid"),
            identified=identified,
            other=other,
            other_told=other_told,
            related=np.exp2(self._related(sides, levels, frequencies)),
        )
        return reported, nobody & ~alike


def _between(people: Sequence[Compact], pairs: Packed) -> npt.NDArray[np.intp]:
    """Tell how much time lies between the reports of each pair (:func:`pair_context.gap_numbers`)."""
    days = np.array([c.reported_on for c in people], dtype=np.float64)
    return pair_context.gap_numbers(*(days[side] for side in unpacked(pairs)))


def _other_party(sides: Sides, *values: Bits) -> list[Bits]:
    """Return the mean of ``values`` (n,) over the other party's pairs of the same two reports, 1 where there
    are none; for a swapped pair over those of the other swap.
    """
    roles = len(_OTHER_PARTY)
    reports, which = numbered(sides.reports)
    cell = which * roles + sides.roles
    counts = np.bincount(cell, minlength=len(reports) * roles)
    theirs = _OTHER_PARTY[sides.roles]
    # In one report there are no two parties.
    some = np.flatnonzero((theirs >= 0) & (sides.kind != KINDS["within"]))
    some = some[counts[which[some] * roles + theirs[some]] > 0]
    cells = which[some] * roles + theirs[some]
    found = []
    for value in values:
        mean = np.ones(len(value))
        mean[some] = np.bincount(cell, weights=value, minlength=len(counts))[cells] / counts[cells]
        found.append(mean)
    return found


def _negligible(model: Model) -> float:
    """Return the most evidence, the same for every pair of two reports, of which none comes to a kept
    probability.

    With evidence of e bits at most, the other party's mean ratio is 2^e at most (1 where none was compared),
    and every context of :func:`dyad_evidence.context_of` rises with both.
    """
    p = model.priors
    said = max(1.0, *(m / u for m, u in model.relation.values()))
    said *= max(1.0, *(m / u for m, u in model.matter.values()))
    t11, t10, t01 = pair_context.gap_ratios(model.apart).max(axis=0)
    rest = 1 - p.both - p.victim_only - p.suspect_only
    s11, s10 = p.swapped * dyad_evidence.COUNTER_SHARE, p.swapped * (1 - dyad_evidence.COUNTER_SHARE)

    def most(bits: float) -> float:
        ratio = 2.0 ** max(bits, 0.0)
        return bits + max(
            float(np.log2((p.both * t11 * said * ratio + p.suspect_only * t01) / rest)),
            float(np.log2((p.both * t11 * said * ratio + p.victim_only * t10) / rest)),
            float(np.log2((s11 * t11 * ratio + s10) / (1 - s11 - 2 * s10))),
            bits_of(p.other),
        )

    wanted = bits_of(LEAST_PROBABILITY_KEPT)
    low, high = -LARGEST_BITS, LARGEST_BITS
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if most(middle) < wanted else (low, middle)
    return low
