"""Fit a model to reports: the other people of two reports say which pairs to learn from.

A suspect of whom only "Dave" is known shares no key with anybody; but where two reports have the same
victim their suspects are compared, and so the rates of first names are learned from pairs that no first
name proposed. Beliefs, the priors of the four cells, and the rates are worked out in turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of, rounded
from lamplighter.linkage.arrays.pair_ids import packed, pairs_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import rule_selection
from lamplighter.linkage.blocking.blocking_rules import usable
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.comparison_levels import comparisons, kinds
from lamplighter.linkage.comparisons.comparison_vectors import Levels, Scorer
from lamplighter.linkage.dyads import cell_priors, dyad_frames, pair_context, weighed_pairs
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.term_frequencies import Frequencies, Shared
from lamplighter.linkage.frequencies.value_counts import counted_with_names, tf_columns
from lamplighter.linkage.model import training
from lamplighter.linkage.model.agreement_patterns import Weighed, collapsed
from lamplighter.linkage.model.expectation_maximisation import learn, starting
from lamplighter.linkage.model.fellegi_sunter import Mixture, Rates
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.namesakes import Met, Strangers
from lamplighter.linkage.model.parameters import (
    STARTING_MATTER,
    STARTING_RELATION,
    Model,
    Priors,
    starting_bands,
    starting_priors,
)

Bits = npt.NDArray[np.float64]
MOST_FITTED = 60_000
ROUNDS = 3
DECISIVE_BITS = 4.0
SHRINK_WORDS = 30.0


def start(features: Features, day: dt.date, secret: bytes = b"") -> Model:
    """Return the model before any fitting: the table's rates, and value frequencies of ``features``."""
    table = comparisons()
    frequencies = counted_with_names(features, tf_columns(features, table), secret)
    random: Rates = {c.name: {v.name: v.u for v in c.levels} for c in table}
    mixture = starting(table, kinds(), random, max(len(features), 2))
    priors = starting_priors(max(len(features) / 2, 1.0))
    return _model(anchored(mixture, priors.other), frequencies, priors, features, day)


def _model(
    mixture: Mixture, frequencies: Frequencies, priors: Priors, features: Features, day: dt.date
) -> Model:
    return Model(
        mixture=mixture,
        frequencies=frequencies,
        priors=priors,
        sources={},
        relation=STARTING_RELATION,
        matter=STARTING_MATTER,
        apart=pair_context.starting_gaps(features),
        bands=starting_bands(day),
        keys=(),
        extras=(),
        fitted_at=day.isoformat(),
        records=len(features),
    ).named()


def anchored(mixture: Mixture, prior: float) -> Mixture:
    """``mixture`` with the levels whose outcome the table fixes: they lead there from ``prior``."""
    random = {c: dict(row) for c, row in mixture.random.items()}
    for comparison in comparisons():
        for level in comparison.levels:
            if level.posterior is not None:
                odds = level.posterior / (1 - level.posterior)
                random[comparison.name][level.name] = level.m * prior / (1 - prior) / odds
    rates = {
        kind.name: {
            c: random[c] if kind.is_random(comparison) else row
            for comparison, (c, row) in zip(comparisons(), mixture.rates[kind.name].items(), strict=True)
        }
        for kind in kinds()
    }
    return replace(mixture, random=random, rates=rates)


def fit(features: Features, references: pl.DataFrame, day: dt.date, secret: bytes = b"") -> Model:
    """Return the model fitted to people in reports; ``references``: rep_l, rep_r that name each other."""
    model = start(features, day, secret)
    if len(features) < training.FEWEST_RECORDS:
        return model
    part, references = _sampled(features, references)
    table, n = model.table, len(part)
    weigher = Weigher(part, model)
    proposing = usable(part)
    keyed = rule_selection.sample(part, proposing, Limits(), one_in=1)
    weighed = weighed_pairs.widened(weigher, (keyed.left, keyed.right), references)
    if not len(weighed):
        return model
    at = _among_keyed(weighed.pairs, keyed, n)
    tells = _tells(at, keyed, training.without(proposing, table))
    strangers = _Strangers.of(part, weigher)
    frame = weighed_pairs.with_related(weigher, weighed, pair_context.pair_frame(part, weighed, table))
    frame = frame.with_columns(keyed=pl.Series(at >= 0))
    # What was compared, and how many have a value, stays as it is.
    frequencies = weigher.frequencies(weighed)
    for turn in range(ROUNDS):
        if turn:
            evidence = model.arrays.weighed(weighed.levels, frequencies)
            weighed = replace(weighed, evidence=evidence)
            frame = weighed_pairs.with_related(weigher.under(model), weighed, frame.with_columns(ev=evidence))
        model = _refined(
            part,
            model,
            weigher.scorer,
            weighed,
            frequencies,
            frame,
            tells,
            strangers,
            references,
        )
    return replace(model, records=len(features)).named()


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Pairs of ``rows`` taken at random, with their ``levels``; and others that share a first name by
    chance."""

    rows: tuple[Rows, Rows]
    levels: Levels
    namesakes: Strangers

    @classmethod
    def of(cls, features: Features, weigher: Weigher) -> _Strangers:
        rows, scorer = training.random_rows(len(features)), weigher.scorer
        table = weigher.model.table
        own = Strangers.of(Met.of(features, scorer, table), scorer, weigher.shared, table)
        return cls(rows, scorer.levels(*rows), own)


def _sampled(features: Features, references: pl.DataFrame) -> tuple[Features, pl.DataFrame]:
    """Some of the reports, with everybody in them, where there are too many to fit on."""
    if len(features) <= MOST_FITTED:
        return features, references
    rank = features.facts["report_id"].rank("dense").cast(pl.Int32())
    reports = int(rank.max() or 0)  # type: ignore[arg-type]  # a whole number
    kept = np.random.default_rng(20261124).permutation(reports)[: reports * MOST_FITTED // len(features)] + 1
    part = features.of(rank.is_in(kept.tolist()).arg_true().to_numpy().astype(np.int64))
    place = {int(old): new for new, old in enumerate(np.sort(kept), 1)}
    inside = references.filter(pl.col("rep_l").is_in(kept.tolist()) & pl.col("rep_r").is_in(kept.tolist()))
    return part, inside.with_columns(pl.col("rep_l", "rep_r").replace_strict(place, return_dtype=pl.Int32()))


def _among_keyed(pairs: npt.NDArray[np.int64], keyed: rule_selection.Sampled, n: int) -> Rows:
    """Tell where each pair stands among those that keys propose; -1 where two reports alone proposed it."""
    own = packed(keyed.left, keyed.right, n)
    if not len(own):
        return np.full(len(pairs), -1)
    codes, order = packed(pairs[:, 0], pairs[:, 1], n), np.argsort(own)
    at = order[np.minimum(np.searchsorted(own, codes, sorter=order), len(own) - 1)]
    return np.where(own[at] == codes, at, -1)


def _tells(at: Rows, keyed: rule_selection.Sampled, without: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of which comparisons each pair (see :func:`_among_keyed`) tells how often they agree: all, where two
    reports alone proposed it."""
    found = np.ones((len(at), without.shape[1]), dtype=bool)
    told = np.zeros((len(keyed.left), without.shape[1]), dtype=bool)
    for member, alone in zip(keyed.members.T, without, strict=True):
        told |= member[:, None] & alone
    found[at >= 0] = told[at[at >= 0]]
    return found


