"""What a model believes of records: which pairs are weighed, and what else speaks for or against each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import (
    blocking,
    clusters,
    completing,
    dyad_frames,
    dyads,
    grouping,
    joins,
    key_kinds,
    keys,
    pairing,
    rivals,
)
from lamplighter.linkage.blocking import Limits
from lamplighter.linkage.features import Features
from lamplighter.linkage.frequencies import Shared
from lamplighter.linkage.key_kinds import Key
from lamplighter.linkage.log_odds import bits_of, probability_of
from lamplighter.linkage.model import Bands, Model
from lamplighter.linkage.ordering import Rows
from lamplighter.linkage.packing import Packed, distinct, packed, repeated, unpacked
from lamplighter.linkage.profiles import Grounds
from lamplighter.linkage.sources import Sources, sources_of
from lamplighter.linkage.weighing import Weighed, Weigher, joined

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LOWEST_BAR_OF_A_TABLE = 0.3
"""The lowest bar that is ever chosen for a table by itself: whatever it would link is weighed both ways."""
LEAST_BITS = -6.0
"""A pair of a table that comes to fewer bits of log-odds than this is not kept."""
LEAST_BITS_OF_FEW = -10.0
"""Of a table of no more records than :data:`FEW` more are: what is unlikely there is true now and then."""
LEAST_ASKED = -6.0
"""Pairs of different persons that come to fewer bits by themselves are as good as apart already."""
ROUNDS, FEWEST_MATCHES = 30, 0.5
"""In which the share of pairs of one person settles, and how many pairs are at the least."""
FEW = 20_000
"""Of no more records all who share a surname, or a first name, can be looked at in a second or two."""


NOBODY: tuple[Rows, Rows] = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Believed:
    """All weighed pairs of a set of records under one model.

    ``frame`` is that of :func:`pairing.pair_frame`, of records that stand in reports; ``looked_at`` is
    how many pairs the keys proposed; ``by_keys`` how many of the weighed ones, the first, are among these.
    """

    weigher: Weigher
    weighed: Weighed
    frame: pl.DataFrame | None
    context: dyads.Context
    looked_at: int
    by_keys: int

    @property
    def features(self) -> Features:
        return self.weigher.features

    @property
    def model(self) -> Model:
        return self.weigher.model

    @property
    def parts(self) -> pl.DataFrame:
        """``frame`` of records that stand in reports."""
        assert self.frame is not None, "These records stand in no reports."
        return self.frame

    @property
    def bits(self) -> Bits:
        """Log-odds of every pair."""
        return np.asarray(self.weighed.evidence + self.context.total)


def of_reports(
    features: Features, model: Model, references: pl.DataFrame, said: tuple[Rows, Rows] = NOBODY
) -> Believed:
    """Weigh everything that keys, two reports together or a component of links propose; of a component are
    also the pairs of rows that somebody ``said`` to be one person."""
    weigher = Weigher(features, model)
    found, looked_at = _proposed(features)
    seen = looked_at, len(found[0])
    believed = _in_reports(weigher, widened(weigher, found, references), references, seen)
    weighed = believed.weighed
    absent = grouping.absent_pairs(hanging_together(believed, said), weighed.left, weighed.right)
    if not len(absent[0]):
        return believed
    # What the reports say of each pair is worked out again for all, and not kept meanwhile.
    del believed, found
    return _in_reports(weigher, weigher.more(weighed, *absent), references, seen)


def hanging_together(believed: Believed, said: tuple[Rows, Rows] = NOBODY, bar: float = 0.0) -> Rows:
    """The component of each record under the pairs that come to the ``bar`` of log-odds, and those that
    somebody ``said`` to be one person."""
    weighed, linked = believed.weighed, believed.bits >= bar
    left, right = np.r_[weighed.left[linked], said[0]], np.r_[weighed.right[linked], said[1]]
    return grouping.components(len(believed.features), left, right)


def _in_reports(
    weigher: Weigher, weighed: Weighed, references: pl.DataFrame, seen: tuple[int, int]
) -> Believed:
    frame = pairing.pair_frame(weigher.features, weighed, weigher.model.table)
    context = dyad_frames.contexts(with_related(weigher, weighed, frame), weigher.model, references)
    return Believed(weigher, weighed, frame, context, *seen)


def with_related(weigher: Weigher, weighed: Weighed, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with ``related``: bits for two people who have something to do with each other against any
    two, of pairs of victims and of suspects, 0 of all others."""
    some = dyads.of_one_party(dyad_frames.kind_of(frame))
    return frame.with_columns(related=weigher.related(weighed, some))


