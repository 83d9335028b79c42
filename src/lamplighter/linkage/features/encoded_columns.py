"""Encode columns as numbers: each distinct text once, and a code for every record.

Comparing two records is then comparing two integers, and what is dear (how alike two names are, what
a name is short for) is worked out once for each distinct value or pair of values, not for each record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows, alike_together, spread, spread_of

Codes = npt.NDArray[np.int32]
NOTHING = -1
"""The code of a record for which nothing is recorded."""
SEPARATOR = "\x1f"
Changed = Callable[[str], str | None]
Spread = Callable[[str], Iterable[str]]


@dataclass(slots=True)
class Texts:
    """One text a record: ``codes`` (n,) point into ``values``; ``NOTHING`` where none is recorded."""

    codes: Codes
    values: pl.Series
    _python: npt.NDArray[np.object_] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.codes)

    def strings(self, codes: npt.NDArray[np.integer]) -> npt.NDArray[np.object_]:
        """Return the texts of some codes, none of them ``NOTHING``."""
        if self._python is not None:
            return np.asarray(self._python[codes], dtype=object)
        if len(self.values) <= 500_000 or len(codes) * 4 > len(self.values):
            self._python = as_objects(self.values)
            return np.asarray(self._python[codes], dtype=object)
        return as_objects(self.values.gather(pl.Series(codes)))

    def of(self, row: int) -> str | None:
        """Return the text of one record."""
        code = int(self.codes[row])
        return None if code < 0 else str(self.strings(np.array([code]))[0])

    def derived(self, function: Changed) -> Texts:
        """``function`` of every distinct text, as a column of its own."""
        return self.each([function(v) for v in self.values.to_list()])

    def each(self, made: Sequence[str | None]) -> Texts:
        """Return a column of its own of what was ``made`` of every distinct text."""
        return self.through(factorised(pl.Series(made, dtype=pl.String())))

    def through(self, inner: Texts) -> Texts:
        """``inner`` has one row for each of ``values``: its column for the records."""
        return Texts(looked_up(inner.codes, self.codes, NOTHING), inner.values)

    def counts(self) -> npt.NDArray[np.int64]:
        """Tell how many records have each of ``values``."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values)).astype(np.int64)


@dataclass(slots=True)
class Lists:
    """Any number of texts a record: ``codes`` (n,) point to distinct lists; list i holds
    ``items.values[elements[starts[i] : starts[i + 1]]]``."""

    codes: Codes
    starts: Rows
    elements: Codes
    values: pl.Series

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def sizes(self) -> Rows:
        """Tell how many texts each distinct list holds."""
        return np.diff(self.starts)

    def first(self) -> Texts:
        """Return the first text of every record."""
        head = np.full(len(self.starts) - 1, NOTHING, dtype=np.int32)
        some = self.sizes > 0
        head[some] = self.elements[self.starts[:-1][some]]
        return Texts(looked_up(head, self.codes, NOTHING), self.values)

    def holding(self, text: str) -> npt.NDArray[np.bool_]:
        """Tell which of the distinct lists hold ``text``."""
        found = np.zeros(len(self.starts) - 1, dtype=bool)
        at = self.values.index_of(text)
        if at is not None:
            owner = np.repeat(np.arange(len(found)), self.sizes)
            found[owner[self.elements == at]] = True
        return found

    def items(self, rows: Rows | None = None) -> tuple[Rows, Codes]:
        """Return every text of every record (of ``rows``): the record's place, and the text's code in
        ``values``.
        """
        codes = self.codes if rows is None else self.codes.take(rows)
        some = np.flatnonzero(codes >= 0)
        own, sizes = codes.take(some), self.sizes
        if (sizes == 1).all():
            return some, self.elements.take(own)
        of, at = spread_of(self.starts.take(own), sizes.take(own))
        return some.take(of), self.elements.take(at)


@dataclass(slots=True)
class Numbers:
    """One whole number a record; ``known`` (n,) says where it is one."""

    numbers: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, codes: Codes) -> Numbers:
        """Return the numbers at some places; unknown where the code is :data:`NOTHING`."""
        if not len(self.numbers):
            return Numbers(np.zeros(len(codes), dtype=np.int64), np.zeros(len(codes), dtype=bool))
        at = np.maximum(codes, 0)
        known = self.known[at] & (codes >= 0)
        return Numbers(np.where(known, self.numbers[at], 0), known)


Column = Texts | Lists | Numbers


def as_objects(values: pl.Series) -> npt.NDArray[np.object_]:
    """Return a series of texts as an array of Python strings."""
    made = np.empty(len(values), dtype=object)
    made[:] = values.to_list()
    return made


def looked_up(table: npt.NDArray[np.generic], codes: Codes, otherwise: int) -> Codes:
    """``table[codes]``, and ``otherwise`` where there is no code."""
    # The last place is that of -1.
    return np.append(table, otherwise).astype(np.int32, copy=False).take(codes)


def factorised(values: pl.Series) -> Texts:
    """Codes of a series of texts; nulls have none. The order of codes is that of the texts' hashes."""
    if values.null_count() == len(values):
        return Texts(no_codes(len(values)), values.head(0).cast(pl.String()))
    codes = np.full(len(values), NOTHING, dtype=np.int32)
    some = values.drop_nulls()
    order, begins = alike_together(some.hash(0).to_numpy())
    first = order.take(np.flatnonzero(begins))
    if len(some) < len(values):
        order = values.is_not_null().arg_true().to_numpy().take(order)
    codes[order] = np.cumsum(begins, dtype=np.int32) - 1
    return Texts(codes, some.gather(pl.Series(first)))