def _refined(
    features: Features,
    model: Model,
    scorer: Scorer,
    weighed: Weighed,
    frequencies: Bits,
    frame: pl.DataFrame,
    tells: npt.NDArray[np.bool_],
    strangers: _Strangers,
    references: pl.DataFrame,
) -> Model:
    """One round: beliefs under ``model``, then rates and priors from the beliefs."""
    table, n = model.table, len(features)
    every = pairs_of(n)
    context = dyad_frames.contexts(frame, model, references)
    posterior = probability_of(weighed.evidence + context.total)
    shared = Shared(features, model.frequencies)
    shades = shared.of_levels(strangers.levels, *strangers.rows, table, scorer.active)
    odds = model.priors.other / (1 - model.priors.other)
    share = partial(training.random_share, model.mixture, table, odds=odds)
    random = training.rates_at_random(strangers.levels, share(strangers.levels, shades), table)
    namesakes = strangers.namesakes.rates(table, random, share)
    begin = replace(starting(table, kinds(), random, n), namesakes=namesakes)
    seen = collapsed(weighed.levels, frequencies, context.total, np.full(len(weighed), -1), tells)
    mixture, _ = learn(seen, begin, table, kinds(), odds=np.ones(1), of=np.ones(1), pairs=every)
    priors = cell_priors.learned(features, frame, posterior, model, references)
    known = frame.with_columns(post=posterior)
    return replace(
        model,
        mixture=anchored(mixture, priors.other),
        priors=priors,
        relation=_described(known, "relation", STARTING_RELATION),
        matter=_described(known, "matter", STARTING_MATTER),
        apart=_timed(features, known),
    ).named()


def _timed(features: Features, known: pl.DataFrame) -> pair_context.GapShares:
    """Tell how much time lies between two reports of each cell, from pairs that the people's own fields
    decide."""
    told = {
        "11": _counts(known, "apart", "suspect", same=True),
        "10": _counts(known, "apart", "suspect", same=False),
        "01": _counts(known, "apart", "victim", same=False),
    }
    return pair_context.fitted_gaps(features, told, SHRINK_WORDS)


def _described(
    known: pl.DataFrame, column: str, start: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Return what reports say where the suspects of one victim are the same and where they differ, from pairs
    that the suspects' own fields decide; drawn towards ``start``."""
    sides = [_counts(known, column, "suspect", same=same) for same in (True, False)]
    totals = [sum(counts.values()) for counts in sides]
    result: dict[str, tuple[float, float]] = {}
    for kind, begin in start.items():
        m, u = (
            (counts.get(kind, 0.0) + SHRINK_WORDS * begun) / (total + SHRINK_WORDS)
            for counts, total, begun in zip(sides, totals, begin, strict=True)
        )
        result[kind] = (rounded(m), rounded(u))
    return result


def _counts(known: pl.DataFrame, column: str, party: str, *, same: bool) -> dict[str, float]:
    """Return what ``column`` says of pairs of a ``party`` that their own evidence holds to be the same, or
    not: how often, each weighted by how sure it is (``post``) that the other party is the same."""
    on = ["rep_l", "rep_r"]
    others = known.filter(kind=weight_bars.OTHER_PARTY[party]).group_by(on).agg(n=pl.col("post").max())
    # The pair's own evidence decides, not the words themselves: else they would confirm themselves.
    sure = pl.col("ev") > DECISIVE_BITS if same else pl.col("ev") < -DECISIVE_BITS
    own = known.filter((pl.col("kind") == party) & sure & (pl.col(column) != "unsaid")).join(others, on=on)
    return dict(own.group_by(column, maintain_order=True).agg(pl.col("n").sum()).iter_rows())
