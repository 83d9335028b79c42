"""Hold the fitted model: numbers only, as JSON, named by its own hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from lamplighter.linkage.arrays.threads import in_turns
from lamplighter.linkage.comparisons.comparison_levels import (
    Comparison,
    Extra,
    comparisons,
    kinds,
    table_version,
)
from lamplighter.linkage.frequencies.name_dependence import Communities
from lamplighter.linkage.frequencies.term_frequencies import Frequencies
from lamplighter.linkage.model.fellegi_sunter import Mixture, Rates, Tables, tables
from lamplighter.linkage.thresholds import DECIDE_AT, LOWEST_BAR, REPORTS_BUDGET

STARTING_UNNAMED = 0.6
STARTING_RELATED = 0.2
"""See :class:`Priors`; by judgement, fitted after."""


@dataclass(frozen=True, slots=True)
class Priors:
    """Probabilities before any evidence. ``same_*`` are of two records of different reports being
    one person, by the part they play; the cells are of a pair of reports (see ``dyads``). ``unnamed``: two
    reports by one victim in which nothing names the suspect concern one suspect so many times as often as
    reports that name one; no more than 1. ``related_victims``: how often two victims of one suspect are of
    one home or family, ``related_suspects``: two suspects of one victim; 0 where it was not asked."""

    other: float
    within_report: float
    both: float
    suspect_only: float
    victim_only: float
    swapped: float
    unnamed: float = STARTING_UNNAMED
    related_victims: float = 0.0
    related_suspects: float = 0.0

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
    """Hold where the three bands lie, in probability, and the budget that they come from."""

    link_at: float
    decide_at: float
    false_link_budget: float
    since: str


@dataclass(frozen=True)
class Model:
    """Everything that scoring needs.

    ``mixture``: rates and shares of the kinds of pairs. ``sources``: probability that two records of two
    sources ('a|b', sorted) are one person, where a table says its sources. ``keys``: names of the keys
    that propose pairs. ``relation``, ``matter``: what reports say, as shares among pairs of one suspect and
    of two; ``apart``: see :mod:`pair_context`.
    """

    mixture: Mixture
    frequencies: Frequencies
    priors: Priors
    sources: Mapping[str, float]
    relation: Mapping[str, tuple[float, float]]
    matter: Mapping[str, tuple[float, float]]
    bands: Bands
    keys: tuple[str, ...]
    extras: tuple[Extra, ...]
    fitted_at: str
    records: int
    apart: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    table_date: str = field(default_factory=table_version)
    version: str = ""

    @cached_property
    def table(self) -> tuple[Comparison, ...]:
        """Return the comparisons that this model weighs."""
        return comparisons(self.extras)

    @cached_property
    def arrays(self) -> Tables:
        """Return the mixture as arrays."""
        return tables(self.mixture, self.table, kinds())

    def rate(self, kind: str, comparison: str, level: str) -> float:
        """Share of the level among pairs of a kind; ``random`` for two people at random."""
        rates = self.mixture.random if kind == "random" else self.mixture.rates[kind]
        return rates[comparison][level]

    def named(self) -> Model:
        """Return the same model with ``version`` set to the hash of its contents."""
        return replace(self, version=_version(self.to_json()))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able document that :meth:`from_json` reads back exactly."""
        document = {k: v for k, v in self.__dict__.items() if k in self.__dataclass_fields__}
        document["mixture"] = {
            "random": _plain(self.mixture.random),
            "rates": {k: _plain(r) for k, r in self.mixture.rates.items()},
            "shares": dict(self.mixture.shares),
        }
        if self.mixture.namesakes:
            document["mixture"]["namesakes"] = _plain(self.mixture.namesakes)
        document["frequencies"] = {
            "rare": dict(self.frequencies.rare),
            "shares": {k: dict(v) for k, v in self.frequencies.hidden().items()},
        }
        if (communities := self.frequencies.hidden_communities()) is not None:
            document["frequencies"]["communities"] = communities.to_json()
        document["sources"] = dict(self.sources)
        document |= {k: {n: list(p) for n, p in getattr(self, k).items()} for k in _SAID}
        document["priors"], document["bands"] = asdict(self.priors), asdict(self.bands)
        document["keys"] = list(self.keys)
        document["extras"] = [asdict(e) for e in self.extras]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any], secret: bytes = b"") -> Model:
        """Return a model from its document, and the secret that its values are hashed with.

        Raises ``ValueError`` when the document was changed by hand.
        """
        if document["version"] and document["version"] != _version(document):
            raise ValueError("The model's contents do not fit its version id.")
        body = dict(document)
        kept = body["frequencies"]
        told = kept.get("communities")
        communities = None if told is None else Communities.from_json(told)
        body["frequencies"] = Frequencies.kept(kept["rare"], kept["shares"], secret, communities)
        body["mixture"] = Mixture(**body["mixture"])
        for name in _SAID:
            body[name] = {k: tuple(v) for k, v in body.get(name, {}).items()}
        body["priors"] = Priors(**body["priors"])
        body["bands"] = Bands(**body["bands"])
        body["keys"] = tuple(body["keys"])
        body["extras"] = tuple(Extra(**e) for e in body["extras"])
        return cls(**body)


def _version(document: Mapping[str, Any]) -> str:
    """Return what a model with this document is called."""
    body = {k: v for k, v in document.items() if k != "version"}
    shares = body["frequencies"]["shares"]
    body["frequencies"] = body["frequencies"] | {"shares": _HERE}
    before, after = json.dumps(body, sort_keys=True).split(json.dumps(_HERE))
    # A hundred thousand shares are written by columns, so that other threads come to their turn.
    written = [f"{json.dumps(name)}: {{{_written(shares[name])}}}" for name in sorted(shares)]
    digest = hashlib.sha256(f"{before}{{{', '.join(written)}}}{after}".encode()).hexdigest()
    return f"m-{document['fitted_at'][:10]}-{digest[:12]}"


_HERE = "\0shares"


def _written(shares: Mapping[str, float]) -> str:
    """Shares by hashes of values as JSON has them, without the brackets."""
    # Few shares are different: each is written once.
    written = {share: repr(share) for share in set(shares.values())}
    parts = in_turns(sorted(shares.items()))
    return ", ".join([f'"{name}": {written[share]}' for some in parts for name, share in some])


def _plain(rates: Rates) -> dict[str, dict[str, float]]:
    return {c: dict(row) for c, row in rates.items()}


STARTING_RELATION: Mapping[str, tuple[float, float]] = {
    # How a suspect is described to the same victim in two reports: share among pairs of the same
    # suspect, share among pairs of different suspects. Start values by judgement; fitted after.
    "intimate": (0.40, 0.10),
    "same": (0.33, 0.08),
    "strangers": (0.03, 0.06),
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


_SAID = ("relation", "matter", "apart")
"""What two reports say, as tables of shares."""


def starting_priors(people: float) -> Priors:
    """Priors before any fitting, for so many persons."""
    base = min(0.05, 1.0 / max(people, 20.0))
    return Priors(
        other=base,
        within_report=0.15,
        both=0.6 * base,
        suspect_only=0.1 * base,
        victim_only=0.3 * base,
        swapped=0.2 * base,
        related_victims=STARTING_RELATED,
        related_suspects=STARTING_RELATED,
    )


def starting_bands(day: dt.date) -> Bands:
    """The bands before any budget was looked at."""
    return Bands(LOWEST_BAR, DECIDE_AT, REPORTS_BUDGET, day.isoformat())
