"""Weigh the candidate pairs of a plain table of people under a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.dyads import dyad_evidence
from lamplighter.linkage.dyads.weighed_pairs import Believed, hanging_together
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.model import one_to_one
from lamplighter.linkage.model.agreement_patterns import Weighed, joined
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.model.sources import Sources, sources_of
from lamplighter.linkage.thresholds import LOWEST_BAR_OF_A_TABLE

Bits = npt.NDArray[np.float64]

LEAST_BITS = -6.0
"""A pair of a table that comes to fewer bits of log-odds than this is not kept."""
LEAST_BITS_OF_FEW = -10.0
"""Of a table of no more records than :data:`FEW` more are: what is unlikely there is true now and then."""
ROUNDS, FEWEST_MATCHES = 30, 0.5
"""In which the share of pairs of one person settles, and how many pairs are at the least."""
FEW = 20_000
"""Of no more records all who share a surname, or a first name, can be looked at in a second or two."""


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
    absent = components.absent_pairs(label, weighed.left, weighed.right, candidate_pairs.FREE_PAIRS)
    if not len(absent[0]):
        return believed
    return _in_sources(weigher, joined([weighed, weigher.weigh(*absent)]), sources, prior, seen)


def _of_every_pair(model: Model, sources: Sources, weighed: Weighed, prior: Bits) -> Model:
    """Return the model with the shares of all pairs that are of one person, by expectation maximisation:
    those that no key proposes count too, of which nothing was known when the rest was learned. ``prior``
    (g,): bits to begin with; of pairs that are not among those ``weighed`` none is of one person.
    """
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
    """Return the keys of a model that its records can have; all where it has none of these."""
    return blocking_rules.named(weigher.features, weigher.model.extras, weigher.model.keys)


def _in_sources(
    weigher: Weigher, weighed: Weighed, sources: Sources, prior: Bits, seen: tuple[int, int]
) -> Believed:
    own = prior[sources.groups(weighed.left, weighed.right)]
    shared = one_to_one.competing(sources, weighed.left, weighed.right, weighed.evidence + own)
    nothing = np.zeros(len(weighed))
    context = dyad_evidence.Context(own, shared, nothing, nothing, nothing, nothing)
    return Believed(weigher, weighed, None, context, *seen)


def _priors(model: Model, sources: Sources) -> Bits:
    """Bits of the prior odds of a pair of each two sources: (g,)."""
    return np.array([_prior_of(model, sources.name(g)) for g in range(len(sources.names) ** 2)])


def _prior_of(model: Model, pair: str) -> float:
    p = model.sources.get(pair, model.priors.other)
    return bits_of(p)
