"""Read the rows of one table: whole, or of a large file a part at a time.

What a part cannot know of the others (a key that is there twice, a column of times that are all at midnight)
is found out beforehand, in one pass over few columns; so a table read in parts is the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl

from lamplighter.records.errors import RecordsError
from lamplighter.records.formats.delimited import read_delimited
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.cells import as_text, at_midnight, stripped
from lamplighter.study_bundle.checks.rows import hashed
from lamplighter.study_bundle.files.csv_tables import Raw, csv_parts, csv_spec, read_csv, unreadable
from lamplighter.study_bundle.files.parquet import ParquetTable
from lamplighter.study_bundle.schema import Table

PART_ROWS = 65_536
PART_BYTES = 64_000_000  # of text


class Manner(NamedTuple):
    """Facts of a whole table that are needed to read a part of it.

    ``again`` has the hashes of the keys that are there more than once; ``midnight`` the columns of times that
    are all at midnight, which are known to the day; ``written`` those in which some time is none, which are
    read as text.
    """

    again: pl.Series
    midnight: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()

    @staticmethod
    def unknown() -> Manner:
        """For rows that are only counted."""
        return Manner(pl.Series([], dtype=pl.UInt64))


class Source(Protocol):
    """The rows of one table."""

    @property
    def large(self) -> bool:
        """Tell whether it is worth reading in parts."""

    def whole(self) -> Raw:
        """All rows at once. Raises ``RecordsError``: the file cannot be read."""

    def manner(self, table: Table) -> Manner:
        """Return what a part needs to know of the whole. Raises ``RecordsError``: the file breaks off."""

    def parts(self, manner: Manner) -> Iterator[Raw]:
        """The rows a part at a time, in order. Raises ``RecordsError``: the file breaks off."""


class InMemory:
    """Rows that have been read already. They are let go with the first use."""

    def __init__(self, raw: Raw) -> None:
        self._raw: Raw | None = raw
        self.large = raw.frame.height > PART_ROWS

    def _taken(self) -> Raw:
        assert self._raw is not None, "rows are taken once"
        raw, self._raw = self._raw, None
        return raw

    def whole(self) -> Raw:
        return self._taken()

    def manner(self, table: Table) -> Manner:
        assert self._raw is not None, "rows are taken once"
        (key,) = table.key
        frame = self._raw.frame
        return Manner(_twice([_hashed(frame[key])] if key in frame.columns else []))

    def parts(self, manner: Manner) -> Iterator[Raw]:
        raw = self._taken()
        for i, frame in enumerate(raw.frame.iter_slices(PART_ROWS)):
            yield raw._replace(frame=frame) if i == 0 else Raw(frame, [], 0, raw.columns)


class OfText:
    """Rows of a CSV of a package."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table = path, table
        self.large = path.stat().st_size > PART_BYTES

    def whole(self) -> Raw:
        return _with_missing(read_csv(self._path, self._table), self._path, self._table)

    def manner(self, table: Table) -> Manner:
        (key,) = table.key
        every = (rows.frame for rows in read_delimited(self._path, csv_spec(table)))
        return Manner(_twice(_hashed(f[key.upper()]) for f in every if key.upper() in f.columns))

    def parts(self, manner: Manner) -> Iterator[Raw]:
        for i, raw in enumerate(csv_parts(self._path, self._table)):
            yield _with_missing(raw, self._path, self._table) if i == 0 else raw


class OfParquet:
    """Rows of a Parquet file of a package. Raises ``RecordsError``: it is damaged."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table, self._file = path, table, ParquetTable(path, table)
        self.large = self._file.rows > PART_ROWS and all(self._file.is_text(k) for k in table.key)

    def whole(self) -> Raw:
        return _with_missing(self._file.whole(), self._path, self._table)

    def manner(self, table: Table) -> Manner:
        (key,) = table.key
        hashes: list[pl.Series] = []
        day, wrong = set(self._file.times), set[str]()
        for frame in self._file.columns([key, *self._file.times], PART_ROWS):
            hashes.append(_hashed(frame[key]))
            for name in self._file.times:
                if not frame[name].dtype.is_temporal():  # some time in it is none
                    wrong.add(name)
                elif not at_midnight(frame[name]):
                    day.discard(name)
        return Manner(_twice(hashes), frozenset(day), frozenset(wrong))

    def parts(self, manner: Manner) -> Iterator[Raw]:
        for i, raw in enumerate(self._file.parts(PART_ROWS, manner.written)):
            yield _with_missing(raw, self._path, self._table) if i == 0 else raw


def of_file(path: Path, table: Table) -> Source:
    """The rows of one table of a package. A file that cannot be opened has no rows, and one finding."""
    try:
        return OfParquet(path, table) if path.suffix == ".parquet" else OfText(path, table)
    except RecordsError:
        return InMemory(unreadable(path.name, table))


def read_whole(source: Source, table: Table) -> Raw:
    """All rows at once. A file that cannot be read gives no rows and one finding."""
    try:
        return source.whole()
    except RecordsError as error:
        return unreadable(error.file, table)


def _with_missing(raw: Raw, path: Path, table: Table) -> Raw:
    """The same, with a finding for every column that must be there and is not."""
    if not raw.frame.height:
        return raw
    missing = [
        f.one("column_required_missing", file=path.name, table=table.name, column=c.name)
        for c in table.columns.values()
        if c.required and c.name not in raw.columns
    ]
    return raw._replace(findings=[*raw.findings, *missing])


def _hashed(values: pl.Series) -> pl.Series:
    return hashed(as_text(stripped(values)).drop_nulls())


def _twice(parts: Iterable[pl.Series]) -> pl.Series:
    every = np.concatenate([np.empty(0, np.uint64), *(p.to_numpy() for p in parts)])
    every.sort()
    return pl.Series(np.unique(every[1:][every[1:] == every[:-1]]), dtype=pl.UInt64)
