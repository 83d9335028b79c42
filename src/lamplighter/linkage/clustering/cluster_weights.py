"""Tell what the records that two records are clustered with add to the match weight of the two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering import agglomeration, join_weights
from lamplighter.linkage.clustering.profiles import Grounds
from lamplighter.linkage.model.parameters import Bands
from lamplighter.linkage.thresholds import JUST_UNDER

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST_ASKED = -6.0
"""Pairs of different persons that come to fewer bits by themselves are as good as apart already."""


def together(
    label: Rows,
    evidence: Grounds,
    own: Bits,
    bands: Bands,
    *,
    groups: bool = False,
    exclusive: Flags | None = None,
) -> Bits:
    """Return what the records that two records belong with add to their match weight: (n,) bits.

    ``own`` (n,) is the log-odds of each of the first n pairs of ``evidence`` by itself. For two records of
    a person see :func:`clustering.join_weights.agreed`. Two of different persons are believed just under
    the bar at most, or they had been joined. With ``groups``, half way from themselves to their two groups
    with each other: they are one person if these are, of which all of their records say more than two of
    them do. Where it is ``exclusive`` (n,), as the odds are that the one of the two that is held more loosely
    belongs with the other, and not with those that it is with: no record is of two persons.
    """
    left, right, bar = evidence.left[: len(own)], evidence.right[: len(own)], bits_of(bands.link_at)
    inside = label[left] == label[right]
    raised = join_weights.agreed(label, evidence, own)
    apart = own
    if groups:
        asked = np.zeros(len(evidence.left), dtype=bool)
        asked[: len(own)] = ~inside & (own >= LEAST_ASKED)
        others = agglomeration.between(label, evidence, asked)[: len(own)]
        apart = np.where(asked[: len(own)], (own + np.minimum(own, others)) / 2, own)
    if exclusive is not None:
        held = _held(label, evidence)
        apart = np.where(exclusive, apart - np.logaddexp2(0, np.minimum(held[left], held[right])), apart)
    return np.asarray(np.where(inside, raised, np.minimum(apart, bar - JUST_UNDER) - own))


def _held(label: Rows, evidence: Grounds) -> Bits:
    """Bits that hold each record to the others of its group, on the average: (n,); where there are none, as
    little as there can be."""
    inside = np.flatnonzero(label[evidence.left] == label[evidence.right])
    some = evidence.of(inside)
    rows, bits = np.r_[some.left, some.right], np.r_[some.total, some.total]
    many = np.bincount(rows, minlength=len(label))
    total = np.bincount(rows, weights=bits, minlength=len(label))
    return np.where(many > 0, total / np.maximum(many, 1), -np.inf)
