"""Hold pairs of records as rows of encoded columns, which the conditions of the comparison levels look at.

Unknown is a value of its own, as in SQL: 0 false, 1 unknown, 2 true, so that ``and`` is the smaller, ``or``
the greater, and ``not`` the distance from 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.encoded_columns import (
    Codes,
    Column,
    Lists,
    Numbers,
    Texts,
    bits_of_lists,
    factorised,
)
from lamplighter.linkage.features.similarity_bounds import Signs, signs

Truth = npt.NDArray[np.uint8]
FALSE, UNKNOWN, TRUE = 0, 1, 2
_FEW = 20_000


class NotUnderstood(ValueError):
    """A condition of the table uses something that is not evaluated on arrays; the text names it."""


@dataclass(slots=True)
class Columns:
    """Feature columns by name, with what was derived from them on the way. ``part_of``: other columns, of
    which these have some rows (:meth:`of`)."""

    by_name: Mapping[str, Column]
    part_of: tuple[Columns, Rows] | None = None
    _texts: dict[Any, Texts] = field(default_factory=dict, repr=False)
    _translations: dict[Any, Codes] = field(default_factory=dict, repr=False)
    _lengths: dict[Any, npt.NDArray[np.int32]] = field(default_factory=dict, repr=False)
    _signs: dict[Any, Signs] = field(default_factory=dict, repr=False)
    _bits: dict[str, npt.NDArray[np.uint64]] = field(default_factory=dict, repr=False)
    _single: dict[str, bool] = field(default_factory=dict, repr=False)

    def of(self, by_name: Mapping[str, Column], rows: Rows) -> Columns:
        """Some rows of the columns; what is derived of their distinct values, the same ones, is shared."""
        return Columns(
            by_name,
            (self, rows),
            _translations=self._translations,
            _lengths=self._lengths,
            _signs=self._signs,
            _bits=self._bits,
            _single=self._single,
        )

    def text(self, key: Any) -> Texts:
        """Return the column of texts that ``key`` names: a name, or what is derived from another key."""
        if key not in self._texts:
            self._texts[key] = self._made(key)
        return self._texts[key]

    def _made(self, key: Any) -> Texts:
        if isinstance(key, str):
            column = self.by_name[key]
            if not isinstance(column, Texts):
                raise NotUnderstood(f"'{key}' is not a column of texts.")
            return column
        if self.part_of is not None:
            others, rows = self.part_of
            every = others.text(key)
            return Texts(every.codes.take(rows), every.values)
        kind, inner, *rest = key
        if kind == "first":
            return self.list(inner).first()
        begin, length = rest
        whole = self.text(inner)
        return whole.through(factorised(whole.values.str.slice(begin, length)))

    def list(self, name: str) -> Lists:
        """Return a column of lists."""
        column = self.by_name[name]
        if not isinstance(column, Lists):
            raise NotUnderstood(f"'{name}' is not a column of lists.")
        return column

    def number(self, name: str) -> Numbers:
        """Return a column of numbers."""
        column = self.by_name[name]
        if not isinstance(column, Numbers):
            raise NotUnderstood(f"'{name}' is not a column of numbers.")
        return column

    def lengths(self, key: Any) -> npt.NDArray[np.int32]:
        """Return the length of every distinct text of a column."""
        if key not in self._lengths:
            self._lengths[key] = self.text(key).values.str.len_chars().cast(pl.Int32()).to_numpy()
        return self._lengths[key]

    def signs(self, key: Any) -> Signs:
        """Return what tells of every distinct text of a column which others it cannot be like."""
        if key not in self._signs:
            self._signs[key] = signs(self.text(key).values)
        return self._signs[key]

    def single(self, name: str) -> bool:
        """Tell whether every list of a column holds one text, and no two the same: then two lists have a text
        in common where their codes are the same."""
        if name not in self._single:
            column = self.list(name)
            alone = len(column.elements) == len(column.values) == len(column.starts) - 1
            self._single[name] = alone and bool((column.sizes == 1).all())
        return self._single[name]

    def list_bits(self, name: str) -> npt.NDArray[np.uint64]:
        """For every distinct list of a column 64 bits; two that have no bit in common share no text."""
        if name not in self._bits:
            self._bits[name] = bits_of_lists(self.list(name))
        return self._bits[name]

    def translation(self, source: Any, target: Any, values: pl.Series, into: pl.Series) -> Codes:
        """For each of ``values`` its place among ``into``, or -2: none of a record's codes."""
        if (source, target) not in self._translations:
            places = pl.DataFrame({"v": into, "at": np.arange(len(into), dtype=np.int32)})
            found = values.to_frame("v").join(places, on="v", how="left", maintain_order="left")["at"]
            self._translations[source, target] = found.fill_null(-2).to_numpy().astype(np.int32)
        return self._translations[source, target]


