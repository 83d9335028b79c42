"""One table's Parquet file to numbered rows, with limits, whole or a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lamplighter.records.errors import RecordsError
from lamplighter.study_bundle.files.csv_tables import Raw, unknown_columns
from lamplighter.study_bundle.schema import Table

MOST_ROWS = 50_000_000
MOST_BYTES = 8_000_000_000  # unpacked, as a Parquet file says of itself
_GROUP_BYTES = 2_000_000_000
# pyarrow's own errors are kinds of these; a damaged file may name types or sizes that are not there.
_DAMAGED = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError, OverflowError)
#: Units of a day by time unit; a moment is between 1900 and 2100 or it is none.
_DAY_UNITS = {"ns": 86_400_000_000_000, "us": 86_400_000_000, "ms": 86_400_000}
_FIRST_DAY, _LAST_DAY = -25_567, 47_481


class ParquetTable:
    """The file of one table.

    Raises:
        RecordsError: the file is damaged or says that it is too large; so may every method.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table = path, table
        try:
            self._source = pq.ParquetFile(path)
            about = self._source.metadata
            groups = [about.row_group(i).total_byte_size for i in range(about.num_row_groups)]
            schema = self._source.schema_arrow
        except _DAMAGED as error:
            raise self._damaged() from error
        if about.num_rows > MOST_ROWS or sum(groups) > MOST_BYTES or max(groups, default=0) > _GROUP_BYTES:
            raise self._damaged()
        self.rows = int(about.num_rows)
        self.present = list(schema.names)
        self.wanted = [c for c in table.columns if self.present.count(c) == 1]
        self._types = {c: schema.field(c).type for c in self.wanted}

    def _damaged(self) -> RecordsError:
        return RecordsError("It cannot be read as a table.", file=self._path.name, remedy="Write it again.")

    def is_text(self, column: str) -> bool:
        """Tell whether a column is there and is text."""
        kind = _value_type(self._types.get(column, pa.null()))
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    @property
    def times(self) -> list[str]:
        """Columns of dates or times."""
        kinds = {c: _value_type(t) for c, t in self._types.items()}
        return [c for c, t in kinds.items() if pa.types.is_date(t) or pa.types.is_timestamp(t)]

    def whole(self) -> Raw:
        """Every row, read column by column."""
        try:
            columns = ((c, self._source.read(columns=[c]).column(c)) for c in self.wanted)
            frame = _frame(columns, self.rows)
        except _DAMAGED as error:
            raise self._damaged() from error
        return self._raw(frame, 0)

    def parts(self, most: int, written: frozenset[str]) -> Iterator[Raw]:
        """The same rows ``most`` at a time; columns in ``written`` have times that are none somewhere."""
        before = 0
        for frame in self.columns(self.wanted, most, written):
            yield self._raw(frame, before)
            before += frame.height

    def columns(
        self, names: list[str], most: int, written: frozenset[str] = frozenset()
    ) -> Iterator[pl.DataFrame]:
        """Some columns, ``most`` rows at a time."""
        try:
            for group in range(self._source.num_row_groups):  # of a group that is done nothing stays behind
                for batch in self._source.iter_batches(most, row_groups=[group], columns=names):
                    given = pa.Table.from_batches([batch])
                    yield _frame(((c, given.column(c)) for c in names), batch.num_rows, written)
        except _DAMAGED as error:
            raise self._damaged() from error

    def _raw(self, frame: pl.DataFrame, before: int) -> Raw:
        numbers = pl.int_range(before + 1, pl.len() + before + 1, dtype=pl.Int64)
        numbered = frame.with_columns(pl.lit(self._path.name).alias("_file"), numbers.alias("_row"))
        strange = [c for c in self.present if c not in self.wanted] if before == 0 else []
        unknown = unknown_columns(strange, self._path.name, self._table.name)
        return Raw(numbered, unknown, 0, frozenset(self.wanted))


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def sane(value: pl.Series) -> pl.Series:
    """Tell whether each date or time is between 1900 and 2099; null for none."""
    day = _DAY_UNITS[value.dtype.time_unit or "us"] if isinstance(value.dtype, pl.Datetime) else 1
    return value.to_physical().is_between(_FIRST_DAY * day, _LAST_DAY * day - 1)


def _written(value: pl.Series, *, always: bool) -> pl.Series:
    """Dates and times outside 1900 to 2099 as a text that is none: Polars stops at dates it cannot write."""
    if not value.dtype.is_temporal():
        return value
    good = sane(value)
    if good.fill_null(True).all() and not always:
        return value
    kept = pl.select(pl.when(good).then(value)).to_series()
    if isinstance(kept.dtype, pl.Datetime):
        if kept.dtype.time_zone:
            kept = kept.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
        text = kept.dt.strftime("%Y-%m-%dT%H:%M:%S")
    else:
        text = kept.dt.strftime("%Y-%m-%d")
    return pl.select(pl.when(good).then(text).when(~good).then(pl.lit("\x00"))).to_series()


def _frame(
    columns: Iterable[tuple[str, pa.ChunkedArray]], rows: int, written: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Columns one by one to Polars; what has no plain form becomes a text that no column can be."""
    out = {}
    for name, column in columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        nested = pa.types.is_nested(kind) and not (pa.types.is_list(kind) or pa.types.is_large_list(kind))
        odd = nested or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_time(kind)
        if odd or pa.types.is_fixed_size_binary(kind) or pa.types.is_duration(kind):
            there = pl.Series(column.is_valid().to_numpy(), dtype=pl.Boolean)
            out[name] = pl.select(pl.when(there).then(pl.lit("\x00"))).to_series()
        else:
            value = pl.Series(name, pl.from_arrow(column))
            out[name] = _written(value, always=name in written)
    if not out:  # rows without a column that is known are rows all the same
        out["_blank"] = pl.Series([None] * rows, dtype=pl.String)
    return pl.DataFrame(out)
