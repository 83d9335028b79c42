"""Rows of one table held small: codes as numbers, columns without a value not at all.

A bundle of a million reports has some seventeen million events, and a plain frame takes 300 bytes for each.
Events of one kind fill few of the columns, so each kind lies apart; what is asked for is unpacked when it is
asked for, and is the same rows in the same order.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import polars as pl

from lamplighter.study_bundle.schema import Table

#: Place of a row among all that were put in; kept only where rows lie apart by kind.
_PLACE = "_place"
_APART = "kind"
#: A text that has at most one value in so many rows is held as a number.
_ROWS_A_VALUE = 8
_MOST_ROWS = 1_000_000  # of a piece


class Packed:
    """Rows of one table. ``put`` adds some; they come out in the order in which they were put in."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.height = 0
        self._pieces: dict[str, list[_Piece]] = {}

    def put(self, rows: pl.DataFrame) -> None:
        """Add rows with the columns of the table, of its types."""
        for some in rows.select(list(self.table.columns)).iter_slices(_MOST_ROWS):
            if _APART in self.table.columns:
                place = pl.int_range(self.height, self.height + some.height, dtype=pl.UInt32, eager=True)
                apart = some.with_columns(place.alias(_PLACE)).partition_by(_APART, as_dict=True)
                for (kind,), piece in apart.items():
                    self._pieces.setdefault(str(kind), []).append(_Piece(piece))
            else:
                self._pieces.setdefault("", []).append(_Piece(some))
            self.height += some.height

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of which there is a row; empty for a table that has no kinds."""
        return frozenset(self._pieces) if _APART in self.table.columns else frozenset()

    def filled(self, column: str, kind: str | None = None) -> bool:
        """Tell whether any row, or any of one kind, has a value there."""
        return any(column in piece.columns for piece in self._of(kind))

    def count(self, kind: str) -> int:
        """Count the rows of one kind."""
        return sum(piece.height for piece in self._of(kind))

    def count_of(self, kind: str, column: str, value: str) -> int:
        """Count the rows of one kind that have this text in a column."""
        having = (piece.texts(column) == value for piece in self._of(kind) if column in piece.columns)
        return sum(int(own.sum()) for own in having)

    def rows(self, kind: str | None = None, columns: Iterable[str] | None = None) -> pl.DataFrame:
        """Every row, or those of one kind, with all columns of the table, or some, in their types."""
        schema = self.table.polars_schema
        if columns is not None:
            schema = pl.Schema({c: schema[c] for c in columns})
        pieces = [piece.rows(schema) for piece in self._of(kind)]
        if not pieces:
            return pl.DataFrame(schema=schema)
        every = pl.concat(pieces, how="diagonal")
        if kind is None and _PLACE in every.columns:
            every = every.sort(_PLACE)
        lacking = (pl.lit(None, dtype).alias(c) for c, dtype in schema.items() if c not in every.columns)
        return every.with_columns(lacking).select(list(schema))

    def having(self, column: str, values: pl.Series) -> pl.Series:
        """Those of ``values`` that any row has in a column of texts."""
        asked = values.drop_nulls().unique().sort()
        found = pl.Series([False] * len(asked), dtype=pl.Boolean)
        if not len(asked):
            return asked
        for piece in self._of(None):
            if column in piece.columns:
                texts = piece.texts(column).drop_nulls()
                place = asked.search_sorted(texts).clip(0, len(asked) - 1)
                found = found.scatter(place.filter(asked[place] == texts), True)
        return asked.filter(found)

    def empty(self, column: str, places: pl.Series) -> None:
        """Take the values of a column away in the rows of these places (as counted by ``put``)."""
        gone = pl.col(_PLACE).is_in(places.implode())
        schema = self.table.polars_schema
        for pieces in self._pieces.values():
            for i, piece in enumerate(pieces):
                if column in piece.columns:
                    left = pl.when(~gone).then(pl.col(column)).alias(column)
                    pieces[i] = _Piece(piece.rows(schema).with_columns(left))

    def _of(self, kind: str | None) -> Iterator[_Piece]:
        if kind is None:
            for pieces in self._pieces.values():
                yield from pieces
        else:
            yield from self._pieces.get(kind, ())


class _Piece:
    """Some rows, written as Arrow writes a file and packed with zstd: a tenth of what they take as a frame.
    Columns of few texts are enumerations."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.height = rows.height
        kept = [_small(column) for column in rows.get_columns() if column.null_count() < rows.height]
        self.columns = frozenset(column.name for column in kept)
        body = io.BytesIO()
        pl.DataFrame(kept).write_ipc(body, compression="zstd")
        self._body = body.getvalue()

    def texts(self, column: str) -> pl.Series:
        """A column of texts. Raises ``KeyError``: it is not there."""
        if column not in self.columns:
            raise KeyError(column)
        return pl.read_ipc(self._body, columns=[column]).to_series().cast(pl.String)

    def rows(self, schema: pl.Schema) -> pl.DataFrame:
        """The columns of the schema that have a value, in their types."""
        asked = [c for c in (*schema, _PLACE) if c in self.columns]
        found = pl.read_ipc(self._body, columns=asked)
        return found.with_columns(
            pl.col(c).cast(schema[c]) for c, kind in found.schema.items() if kind == pl.Enum
        )


def _small(column: pl.Series) -> pl.Series:
    """Return a column of few texts as an enumeration of them; any other as it is."""
    if column.dtype != pl.String:
        return column
    most = len(column) // _ROWS_A_VALUE
    # A column of identifiers is known by its first rows: that they are all different need not be found out.
    if column.head(most + 2).n_unique() > most + 1:
        return column
    distinct = column.drop_nulls().unique()
    return column.cast(pl.Enum(distinct.sort())) if len(distinct) <= most else column


def packed(table: Table, rows: pl.DataFrame) -> Packed:
    """Rows of a table, packed."""
    out = Packed(table)
    out.put(rows)
    return out