def no_codes(n: int) -> Codes:
    """Return the codes of ``n`` records of which nothing is recorded: one number, and no memory for each."""
    return np.broadcast_to(np.int32(NOTHING), n)


def coded_lists(values: pl.Series) -> Lists:
    """Codes of a series of lists of texts, or of texts; an empty list is as good as none."""
    if values.dtype == pl.String:
        return _of_one(factorised(_something(values)))
    if values.null_count() == len(values):
        return _of_one(Texts(no_codes(len(values)), pl.Series(dtype=pl.String())))
    held = values.list.drop_nulls()
    if (held.list.len() <= 1).all():
        return _of_one(factorised(_something(held.list.first())))
    whole = factorised(held.list.join(SEPARATOR).replace("", None))
    parts = whole.values.str.split(SEPARATOR)
    starts = np.concatenate([[0], np.cumsum(parts.list.len().to_numpy(), dtype=np.int64)])
    flat = factorised(parts.explode(empty_as_null=False) if len(parts) else whole.values)
    return Lists(whole.codes, starts.astype(np.int64), flat.codes, flat.values)


def _something(values: pl.Series) -> pl.Series:
    """Texts, without those that are empty."""
    return values.to_frame("v").select(pl.when(pl.col("v") != "").then("v"))["v"]


def _of_one(texts: Texts) -> Lists:
    """Lists of one text a record: none need be put together."""
    starts = np.arange(len(texts.values) + 1, dtype=np.int64)
    return Lists(texts.codes, starts, np.arange(len(texts.values), dtype=np.int32), texts.values)


def derived_lists(texts: Texts, function: Spread) -> Lists:
    """``function`` of every distinct text, which gives a list for each."""
    return lists_of_each(texts, [list(function(v)) for v in texts.values.to_list()])


def lists_of_each(texts: Texts, made: Sequence[str | Sequence[str]]) -> Lists:
    """Return the same of what was ``made`` of every distinct text: one text, or a list."""
    sizes, alone = np.ones(len(made), dtype=np.int64), [v if isinstance(v, str) else "" for v in made]
    flat: list[str] = []
    done = 0
    for at in [i for i, v in enumerate(made) if not isinstance(v, str)]:
        own = sorted(set(made[at]))
        flat += alone[done:at]
        flat += own
        sizes[at], done = len(own), at + 1
    flat += alone[done:]
    codes = texts.codes
    if not sizes.all():
        codes = np.where((codes >= 0) & (sizes.take(codes) > 0), codes, np.int32(NOTHING))
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    inner = factorised(pl.Series(flat, dtype=pl.String()))
    return Lists(codes, starts, inner.codes, inner.values)


def numbers(values: pl.Series) -> Numbers:
    """Return a series of whole numbers (or of dates, as days since 1970)."""
    whole = values.cast(pl.Int32()).cast(pl.Int64()) if values.dtype == pl.Date else values.cast(pl.Int64())
    return Numbers(whole.fill_null(0).to_numpy().astype(np.int64), whole.is_not_null().to_numpy())


def all_different(values: pl.Series) -> bool:
    """Tell whether nothing is there twice."""
    if not values.null_count() and values.is_sorted():
        return not (values == values.shift()).any()
    return values.n_unique() == len(values)


def meeting(
    column: Lists, a: Codes, b: Codes, elements: Codes | None = None, other: Lists | None = None
) -> npt.NDArray[np.bool_]:
    """Tell whether lists ``a`` of a column have a text in common with lists ``b`` of it, or of ``other``.

    ``elements``: those of ``column`` in the codes of ``other``.
    """
    mine = column.elements if elements is None else elements
    other = column if other is None else other
    n, m = np.where(a >= 0, column.sizes[a], 0), np.where(b >= 0, other.sizes[b], 0)
    found = np.zeros(len(a), dtype=bool)
    single = np.flatnonzero((n == 1) & (m == 1))
    found[single] = mine[column.starts[a[single]]] == other.elements[other.starts[b[single]]]
    many = np.flatnonzero((n > 0) & (m > 0) & ((n > 1) | (m > 1)))
    if len(many):
        pair = np.repeat(many, n[many])
        left = mine[spread(column.starts[a[many]], n[many])]
        sizes = m[pair]
        right = other.elements[spread(other.starts[b[pair]], sizes)]
        found[np.repeat(pair, sizes)[np.repeat(left, sizes) == right]] = True
    return found


def bits_of_lists(lists: Lists) -> npt.NDArray[np.uint64]:
    """64 bits for every distinct list: two lists that have no bit in common have no text in common.

    The bits follow from the texts, not from their codes, so lists of two columns can be compared.
    """
    of_text = np.uint64(1) << (lists.values.hash(2).to_numpy() & np.uint64(63))
    made = np.zeros(len(lists.starts) - 1, dtype=np.uint64)
    sizes = np.diff(lists.starts)
    some = np.flatnonzero(sizes > 0)
    if len(some):
        made[some] = np.bitwise_or.reduceat(of_text[lists.elements], lists.starts[:-1][some])
    return made
