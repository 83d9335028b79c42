"""Choose, of very many further columns, those that tell who somebody is: a table may hold a whole
questionnaire.

Each that tells nothing costs time, and a little that was learned by chance; of a hundred it adds up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.comparisons.comparison_levels import CODES, Comparison, Extra, comparisons
from lamplighter.linkage.comparisons.comparison_vectors import Scorer
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model import training

MANY = 20
"""So many codes and numbers are compared whatever they tell."""
_LEAST = 0.01
"""In bits: what a column must tell of a match that has something in it, one with another."""
_SCREENED = CODES | {"number"}


def worth_comparing(
    features: Features, extras: tuple[Extra, ...], keys: Sequence[Key], secret: bytes
) -> tuple[Extra, ...]:
    """``extras`` without those that agree no oftener in matches than at random, where there are many; matches
    are such as the other columns show. ``keys``: what proposes pairs, none of which looks at them."""
    screened = [e for e in extras if e.kind in _SCREENED]
    if len(screened) <= MANY or not (features.has("first") or features.has("sur")):
        return extras
    others = tuple(e for e in extras if e.kind not in _SCREENED)
    proposed = training.fit(features, comparisons(others), keys, secret).proposed
    if proposed is None:
        return extras
    table = comparisons(tuple(screened))[-len(screened) :]
    scorer = Scorer(proposed.features, table)
    matches = scorer.levels(proposed.sampled.left, proposed.sampled.right)
    strangers = scorer.levels(*training.random_rows(len(proposed.features)))
    weights = proposed.belief * proposed.sampled.times
    telling = {
        extra
        for i, (extra, c) in enumerate(zip(screened, table, strict=True))
        if _tells(c, matches[:, i], weights, strangers[:, i])
    }
    return tuple(e for e in extras if e in telling or e.kind not in _SCREENED)


def _tells(
    comparison: Comparison,
    matches: npt.NDArray[np.int8],
    weights: npt.NDArray[np.float64],
    strangers: npt.NDArray[np.int8],
) -> bool:
    """Tell whether a comparison is at its levels in matches otherwise than in pairs of strangers, by how far
    the two diverge (Kullback and Leibler, 1951) beyond what they do by chance."""
    many, known = len(comparison.levels), matches >= 0
    counts = np.bincount(matches[known], weights[known], many)
    random = np.bincount(strangers[strangers >= 0], minlength=many) + 0.5
    random = random / random.sum()
    share = (counts + random) / (counts.sum() + 1.0)
    by_chance = (many - 1) / (2 * np.log(2) * (counts.sum() + 1.0))
    told = float((share * np.log2(share / random)).sum())
    return bool(told > _LEAST + by_chance)