def _proposed(features: Features) -> tuple[tuple[Rows, Rows], int]:
    """Pairs that share a key of the table, and more than a weak one among many records; and how many share
    one, each counted for every key."""
    hashed, n = blocking.Hashed(features), len(features)
    most = keys.most_for(n)
    limits, alone = Limits(most=most), keys.fewest(most) == 1
    looked_at = 0
    found: list[Packed] = []
    # The weak keys first, which propose most pairs, of which hardly any are left.
    for weak in (True, False):
        parts = [
            packed(a[a != b], b[a != b], n)
            for key in key_kinds.usable(features)
            if (key.weak and not alone) == weak
            for block in blocking.blocks(key, hashed, limits)
            for a, b in blocking.pairs_in(block)
        ]
        looked_at += sum(map(len, parts))
        found.append(repeated(parts) if weak else distinct([*found, *parts]))
    return unpacked(found[-1], n), looked_at


def widened(weigher: Weigher, found: tuple[Rows, Rows], references: pl.DataFrame) -> Weighed:
    """``found`` and the pairs that pairs of reports propose (see :mod:`completing`), weighed, in order."""
    weighed = weigher.weigh(*found)
    frame = pairing.pair_frame(weigher.features, weighed, weigher.model.table)
    asked = completing.report_pairs(frame, weigher.model, references)
    return weigher.more(weighed, *completing.completed(weigher.features, asked).T)


def of_table(
    features: Features, model: Model, limits: Limits, shared: Shared | None = None, *, fitted: bool = False
) -> Believed:
    """Weigh the pairs of a plain table that its keys propose; ``shared``: the model's frequencies, looked up
    already. Where the model was just ``fitted`` to the table, and this is looked at whole, how many of its
    pairs are of one person is counted anew."""
    weigher = Weigher(features, model, shared=None if shared is None else shared.among(features))
    sources = sources_of(features)
    prior = _priors(model, sources)
    least = LEAST_BITS if len(features) > FEW else LEAST_BITS_OF_FEW
    weighed, looked_at = weigher.candidates(keys_of(weigher), limits, least - float(prior.max()))
    if fitted and limits.whole:
        model = _of_every_pair(model, sources, weighed, prior)
        weigher, prior = weigher.under(model), _priors(model, sources)
    seen = looked_at, len(weighed)
    believed = _in_sources(weigher, weighed, sources, prior, seen)
    label = hanging_together(believed, bar=bits_of(min(model.bands.link_at, LOWEST_BAR_OF_A_TABLE)))
    absent = grouping.absent_pairs(label, weighed.left, weighed.right, blocking.FREE_PAIRS)
    if not len(absent[0]):
        return believed
    return _in_sources(weigher, joined([weighed, weigher.weigh(*absent)]), sources, prior, seen)


