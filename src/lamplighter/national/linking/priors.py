"""Learn how common matches are between two forces, and between people of two parts, without labels.

Neighbours share more people than forces at two ends of the country; and whoever crosses a border is a
suspect, or a victim who moved, far oftener than a witness. By expectation maximisation over the pairs that
were looked at, each drawn towards what is expected of it before; those that were left out hold nearly no
match.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.features.record_features import part_of
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.across_forces import Edges
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.index import Index
from lamplighter.national.linking.recording import learned_rates
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.recording.ethnic_names import EthnicNames
from lamplighter.national.linking.recording.learned_rates import MayBeOne

Bits = npt.NDArray[np.float64]
AS_MANY = 10.0
"""What is expected before anything is seen counts as so many matches."""
ROUNDS = 20
LIKELY_BITS, MOST_LIKELY = -2.0, 20_000
"""How forces record is learned from pairs of persons that come to so many bits, and from no more of them than
so many."""


@dataclass(frozen=True, slots=True)
class SourcePairs:
    """``shift``: for each pair of forces by their names ("a|b", sorted), the bits by which two of their
    people are likelier to be one than two people of any two forces; ``matches``: how many were expected of
    it."""

    shift: Mapping[str, float]
    matches: Mapping[str, float]

    @property
    def digest(self) -> str:
        """Return a hash of the shifts."""
        return hashlib.sha256(json.dumps(dict(self.shift), sort_keys=True).encode()).hexdigest()[:24]


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
    shift: Bits = np.zeros(len(of))
    matches: Bits = np.zeros(len(of))
    for _ in range(ROUNDS):
        belief = probability_of(found.evidence + prior + shift[group])
        matches = np.bincount(group, weights=belief, minlength=len(of)).astype(np.float64)
        expected = matches.sum() * of / max(of.sum(), 1.0)
        shift = np.log2((matches + AS_MANY) / (expected + AS_MANY))
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    told = {f"{names[i]}|{names[j]}": i * len(names) + j for i, j in pairs}
    return SourcePairs(
        {k: round(float(shift[g]), 6) for k, g in told.items()},
        {k: round(float(matches[g]), 3) for k, g in told.items()},
    )


def recording(found: Edges, index: Index, model: Model, secret: bytes) -> Recording:
    """Return how forces record, and which names go with which ethnicity; names are hashed with ``secret``."""
    faces = index.faces()
    names = EthnicNames.counted(faces.features, faces.person, secret)
    likely = np.flatnonzero(found.evidence + bits_of(model.priors.victim) >= LIKELY_BITS)
    one_in = max(-(-len(likely) // MOST_LIKELY), 1)
    likely = likely[::one_in]
    if not len(likely):
        return Recording(names=names)
    a, b = found.left[likely], found.right[likely]
    scene = index.scene(np.r_[a, b])
    left, right = scene.rows_of(a, b)
    low, high = (side(scene.person[left], scene.person[right]) for side in (np.minimum, np.maximum))
    edge = np.unique(low * index.persons + high, return_inverse=True)[1].astype(np.int64)
    sizes = np.array([*index.sizes().values()], dtype=np.float64)
    every = float((sizes.sum() ** 2 - (sizes**2).sum()) / 2) / one_in
    force = index.force_of[scene.person]
    told = MayBeOne(left, right, edge, scene.person, force, every)
    return learned_rates.learned(scene.features, model, told, names)


@dataclass(frozen=True, slots=True)
class PartSizes:
    """``pairs``: how many pairs of persons of two forces there are of each kind, by its number. Whoever plays
    two parts counts for both."""

    pairs: Bits

    @classmethod
    def of(cls, people: pl.DataFrame) -> PartSizes:
        """Return those of records: report_id, role, ``person`` and ``force``."""
        parts = people.select("force", "person", part=part_of(people)).unique()
        counts = parts.group_by("force", "part").len()
        of = {
            part: counts.filter(part=part).select("force", pl.col("len").cast(pl.Float64))
            for part in ("V", "S", "O")
        }

        def both(a: str, b: str) -> float:
            """Pairs of a part of one force and a part of another."""
            whole = float(of[a]["len"].sum()) * float(of[b]["len"].sum())
            inside = of[a].join(of[b], on="force", suffix="_2")
            own = float((inside["len"] * inside["len_2"]).sum())
            return (whole - own) / (2.0 if a == b else 1.0)

        found = np.ones(len(KINDS))
        found[KINDS["victim"]], found[KINDS["suspect"]] = both("V", "V"), both("S", "S")
        found[KINDS["swapped"]] = both("V", "S")
        found[KINDS["other"]] = both("V", "O") + both("S", "O") + both("O", "O")
        return cls(found)


def by_part(judged: Judged, across: npt.NDArray[np.bool_], sizes: PartSizes, model: Model) -> Bits:
    """Return by how many bits matches of each kind of pair (two victims, two suspects, others) are commoner
    than the model says.

    ``across`` (n,): which pairs are of two forces. Persons are counted and not their records: who crosses a
    border has many, and a namesake one, so that by records each namesake would be far too likely. For the
    same reason a match that its reports tell anyway (the same victim in both) says next to nothing of how
    common matches are where reports tell nothing: each counts by its ``leaning``.
    """
    p = model.priors
    prior = np.zeros(len(KINDS))
    for kind, value in (
        ("victim", p.victim),
        ("suspect", p.suspect),
        ("swapped", p.swapped),
        ("other", p.other),
    ):
        prior[KINDS[kind]] = value
    some = judged.at(across)
    total, expected = some.total, sizes.pairs * prior
    shift = np.zeros(len(KINDS))
    for _ in range(ROUNDS):
        belief = probability_of(total + shift[some.kind] * some.leaning)
        matches = np.bincount(some.kind, weights=belief * some.leaning, minlength=len(KINDS))
        shift = np.log2((matches + AS_MANY) / (expected + AS_MANY))
    return np.round(shift, 6)


def with_parts(judged: Judged, across: npt.NDArray[np.bool_], shift: Bits) -> Judged:
    """Return the pairs with what matches of their kind are commoner by, as far as it counts."""
    bars = judged.bars.copy()
    bars[across, -1] += (shift[judged.kind] * judged.leaning)[across]
    return replace(judged, bars=bars)
