"""The fitted model: numbers only, as JSON, named by its own hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from lamplighter.linkage.levels import comparisons, table_version


@dataclass(frozen=True, slots=True)
class Priors:
    """Probabilities before any evidence. ``same_*`` are of two records of different reports being
    one person, by the part they play; the cells are of a pair of reports (see ``dyads``)."""

    other: float
    within_report: float
    both: float
    suspect_only: float
    victim_only: float
    swapped: float

    @property
    def victim(self) -> float:
        """That two reports have the same victim."""
        return self.both + self.victim_only

    @property
    def suspect(self) -> float:
        """That two reports have the same suspect."""
        return self.both + self.suspect_only


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the three bands lie, in probability, and the budget that they come from."""

    link_at: float
    decide_at: float
    false_link_budget: float
    since: str


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that scoring needs. ``rates`` is comparison -> level -> (m, u)."""

    rates: Mapping[str, Mapping[str, tuple[float, float]]]
    tf: Mapping[str, Mapping[str, float]]
    tf_unseen: Mapping[str, float]
    priors: Priors
    relation: Mapping[str, tuple[float, float]]
    matter: Mapping[str, tuple[float, float]]
    bands: Bands
    fitted_at: str
    records: int
    table: str = field(default_factory=table_version)
    version: str = ""

    def m(self, comparison: str, level: str) -> float:
        """Probability of the level among pairs of the same person."""
        return self.rates[comparison][level][0]

    def weight(self, comparison: str, level: str) -> float:
        """Bits of the level, before any value frequency."""
        m, u = self.rates[comparison][level]
        return float(np.log2(m) - np.log2(u))

    def named(self) -> Model:
        """The same model with ``version`` set to the hash of its contents."""
        body = {k: v for k, v in self.to_json().items() if k != "version"}
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        return replace(self, version=f"m-{self.fitted_at[:10]}-{digest[:12]}")

    def to_json(self) -> dict[str, Any]:
        """A JSON-able document that :meth:`from_json` reads back exactly."""
        document = asdict(self)
        document["rates"] = {c: {n: list(mu) for n, mu in row.items()} for c, row in self.rates.items()}
        document["relation"] = {k: list(v) for k, v in self.relation.items()}
        document["matter"] = {k: list(v) for k, v in self.matter.items()}
        document["tf"] = {k: dict(v) for k, v in self.tf.items()}
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Model:
        """A model from its document. Raises ``ValueError`` when the document was changed by hand."""
        body = dict(document)
        body["rates"] = {c: {n: (mu[0], mu[1]) for n, mu in row.items()} for c, row in body["rates"].items()}
        body["relation"] = {k: (v[0], v[1]) for k, v in body["relation"].items()}
        body["matter"] = {k: (v[0], v[1]) for k, v in body["matter"].items()}
        body["priors"] = Priors(**body["priors"])
        body["bands"] = Bands(**body["bands"])
        model = cls(**body)
        if model.version and model.named().version != model.version:
            raise ValueError("The model's contents do not fit its version id.")
        return model


def starting_model(
    tf: Mapping[str, Mapping[str, float]],
    tf_unseen: Mapping[str, float],
    *,
    records: int,
    fitted_at: dt.date,
    people: float,
) -> Model:
    """The model before fitting: the table's own rates, and priors for ``people`` persons."""
    rates = {c.name: {v.name: (v.m, v.u) for v in c.levels} for c in comparisons()}
    base = min(0.05, 1.0 / max(people, 20.0))
    priors = Priors(
        other=base,
        within_report=0.15,
        both=0.6 * base,
        suspect_only=0.1 * base,
        victim_only=0.3 * base,
        swapped=0.2 * base,
    )
    return Model(
        rates=rates,
        tf=tf,
        tf_unseen=tf_unseen,
        priors=priors,
        relation=STARTING_RELATION,
        matter=STARTING_MATTER,
        bands=Bands(0.5, 0.05, 0.02, "2026-11-24"),
        fitted_at=fitted_at.isoformat(),
        records=records,
    ).named()


STARTING_RELATION: Mapping[str, tuple[float, float]] = {
    # How a suspect is described to the same victim in two reports: share among pairs of the same
    # suspect, share among pairs of different suspects. Start values by judgement; fitted after.
    "intimate": (0.40, 0.10),
    "same": (0.36, 0.14),
    "compatible": (0.10, 0.12),
    "stranger": (0.05, 0.24),
    "conflict": (0.09, 0.40),
}

STARTING_MATTER: Mapping[str, tuple[float, float]] = {
    # What two reports by one victim are about: share among the same suspect, among different ones.
    "contact": (0.45, 0.20),
    "mixed": (0.53, 0.60),
    "chance": (0.02, 0.20),
}
