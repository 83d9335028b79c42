"""Stage B: propose and weigh pairs of persons of two forces, through an engine's three verbs.

Only profiles of two forces (or of two blocks of years of one) are a pair, so each edge is weighed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import rounded_bits
from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.arrays.row_order import Hashes, Rows, among
from lamplighter.linkage.dyads import report_candidates
from lamplighter.linkage.engines.on_arrays import OnArrays
from lamplighter.linkage.engines.protocol import Engine, Profiles, Rules
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.profiles import Faces
from lamplighter.national.linking.proposals import Since, proposed

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


@dataclass(frozen=True, slots=True)
class Weighed:
    """Hold what an engine on arrays weighed, so that the next run need not: the ``name`` (n,) of each face,
    pairs of faces that were alike enough (``left``, ``right``, ``evidence``), the keys that were too common
    (``crowded``), and the ``rules`` in words."""

    name: Hashes
    left: Rows
    right: Rows
    evidence: Bits
    crowded: Hashes
    rules: str

    def write(self, folder: Path) -> None:
        """Write them."""
        pl.DataFrame({"name": self.name}).write_parquet(folder / "faces.parquet")
        pairs = {"left": self.left, "right": self.right, "evidence": self.evidence}
        pl.DataFrame(pairs).write_parquet(folder / "weighed.parquet")
        pl.DataFrame({"key": self.crowded}).write_parquet(folder / "crowded.parquet")
        (folder / "rules.txt").write_text(self.rules, "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Weighed | None:
        """Return what :meth:`write` wrote; ``None`` where another engine was at work."""
        if not (folder / "rules.txt").exists():
            return None
        pairs = pl.read_parquet(folder / "weighed.parquet")
        return cls(
            pl.read_parquet(folder / "faces.parquet")["name"].to_numpy(),
            pairs["left"].to_numpy(),
            pairs["right"].to_numpy(),
            pairs["evidence"].to_numpy(),
            pl.read_parquet(folder / "crowded.parquet")["key"].to_numpy(),
            (folder / "rules.txt").read_text("utf-8"),
        )

    def numbered(self, name: Hashes) -> pl.DataFrame:
        """Return the pairs of faces that are there still, by the numbers that they have now."""
        now = pl.DataFrame({"name": name, "now": np.arange(len(name), dtype=np.int64)})
        of = pl.DataFrame({"name": self.name}).join(now, on="name", how="left", maintain_order="left")["now"]
        pairs = pl.DataFrame(
            {"a": of.gather(self.left), "b": of.gather(self.right), "evidence": self.evidence}
        ).drop_nulls()
        low, high = (f("a", "b") for f in (pl.min_horizontal, pl.max_horizontal))
        return pairs.select(left=low, right=high, evidence="evidence")


def edges(
    faces: Faces, model: Model, engine: Engine, before: Weighed | None = None
) -> tuple[Edges, Weighed | None]:
    """Return the pairs of persons that are alike enough; and what was weighed, for the next run, where the
    engine can take up what an earlier one weighed, as here what is ``before``."""
    most = PAIRS_A_FACE if len(faces.features) <= MANY else OF_MANY
    profiles = Profiles(faces.features, faces.source)
    rules, least = Rules.of_model(model, faces.features, most), least_bits(model)
    if not isinstance(engine, OnArrays):
        left, right = engine.pairs(profiles, rules)
        found = engine.weights(faces.features, model, left, right, least)
        return _of_persons(faces, found.left, found.right, rounded_bits(found.evidence)), None
    told = repr((rules.keys, least))
    since = None
    if before is not None and before.rules == told and len(np.unique(faces.name)) == len(faces.name):
        since = Since(~np.isin(faces.name, before.name), before.crowded)
    made = proposed(profiles, rules, since)
    found = engine.weights(faces.features, model, *made.pairs, least)
    pairs = pl.DataFrame({"left": found.left, "right": found.right, "evidence": rounded_bits(found.evidence)})
    if before is not None and not made.whole:
        n, stood = len(faces.name), before.numbered(faces.name)
        at = packed(stood["left"].to_numpy(), stood["right"].to_numpy(), n)
        pairs = pl.concat([pairs, stood.filter(pl.Series(~among(at, made.doubtful)))])
        pairs = pairs.unique(["left", "right"], keep="first", maintain_order=True)
    left, right, evidence = (pairs[c].to_numpy() for c in ("left", "right", "evidence"))
    weighed = Weighed(faces.name, left, right, evidence, made.crowded, told)
    return _of_persons(faces, left, right, evidence), weighed


def _of_persons(faces: Faces, left: Rows, right: Rows, evidence: Bits) -> Edges:
    """Return the pairs of persons of pairs of faces, with the bits of the likest."""
    a, b = faces.person[left], faces.person[right]
    told = pl.DataFrame({"left": np.minimum(a, b), "right": np.maximum(a, b), "evidence": evidence})
    told = told.filter(pl.col("left") != pl.col("right"))
    return Edges.of(told.group_by("left", "right").agg(pl.col("evidence").max()).sort("left", "right"))
