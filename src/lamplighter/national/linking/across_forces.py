"""Stage B: propose and weigh pairs of persons of two forces, through an engine's three verbs.

Only profiles of two forces (or of two blocks of years of one) are a pair, so each edge is weighed once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.dyads import report_candidates
from lamplighter.linkage.engines.protocol import Engine, Profiles, Rules
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.profiles import Faces

Bits = npt.NDArray[np.float64]
MARGIN = 6.0
"""Bits by which two people may be less alike than what two reports are opened for: what their reports say may
lift them."""

PAIRS_A_FACE, OF_MANY, MANY = 200.0, 60.0, 250_000
"""So many pairs are proposed for each face, at most, and of more than so many faces fewer: true pairs across
a border are few, and with 12 a face two in five of them were proposed by no key at 100,000 records."""


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
    most = PAIRS_A_FACE if len(faces.features) <= MANY else OF_MANY
    rules = Rules.of_model(model, faces.features, most)
    left, right = engine.pairs(Profiles(faces.features, faces.source), rules)
    found = engine.weights(faces.features, model, left, right, least_bits(model))
    a, b = faces.person[found.left], faces.person[found.right]
    told = pl.DataFrame(
        {"left": np.minimum(a, b), "right": np.maximum(a, b), "evidence": found.evidence}
    ).filter(pl.col("left") != pl.col("right"))
    return Edges.of(told.group_by("left", "right").agg(pl.col("evidence").max()).sort("left", "right"))
