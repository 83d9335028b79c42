"""Learning from labelled clauses: a linear layer, the vote of neighbours, and how often both are right.

A score is half a linear layer (ridge regression on vectors and on words) and half the vote of the nearest
examples, weighted by likeness, with one voice that knows nothing; less where a clause reads like those that
tell of no act, as denials, plans and look-alikes do. Each part was kept for what it added in sets that were
left out (decision 178).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Array = NDArray[np.float32]
_RIDGE = np.float32(1.0)
_WORDS = np.float32(0.7)
"""How much the words themselves count in the linear layer, beside the vector of the clause."""
_FEWEST = 3
"""Clauses that a word must stand in to count."""
_NEIGHBOURS = 16
_SHARPNESS = np.float32(0.1)
_DOUBT = np.float32(0.45)
"""Likeness of the voice that knows nothing: where nothing is nearer, the vote says little."""
_NO_ACT, _NO_ACT_FROM = np.float32(0.4), np.float32(0.3)
"""What is taken off a score for each point by which a clause reads like no act, from so many on."""
_SHRINK = 40
"""Proposals of an act at which its own record counts as much as that of all acts."""
LEAST = 0.5
"""The share of proposals that must have been right in sets left out."""
NEVER = np.float32(2.0)
"""A bar that no score reaches."""
_ENDINGS = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|ly)$")


@dataclass(frozen=True, eq=False)
class Scorer:
    """Scores clauses by labelled ones.

    ``vectors`` and ``labels`` are of the examples; ``vocabulary`` and ``rarity`` of the words that count;
    ``linear`` has a row for each part of a vector, one for each word and one that is constant, and a column
    for each act and one for none.
    """

    vectors: Array
    labels: Array
    vocabulary: Sequence[str]
    rarity: Array
    linear: Array

    def score(self, vectors: Array, clauses: Sequence[str]) -> Array:
        """Return a row for each clause (its vector and its words) and a column for each act."""
        told = np.hstack([vectors, _counted(clauses, self._places, self.rarity)])
        scores = (told @ self.linear[:-1] + self.linear[-1] + self._vote(vectors)) / 2
        none = np.maximum(0, scores[:, -1:] - _NO_ACT_FROM)
        return np.asarray(scores[:, :-1] - _NO_ACT * none, dtype=np.float32)

    def _vote(self, asked: Array) -> Array:
        middle, given = self._known
        likeness = _unit(asked - middle) @ given.T
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :_NEIGHBOURS]
        weight = np.exp((np.take_along_axis(likeness, nearest, axis=1) - 1) / _SHARPNESS)
        total = weight.sum(axis=1, keepdims=True) + np.exp((_DOUBT - 1) / _SHARPNESS)
        return np.asarray(np.einsum("qn,qna->qa", weight / total, _with_none(self.labels)[nearest]))

    @cached_property
    def _known(self) -> tuple[Array, Array]:
        middle = self.vectors.mean(axis=0)
        return middle, _unit(self.vectors - middle)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {word: place for place, word in enumerate(self.vocabulary)}


@dataclass(frozen=True, eq=False)
class Learned:
    """A scorer; by act the ``bar`` that a score must reach; ``scores``, and the ``shares`` of proposals of
    such a score that were right in sets left out."""

    scorer: Scorer
    bar: Array
    scores: Array
    shares: Array

    def share_right(self, score: float) -> float:
        """Return how often a proposal of this score was right in sets it had not seen."""
        return float(np.interp(score, self.scores, self.shares))


def scorer(vectors: Array, clauses: Sequence[str], labels: Array) -> Scorer:
    """Return what scores by labelled clauses: their vectors, their words and a row of labels each."""
    many = Counter(w for c in clauses for w in _words(c))
    vocabulary = sorted(w for w, n in many.items() if n >= _FEWEST)
    rarity = np.log(len(clauses) / np.array([many[w] for w in vocabulary])).astype(np.float32)
    counted = _counted(clauses, {w: i for i, w in enumerate(vocabulary)}, rarity)
    told, wanted = np.hstack([vectors, counted]), _with_none(labels)
    # Fewer clauses than words: the regression is solved clause by clause.
    usual = wanted.mean(axis=0)
    squares = told @ told.T
    squares[np.diag_indices(len(squares))] += _RIDGE
    layer = told.T @ np.linalg.solve(squares, wanted - usual)
    return Scorer(vectors, labels, vocabulary, rarity, np.vstack([layer, usual]).astype(np.float32))


def learn(
    vectors: Array,
    clauses: Sequence[str],
    labels: Array,
    groups: Sequence[str],
    tried: NDArray[np.bool_],
    least: float = LEAST,
) -> Learned:
    """Return what is learned from labelled clauses.

    Args:
        vectors: a row for each clause.
        clauses: their words.
        labels: a row for each clause, a column for each act.
        groups: the set that each clause is of; each with something tried is left out in turn.
        tried: which clauses that is asked of: those that the first reader cannot read.
        least: the share of proposals that must have been right.
    """
    scores = left_out(vectors, clauses, labels, groups, tried)[tried]
    of, shares = calibrated(scores, labels[tried])
    bar = bars(scores, labels[tried], least)
    return Learned(scorer(vectors, clauses, labels), bar, of, shares)


def left_out(
    vectors: Array, clauses: Sequence[str], labels: Array, groups: Sequence[str], tried: NDArray[np.bool_]
) -> Array:
    """Return scores of what is tried by what is learned from all groups but its own."""
    out = np.zeros(labels.shape, dtype=np.float32)
    for group in dict.fromkeys(g for g, of in zip(groups, tried, strict=True) if of):
        asked = [i for i, g in enumerate(groups) if g == group and tried[i]]
        others = [i for i, g in enumerate(groups) if g != group]
        by = scorer(vectors[others], [clauses[i] for i in others], labels[others])
        out[asked] = by.score(vectors[asked], [clauses[i] for i in asked])
    return out


def calibrated(scores: Array, labels: Array) -> tuple[Array, Array]:
    """Return scores in rising order and the share of them that are right, which never falls (isotonic)."""
    order = np.argsort(scores.ravel(), kind="stable")
    values, right = scores.ravel()[order], labels.ravel()[order].astype(float)
    fitted = isotonic_regression(right).x
    steps = np.flatnonzero(np.diff(fitted))
    kept = np.unique(np.concatenate([[0], steps, steps + 1, [len(values) - 1]]))
    return values[kept].astype(np.float32), fitted[kept].astype(np.float32)


def bars(scores: Array, labels: Array, least: float) -> Array:
    """Return for each act the lowest score from which on at least a share of its proposals is right.

    Few proposals of an act say little, so its own record is drawn towards that of all acts; an act of which
    no bar is high enough is never proposed.
    """
    tried = np.linspace(0.1, 0.9, 161)
    out = np.full(labels.shape[1], NEVER, dtype=np.float32)
    overall = [(t, float(labels[scores >= t].mean())) for t in tried if (scores >= t).any()]
    for act in range(labels.shape[1]):
        for t, all_acts in overall:
            over = scores[:, act] >= t
            right, many = labels[over, act].sum(), over.sum()
            if (right + _SHRINK * all_acts) / (many + _SHRINK) >= least:
                out[act] = t
                break
    return out


def _words(clause: str) -> set[str]:
    """Return the words of a clause without their endings, and each two that stand together."""
    said = [_ENDINGS.sub("", w) for w in clause.split()]
    return {*said, *(f"{a} {b}" for a, b in pairwise(said))}


def _counted(clauses: Sequence[str], places: Mapping[str, int], rarity: Array) -> Array:
    out = np.zeros((len(clauses), len(places)), dtype=np.float32)
    for row, clause in enumerate(clauses):
        here = [places[w] for w in _words(clause) if w in places]
        out[row, here] = rarity[here]
    return _WORDS * _unit(out)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _with_none(labels: Array) -> Array:
    return np.hstack([labels, labels.sum(axis=1, keepdims=True) == 0]).astype(np.float32)
