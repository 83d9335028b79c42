"""Stage B: propose and weigh pairs of persons of two forces, through an engine's three verbs.

Only profiles of two forces (or of two blocks of years of one) are a pair, so each edge is weighed once. How
common matches are between two forces is learned for each pair of forces, and drawn towards what their sizes
say: neighbours share more people than forces at two ends of the country.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.dyads import report_candidates
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.engine import Engine, Profiles, Rules
from lamplighter.national.profiles import Faces

Bits = npt.NDArray[np.float64]
MARGIN = 6.0
"""Bits by which two people may be less alike than what two reports are opened for: what their reports say may
lift them."""
AS_MANY = 10.0
"""What the sizes of two forces say of how many people they share counts as so many matches."""
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of persons of two forces: ``left`` < ``right`` (n,), and the bits of their likest faces."""

    left: Rows
    right: Rows
    evidence: Bits

    def __len__(self) -> int:
        return len(self.left)

    def frame(self) -> pl.DataFrame:
        """Return them as a frame."""
        return pl.DataFrame({"left": self.left, "right": self.right, "evidence": self.evidence})

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Edges:
        """Return those of a frame."""
        return cls(*(frame[c].to_numpy() for c in ("left", "right", "evidence")))


def least_bits(model: Model) -> float:
    """Return how alike two persons have to be to be looked at together with their reports."""
    return min(report_candidates.bars(model).values()) - MARGIN


def edges(faces: Faces, model: Model, engine: Engine) -> Edges:
    """Return the pairs of persons that are alike enough."""
    rules = Rules.of_model(model, faces.features)
    left, right = engine.pairs(Profiles(faces.features, faces.source), rules)
    found = engine.weights(faces.features, model, left, right, least_bits(model))
    a, b = faces.person[found.left], faces.person[found.right]
    told = pl.DataFrame(
        {"left": np.minimum(a, b), "right": np.maximum(a, b), "evidence": found.evidence}
    ).filter(pl.col("left") != pl.col("right"))
    return Edges.of(told.group_by("left", "right").agg(pl.col("evidence").max()).sort("left", "right"))


@dataclass(frozen=True, slots=True)
class SourcePairs:
    """``shift``: for each pair of forces by their names ("a|b", sorted), the bits by which two of their people
    are likelier to be one than two people of any two forces; ``matches``: how many were expected of it."""

    shift: Mapping[str, float]
    matches: Mapping[str, float]


def source_pairs(
    found: Edges, force_of: Sequence[str] | npt.NDArray[np.str_], persons: Mapping[str, int], model: Model
) -> SourcePairs:
    """Return how much commoner matches are between each two forces than their sizes say.

    By expectation maximisation over the edges: those that are left out hold nearly no match. ``force_of``
    (p,): the force of each person; ``persons``: how many each force has.
    """
    names = sorted(persons)
    number = {name: i for i, name in enumerate(names)}
    code = np.array([number[f] for f in force_of], dtype=np.int64)
    a, b = code[found.left], code[found.right]
    group = np.minimum(a, b) * len(names) + np.maximum(a, b)
    sizes = np.array([persons[n] for n in names], dtype=np.float64)
    of = np.triu(np.outer(sizes, sizes), 1).ravel()
    prior = bits_of(model.priors.victim)
    shift, matches = np.zeros(len(of)), np.zeros(len(of))
    for _ in range(ROUNDS):
        belief = probability_of(found.evidence + prior + shift[group])
        matches = np.bincount(group, weights=belief, minlength=len(of))
        expected = matches.sum() * of / max(of.sum(), 1.0)
        shift = np.log2((matches + AS_MANY) / (expected + AS_MANY))
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    told = {f"{names[i]}|{names[j]}": i * len(names) + j for i, j in pairs}
    return SourcePairs(
        {k: round(float(shift[g]), 6) for k, g in told.items()},
        {k: round(float(matches[g]), 3) for k, g in told.items()},
    )