@dataclass(frozen=True, slots=True)
class Scene:
    """Pairs of records, by their rows: ``left`` and ``right`` (n,)."""

    columns: Columns
    left: Rows
    right: Rows
    answers: dict[Any, Truth] = field(default_factory=dict, repr=False)
    """Of conditions that are asked again, by the condition: see :class:`logic.Once`."""
    _codes: dict[Any, Codes] = field(default_factory=dict, repr=False)
    _same: dict[Any, Truth] = field(default_factory=dict, repr=False)

    def rows(self, side: str, at: Rows | None = None) -> Rows:
        """Return the records of one side of the pairs ``at``, or of all."""
        whole = self.left if side == "l" else self.right
        return whole if at is None or len(at) == len(whole) else whole.take(at)

    def codes(self, side: str, key: Any, column: Texts | Lists, at: Rows) -> Codes:
        """Return the codes of one side of the pairs ``at``; a column is fetched once for all pairs."""
        whole = self._codes.get((side, key))
        if whole is None:
            whole = self._codes[side, key] = column.codes.take(self.rows(side))
        return whole if len(at) == len(whole) else whole.take(at)

    def same(self, key: Any, at: Rows) -> Truth:
        """Tell whether the texts of one column are the same in the pairs ``at``, worked out once for all
        pairs."""
        whole = self._same.get(key)
        if whole is None:
            column, every = self.columns.text(key), np.arange(len(self.left))
            a, b = (self.codes(side, key, column, every) for side in ("l", "r"))
            whole = self._same[key] = truth(a == b, (a >= 0) & (b >= 0))
        return whole.copy() if len(at) == len(whole) else whole.take(at)


Boolean = Callable[[Scene, Rows], Truth]
Number = Callable[[Scene, Rows], tuple[Any, Any]]
"""Numbers (n,) and whether each is known (n,); both are one value where it is the same for every pair."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one side: which side, and which column (see :meth:`Columns.text`)."""

    side: str
    key: Any

    def codes(self, scene: Scene, at: Rows) -> Codes:
        return scene.codes(self.side, self.key, scene.columns.text(self.key), at)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one side."""

    side: str
    name: str

    def codes(self, scene: Scene, at: Rows) -> Codes:
        return scene.codes(self.side, ("list", self.name), scene.columns.list(self.name), at)


def truth(values: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Truth:
    """Return a condition that is met or not, and unknown where something is missing."""
    made = np.multiply(values & known, np.uint8(TRUE), dtype=np.uint8)
    made += ~known  # UNKNOWN is 1
    return made


def distinct_pairs(a: Codes, b: Codes, size: int) -> tuple[Codes, Codes, Rows]:
    """Return the distinct pairs of two arrays of codes, and for every row which of them it is."""
    key = a.astype(np.int64) * (size + 1) + b
    if len(key) < _FEW:
        found, inverse = np.unique(key, return_inverse=True)
    else:
        order = pl.Series(key).arg_sort().to_numpy()
        ordered = key[order]
        begins = np.empty(len(key), dtype=bool)
        begins[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
        inverse = np.empty(len(key), dtype=np.int64)
        inverse[order] = np.cumsum(begins) - 1
        found = ordered[begins]
    left = found // (size + 1)
    right = found - left * (size + 1)
    return left.astype(np.int32), right.astype(np.int32), inverse