def _of_every_pair(model: Model, sources: Sources, weighed: Weighed, prior: Bits) -> Model:
    """The model with the shares of all pairs that are of one person, by expectation maximisation: those that
    no key proposes count too, of which nothing was known when the rest was learned. ``prior`` (g,): bits to
    begin with; of pairs that are not among those ``weighed`` none is of one person."""
    groups, of = sources.groups(weighed.left, weighed.right), sources.pairs()
    for _ in range(ROUNDS):
        belief = probability_of(weighed.evidence + prior[groups])
        matches = np.bincount(groups, weights=belief, minlength=len(of))
        prior = np.log2(np.maximum(matches, FEWEST_MATCHES) / np.maximum(of - matches, 1.0))
    share = probability_of(prior)
    shares = {sources.name(g): float(share[g]) for g in np.flatnonzero(of).tolist()}
    every = max(float(matches.sum()), FEWEST_MATCHES) / float(of.sum())
    return replace(model, sources=shares, priors=replace(model.priors, other=every))


def keys_of(weigher: Weigher) -> list[Key]:
    """The keys of a model that its records can have; all where it has none of these."""
    usable = key_kinds.usable(weigher.features, weigher.model.extras, many=True, few=True)
    keys = {k.name: k for k in usable}
    return [keys[name] for name in weigher.model.keys if name in keys] or list(keys.values())


def _in_sources(
    weigher: Weigher, weighed: Weighed, sources: Sources, prior: Bits, seen: tuple[int, int]
) -> Believed:
    own = prior[sources.groups(weighed.left, weighed.right)]
    shared = rivals.competing(sources, weighed.left, weighed.right, weighed.evidence + own)
    nothing = np.zeros(len(weighed))
    context = dyads.Context(own, shared, nothing, nothing, nothing, nothing)
    return Believed(weigher, weighed, None, context, *seen)


def together(
    label: Rows,
    evidence: Grounds,
    own: Bits,
    bands: Bands,
    *,
    groups: bool = False,
    exclusive: Flags | None = None,
) -> Bits:
    """What the records that two records belong with add to what is believed of the two: (n,) bits.

    ``own`` (n,) is the log-odds of each of the first n pairs of ``evidence`` by itself. For two records of
    a person see :func:`lamplighter.linkage.joins.agreed`. Two of different persons are believed just under
    the bar at most, or they had been joined. With ``groups``, half way from themselves to their two groups
    with each other: they are one person if these are, of which all of their records say more than two of
    them do. Where it is ``exclusive`` (n,), as the odds are that the one of the two that is held more loosely
    belongs with the other, and not with those that it is with: no record is of two persons.
    """
    left, right, bar = evidence.left[: len(own)], evidence.right[: len(own)], bits_of(bands.link_at)
    inside = label[left] == label[right]
    raised = joins.agreed(label, evidence, own)
    apart = own
    if groups:
        asked = np.zeros(len(evidence.left), dtype=bool)
        asked[: len(own)] = ~inside & (own >= LEAST_ASKED)
        others = grouping.between(label, evidence, asked)[: len(own)]
        apart = np.where(asked[: len(own)], (own + np.minimum(own, others)) / 2, own)
    if exclusive is not None:
        held = _held(label, evidence)
        apart = np.where(exclusive, apart - np.logaddexp2(0, np.minimum(held[left], held[right])), apart)
    return np.asarray(np.where(inside, raised, np.minimum(apart, bar - clusters.JUST_UNDER) - own))


def _held(label: Rows, evidence: Grounds) -> Bits:
    """Bits that hold each record to the others of its group, on the average: (n,); where there are none, as
    little as there can be."""
    inside = np.flatnonzero(label[evidence.left] == label[evidence.right])
    some = evidence.of(inside)
    rows, bits = np.r_[some.left, some.right], np.r_[some.total, some.total]
    many = np.bincount(rows, minlength=len(label))
    total = np.bincount(rows, weights=bits, minlength=len(label))
    return np.where(many > 0, total / np.maximum(many, 1), -np.inf)


def _priors(model: Model, sources: Sources) -> Bits:
    """Bits of the prior odds of a pair of each two sources: (g,)."""
    return np.array([_prior_of(model, sources.name(g)) for g in range(len(sources.names) ** 2)])


def _prior_of(model: Model, pair: str) -> float:
    p = model.sources.get(pair, model.priors.other)
    return bits_of(p)
