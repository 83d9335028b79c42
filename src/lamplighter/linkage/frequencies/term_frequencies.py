"""Look up term frequencies, how many people have a value: agreement on a rare one weighs more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows, numbered, spread
from lamplighter.linkage.arrays.threads import in_turns
from lamplighter.linkage.comparisons.comparison_levels import Comparison
from lamplighter.linkage.features.encoded_columns import Lists, Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.features.row_pairs import distinct_pairs
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.frequencies.name_dependence import Communities

Bits = npt.NDArray[np.float64]
_FEW = 2_000
_ALONE = 100_000
"""The frequencies of so many pairs are looked up by one thread."""


@dataclass(slots=True, eq=False)
class Frequencies:
    """Shares of people: column -> value -> share, for values that more than one has; ``rare`` is the
    share of any other value of the column. ``communities``: which first names and surnames go together.

    A model is kept long after the records that it was fitted to may have been erased: it names values by a
    keyed hash (:meth:`hidden`), and only what was counted in this process knows them as they are.
    """

    rare: Mapping[str, float]
    plain: Mapping[str, Mapping[str, float]] | None = field(default=None, repr=False)
    secret: bytes = field(default=b"", repr=False)
    communities: Communities | None = field(default=None, repr=False)
    _hidden: Mapping[str, Mapping[str, float]] | None = field(default=None, repr=False)
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def kept(
        cls,
        rare: Mapping[str, float],
        hidden: Mapping[str, Mapping[str, float]],
        secret: bytes,
        communities: Communities | None = None,
    ) -> Frequencies:
        """Frequencies as a model keeps them."""
        return cls(rare, None, secret, communities, hidden)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frequencies):
            return NotImplemented
        if self.rare != other.rare or self.hidden() != other.hidden():
            return False
        return self.hidden_communities() == other.hidden_communities()

    __hash__ = None  # type: ignore[assignment]  # as a value that is compared

    def as_supposed(self, shares: Mapping[str, float]) -> Frequencies:
        """Return the same, but that every value of some columns has the share that is given for the
        column.
        """
        nothing: dict[str, Mapping[str, float]] = {name: {} for name in shares}
        return replace(self, rare={**self.rare, **shares}, plain={**(self.plain or {}), **nothing})

    def hidden(self) -> Mapping[str, Mapping[str, float]]:
        """Return the shares by keyed hashes of the values."""
        if self._hidden is None:
            self._hidden = {
                c: by_name(self._hashed(list(row)), list(row.values()))
                for c, row in (self.plain or {}).items()
            }
        return self._hidden

    def hidden_communities(self) -> Communities | None:
        """Return the communities by keyed hashes of the names."""
        if self.communities is None or self.plain is None:
            return self.communities
        return self.communities.renamed(_namer(self.secret))

    def lift(self, first: pl.Series, surname: pl.Series) -> Bits:
        """Bits by which two strangers share each whole name oftener than the shares of both names say."""
        if self.communities is None:
            return np.zeros(len(first))
        if self.plain is None:
            first, surname = (self._hashed(names.to_list()) for names in (first, surname))
        return self.communities.bits(first, surname)

    def lift_of_one(self, first: str, surname: str) -> float:
        """Return the same of one whole name."""
        return float(self.lift(pl.Series([first]), pl.Series([surname]))[0])

    def _hashed(self, values: Sequence[str]) -> pl.Series:
        called = _namer(self.secret)
        made = [called(v) for some in in_turns(values) for v in some]
        return pl.Series(made, dtype=pl.String())

    def bits_of(self, name: str, values: pl.Series) -> Bits:
        """Bits of the share of each value of a column."""
        rare = self.rare.get(name, 1.0)
        table = self.hidden().get(name, {}) if self.plain is None else self.plain.get(name, {})
        if self.plain is None:
            values = self._hashed(values.to_list())
        if len(values) <= _FEW:
            known = np.array([table.get(v, rare) for v in values.to_list()], dtype=np.float64)
            return np.asarray(np.log2(known))
        if name not in self._frames:
            schema = {"v": pl.String(), "s": pl.Float64()}
            self._frames[name] = pl.DataFrame(
                {"v": list(table.keys()), "s": list(table.values())}, schema=schema
            )
        joined = values.to_frame("v").join(self._frames[name], on="v", how="left", maintain_order="left")
        return np.asarray(np.log2(joined["s"].fill_null(rare).to_numpy()))

    def bits_of_one(self, name: str, value: str) -> float:
        """Return the same of one value."""
        rare = self.rare.get(name, 1.0)
        if self.plain is None:
            return float(np.log2(self.hidden().get(name, {}).get(_namer(self.secret)(value), rare)))
        return float(np.log2(self.plain.get(name, {}).get(value, rare)))


@lru_cache(8)
def _namer(secret: bytes) -> Callable[[str], str]:
    begun = hashlib.blake2b(digest_size=8, key=secret[:64])

    def called(value: str) -> str:
        made = begun.copy()
        made.update(value.encode())
        return made.hexdigest()

    return called


def by_name(names: pl.Series, shares: Bits | list[float]) -> dict[str, float]:
    """Shares in order of their names."""
    frame = pl.DataFrame({"name": names, "share": shares}, schema_overrides={"share": pl.Float64()}).sort(
        "name"
    )
    return dict(zip(frame["name"].to_list(), frame["share"].to_list(), strict=True))


class Shared:
    """Bits of the frequency of what pairs of records have in common, for the rows of some features."""

    def __init__(self, features: Features, frequencies: Frequencies) -> None:
        self._features = features
        self.frequencies = frequencies
        self._bits: dict[str, Bits] = {}

    def among(self, features: Features) -> Shared:
        """Return the same for the rows of other features, whose distinct values are the same."""
        found = Shared(features, self.frequencies)
        found._bits = self._bits
        return found

    def of_values(self, name: str) -> Bits:
        """Bits of the share of each distinct value of a column."""
        if name not in self._bits:
            column = self._features.columns.by_name[name]
            assert isinstance(column, (Texts, Lists))
            self._bits[name] = self.frequencies.bits_of(name, column.values)
        return self._bits[name]

    def bits(self, name: str, left: Rows, right: Rows) -> Bits:
        """Bits of the share of people who have the value that each pair has in common.

        Of two values that are merely alike, the commoner counts; of lists, the rarest text in both.
        """
        column = self._features.columns.by_name[name]
        if isinstance(column, Lists):
            if self._features.columns.single(name):
                own, bits = column.codes.take(left), np.minimum(self.of_values(name), 0.0)
                same = (own >= 0) & (own == column.codes.take(right))
                return np.where(same, bits.take(column.elements.take(np.maximum(own, 0))), 0.0)
            return self._rarest(column, self.of_values(name), left, right)
        assert isinstance(column, Texts)
        bits = self.of_values(name)
        return np.maximum(bits.take(column.codes.take(left)), bits.take(column.codes.take(right)))

    def _rarest(self, column: Lists, bits: Bits, left: Rows, right: Rows) -> Bits:
        if not len(left):
            return np.zeros(0)
        a, b, which = distinct_pairs(column.codes[left], column.codes[right], len(column.starts))
        n = column.sizes[a]
        pair = np.repeat(np.arange(len(a)), n)
        mine = column.elements[spread(column.starts[a], n)]
        m = column.sizes[b][pair]
        theirs = column.elements[spread(column.starts[b[pair]], m)]
        both = np.repeat(mine, m)
        hit = both == theirs
        rarest = np.zeros(len(a))
        np.minimum.at(rarest, np.repeat(pair, m)[hit], bits[both[hit]])
        return rarest[which]

    def of_levels(
        self,
        levels: npt.NDArray[np.int8],
        left: Rows,
        right: Rows,
        table: tuple[Comparison, ...],
        active: list[int],
    ) -> Bits:
        """For every pair and comparison the bits of its frequency, 0 where the level has none: (n, c)."""
        found = np.zeros(levels.shape, order="F")

        def shade(i: int) -> None:
            for level in table[i].levels:
                if level.tf and self._features.has(level.tf):
                    hit = np.flatnonzero(levels[:, i] == level.value)
                    found[hit, i] = self.bits(level.tf, left.take(hit), right.take(hit))

        if len(levels) <= _ALONE:
            for i in active:
                shade(i)
        else:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(shade, active))
        self._add_lift(found, levels, left, table)
        return found

    def _add_lift(
        self, found: Bits, levels: npt.NDArray[np.int8], left: Rows, table: tuple[Comparison, ...]
    ) -> None:
        """Weigh whole names: where first name and surname are shared, they are as common together as their
        communities say."""
        if self.frequencies.communities is None:
            return
        hit = np.flatnonzero(name_dependence.share_both(levels, table))
        first, surname = name_dependence.texts_of(self._features.columns.by_name)
        rows, width = left.take(hit), len(surname.values) + 1
        whole, which = numbered(first.codes.take(rows).astype(np.int64) * width + surname.codes.take(rows))
        names = (
            first.values.gather(pl.Series(whole // width)),
            surname.values.gather(pl.Series(whole % width)),
        )
        found[hit, name_dependence.place(table)] += self.frequencies.lift(*names)[which]
