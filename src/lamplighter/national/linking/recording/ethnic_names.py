"""Tell how common an ethnicity is among those who bear a name.

One ethnicity in both records is worth as much as it is rare, but of two namesakes called Hussain nearly all
have the same: what is rare in the country is no news once the name is shared. So where a pair shares a first
name or a surname, the ethnicity is as common as among those who bear it; where it shares both, each name adds
what it says alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies.name_dependence import FIRST, SURNAME

Bits = npt.NDArray[np.float64]
ETHNICITY = "eth"
COLUMNS = (FIRST, SURNAME)
FEWEST = 3
"""Of a name that fewer people bear whose ethnicity is known nothing is said."""
AS_MANY = 2.0
"""The country's shares count as so many bearers of each name."""


@dataclass(frozen=True, slots=True)
class EthnicNames:
    """``shares``: of each ethnicity in the country; ``of``: column -> name, by its keyed hash -> ethnicity ->
    how many people. ``secret``: what names are hashed with."""

    shares: Mapping[str, float] = field(default_factory=dict)
    of: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    secret: bytes = field(default=b"", repr=False)

    @classmethod
    def counted(cls, features: Features, person: Rows, secret: bytes) -> EthnicNames:
        """Count them in some records, each ``person`` (n,) once."""
        if not features.has(ETHNICITY):
            return cls(secret=secret)
        known = pl.DataFrame({"person": person, ETHNICITY: _texts(features, ETHNICITY)}).drop_nulls()
        people = known.unique()
        shares = people.group_by(ETHNICITY).len().with_columns(pl.col("len") / max(people.height, 1))
        of: dict[str, dict[str, dict[str, int]]] = {}
        for column in COLUMNS:
            of[column] = {}
            if not features.has(column):
                continue
            named = pl.DataFrame({"person": person, "name": _texts(features, column)}).drop_nulls().unique()
            counts = (
                named.join(people, on="person")
                .group_by("name", ETHNICITY)
                .len()
                .filter(pl.col("len").sum().over("name") >= FEWEST)
                .sort("name", ETHNICITY)
            )
            for name, ethnicity, many in counts.iter_rows():
                of[column].setdefault(_hashed(name, secret), {})[ethnicity] = many
        return cls({k: round(v, 8) for k, v in sorted(shares.iter_rows())}, of, secret)

    def bits(self, features: Features) -> NamedBits:
        """Return what the names of some records say, looked up for each distinct one."""
        if not self.shares or not features.has(ETHNICITY):
            return NamedBits({}, np.zeros(0))
        values = _column(features, ETHNICITY).values.to_list()
        share = np.array([self.shares.get(v, min(self.shares.values())) for v in values])
        found = {}
        for column in COLUMNS:
            if not features.has(column):
                continue
            names = _column(features, column).values.to_list()
            found[column] = np.zeros((len(names), len(values)))
            place = {v: i for i, v in enumerate(values)}
            table = self.of.get(column, {})
            for row, name in enumerate(names):
                own = table.get(_hashed(name, self.secret))
                if own is not None:
                    counts = np.zeros(len(values))
                    for ethnicity, many in own.items():
                        if ethnicity in place:
                            counts[place[ethnicity]] = many
                    among = (counts + AS_MANY * share) / (sum(own.values()) + AS_MANY)
                    found[column][row] = _odds(among) - _odds(share)
        return NamedBits(found, share)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able document, without a name."""
        return {"shares": self.shares, "of": self.of}

    @classmethod
    def from_json(cls, document: Mapping[str, Any], secret: bytes) -> EthnicNames:
        """Return those of a document."""
        return cls(document["shares"], document["of"], secret)


@dataclass(frozen=True, slots=True)
class NamedBits:
    """``odds``: column -> bits by which the odds of each ethnicity (e,) are higher among those who bear each
    name (n, e); ``share`` (e,): of each ethnicity in the country."""

    odds: Mapping[str, Bits]
    share: Bits

    def more(self, ethnicity: Rows, names: Mapping[str, Rows]) -> Bits:
        """Return the bits by which an ``ethnicity`` (n,) is more common among those who share what is said of
        ``names`` (-1: not shared) than in the country; never less, since who is written down as something
        rare for their name may be written down wrongly."""
        share = self.share[ethnicity]
        odds = _odds(share)
        for column, codes in names.items():
            if column in self.odds:
                odds = odds + np.where(codes >= 0, self.odds[column][np.maximum(codes, 0), ethnicity], 0.0)
        among = 1 / (1 + np.exp2(-odds))
        return np.asarray(np.maximum(np.log2(among) - np.log2(share), 0.0))


def _odds(share: Bits) -> Bits:
    kept = np.clip(share, 1e-6, 1 - 1e-6)
    return np.asarray(np.log2(kept) - np.log2(1 - kept))


def _column(features: Features, name: str) -> Texts:
    column = features.columns.by_name[name]
    assert isinstance(column, Texts)
    return column


def _texts(features: Features, name: str) -> pl.Series:
    """Return the text of each record, null where there is none."""
    column = _column(features, name)
    codes = pl.Series(column.codes.astype(np.int64))
    return column.values.gather(codes.set(codes < 0, None))


def _hashed(name: str, secret: bytes) -> str:
    return hashlib.blake2b(name.encode(), digest_size=8, key=secret[:64]).hexdigest()
