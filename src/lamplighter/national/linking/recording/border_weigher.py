"""Weigh pairs of records of two forces by how both record, and by what their names tell already."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_vectors import AT_ONCE, Levels
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.model.agreement_patterns import Weighed, taken
from lamplighter.linkage.model.fellegi_sunter import Tables
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.recording.ethnic_names import COLUMNS, ETHNICITY, EthnicNames
from lamplighter.national.linking.recording.source_rates import SourceRates, digest_of

Bits = npt.NDArray[np.float64]
LIKE_ALL = ""
"""What a force is called that records like the country."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Hold how forces record: ``rates``, and which ``names`` go with which ethnicity."""

    rates: SourceRates = field(default_factory=SourceRates)
    names: EthnicNames = field(default_factory=EthnicNames)

    @property
    def digest(self) -> str:
        """Return a hash of both."""
        return digest_of(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able document."""
        return {"rates": self.rates.to_json(), "names": self.names.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any], secret: bytes) -> Recording:
        """Return that of a document; ``secret`` is what names are hashed with."""
        rates = SourceRates.from_json(document["rates"])
        return cls(rates, EthnicNames.from_json(document["names"], secret))

    @classmethod
    def read(cls, path: Path, secret: bytes) -> Recording:
        """Return that of a file."""
        return cls.from_json(json.loads(path.read_text("utf-8")), secret)

    def weigher(self, features: Features, model: Model, force: npt.NDArray[np.str_]) -> BorderWeigher:
        """Return a weigher of some records, of which ``force`` (n,) tells who recorded each."""
        return BorderWeigher(features, model, self, force)


class BorderWeigher(Weigher):
    """A model applied to records of several forces."""

    def __init__(
        self, features: Features, model: Model, recording: Recording, force: npt.NDArray[np.str_]
    ) -> None:
        super().__init__(features, model)
        own = [LIKE_ALL, *recording.rates.forces()]
        number = {name: i for i, name in enumerate(own)}
        # Two forces that record like the country have a border between them none the less.
        names, codes = np.unique(force, return_inverse=True)
        self._forces = names.tolist()
        self._force = codes.astype(np.int64)
        self._own = np.array([number.get(n, 0) for n in self._forces], dtype=np.int64)
        self._named = own
        self._recording = recording
        self._tables: dict[tuple[int, int, bool], Tables] = {}
        self._ethnic = recording.names.bits(features)

    def weigh(self, left: Rows, right: Rows, levels: Levels | None = None) -> Weighed:
        """Return the evidence of pairs of rows."""
        found = self.scorer.levels(left, right) if levels is None else levels
        weighed = Weighed(left, right, found, np.empty(len(left)))
        for start in range(0, len(left), AT_ONCE):
            at = np.arange(start, min(start + AT_ONCE, len(left)))
            frequencies = self._of(found[at], left[at], right[at])
            for some, tables in self._by_border(left[at], right[at]):
                weighed.evidence[at[some]] = tables.weighed(found[at[some]], frequencies[some])
        return weighed

    def related(self, weighed: Weighed, some: Rows) -> Bits:
        """See :meth:`Weigher.related`."""
        found = np.zeros(len(weighed))
        for start in range(0, len(some), AT_ONCE):
            at = some[start : start + AT_ONCE]
            own = taken(weighed, at)
            frequencies = self.frequencies(own)
            for part, tables in self._by_border(own.left, own.right):
                found[at[part]] = tables.weighed_as_related(own.levels[part], frequencies[part])
        return found

    def bars(self, weighed: Weighed) -> Bits:
        """Return what each comparison adds to the evidence of some pairs: (n, c)."""
        frequencies, found = self.frequencies(weighed), np.zeros(weighed.levels.shape)
        for some, tables in self._by_border(weighed.left, weighed.right):
            found[some] = tables.bars(weighed.levels[some], frequencies[some])
        return found

    def _by_border(self, left: Rows, right: Rows) -> Iterator[tuple[Rows, Tables]]:
        """Yield the pairs of each two forces, with their rates."""
        a, b = self._force[left], self._force[right]
        x, y, border = self._own[a], self._own[b], a != b
        of = len(self._named)
        group = (np.minimum(x, y) * of + np.maximum(x, y)) * 2 + border
        order = np.argsort(group, kind="stable")
        begins = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0]) if len(order) else order
        for start, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=False):
            some = order[start:end]
            pair, across = divmod(int(group[some[0]]), 2)
            yield some, self._tables_of(*divmod(pair, of), border=bool(across))

    def _tables_of(self, x: int, y: int, *, border: bool) -> Tables:
        if (x, y, border) not in self._tables:
            rates = self._recording.rates
            self._tables[x, y, border] = rates.tables(
                self.model, self._named[x], self._named[y], border=border
            )
        return self._tables[x, y, border]

    def _of(self, levels: Levels, left: Rows, right: Rows) -> Bits:
        found = super()._of(levels, left, right)
        if not self._ethnic.odds:
            return found
        at = name_dependence.exact(self.model.table, ETHNICITY)
        hit = np.flatnonzero(levels[:, at[0]] == at[1])
        shared = {}
        for column in COLUMNS:
            c, level = name_dependence.exact(self.model.table, column)
            codes = self._codes(column)[left[hit]]
            shared[column] = np.where(levels[hit, c] == level, codes, -1)
        found[hit, at[0]] += self._ethnic.more(self._codes(ETHNICITY)[left[hit]], shared)
        return found

    def _codes(self, name: str) -> Rows:
        column = self.features.columns.by_name.get(name)
        if not isinstance(column, Texts):
            return np.full(len(self.features), -1, dtype=np.int64)
        return column.codes.astype(np.int64)
