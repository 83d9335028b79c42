"""A bundle in memory, as checked: its metadata, its tables, and what the force does not hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from lamplighter.study_bundle.compact_rows import Packed, packed
from lamplighter.study_bundle.schema import COMMON, empty, kinds, tables

#: Status of an outcome on a line of which the force says that another stands.
SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Publication:
    """One agency's indicator pack: when it was due, and when it came out (``None``: not yet)."""

    agency: str
    due: dt.date
    published: dt.date | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of a bundle as a whole. Dates are inclusive."""

    schema_version: str
    force: tuple[str, ...]
    period_from: dt.date
    period_to: dt.date
    extracted_on: dt.date
    basis: str
    selection: str
    sources: tuple[str, ...]
    recording_rules: tuple[str, ...]
    pseudonymisation: str
    event_kinds: tuple[str, ...] | None = None
    not_held: tuple[str, ...] = ()
    made_up: bool = False
    publications: tuple[Publication, ...] = ()
    title: str = ""
    times: str = ""
    personal_data: str = ""

    @property
    def months(self) -> int:
        """Whole calendar months of the period when it begins and ends with a month, else 0."""
        return whole_months(self.period_from, self.period_to)


def whole_months(first: dt.date, last: dt.date) -> int:
    """Count the calendar months from ``first`` to ``last``; 0 where they do not begin and end with one."""
    after = last + dt.timedelta(days=1)
    if first.day != 1 or after.day != 1:
        return 0
    return (after.year - first.year) * 12 + after.month - first.month


@dataclass(frozen=True, slots=True)
class StudyBundle:
    """Every table of the schema with all its columns; a table that is not held has no rows.

    ``held_tables`` and ``held_columns`` (``table.column``) say what the force gave. ``digest`` is the SHA-256
    of the files as read, for the manifest of a report.
    """

    metadata: Metadata
    kept: Mapping[str, Packed]
    held_tables: frozenset[str]
    held_columns: frozenset[str]
    digest: str = ""
    #: Reports to which two lines, or one moment, give different outcomes: both are kept, and one is used.
    conflicts: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        metadata: Metadata,
        frames: Mapping[str, pl.DataFrame],
        held_tables: frozenset[str],
        held_columns: frozenset[str],
        digest: str = "",
    ) -> StudyBundle:
        """A bundle of frames in memory. Raises ``KeyError`` for a table that is not in the schema."""
        kept = {name: packed(tables()[name], frame) for name, frame in frames.items()}
        return cls(metadata, kept, held_tables, held_columns, digest)

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Every table that there is, all at once."""
        return {name: rows.rows() for name, rows in self.kept.items()}

    def table(self, name: str) -> pl.DataFrame:
        """One table. Raises ``KeyError`` for a name that is not in the schema."""
        return self.kept[name].rows() if name in self.kept else empty(name)

    def height(self, name: str) -> int:
        """Count the rows of a table."""
        return self.kept[name].height if name in self.kept else 0

    def events(self, kind: str) -> pl.DataFrame:
        """Rows of one kind that were done, in order of report and time, with the columns that the kind uses.

        An outcome on a line that does not stand is no outcome: it is counted with the conflicts.

        Raises:
            KeyError: there is no such kind.
        """
        return self.done(kind).sort("report_id", "at", "event_id", nulls_last=True)

    def done(self, kind: str, asked: Iterable[str] | None = None) -> pl.DataFrame:
        """The same in the order in which they were read, for whoever asks for none: sorting takes long.
        ``asked``: columns that are needed, if not all."""
        columns = _columns(kind)
        if asked is not None:
            wanted = {"report_id", "done", *asked}
            columns = [c for c in columns if c in wanted]
        # Whether an outcome stands is read from columns that nobody need have asked for.
        read = [c for c in _columns(kind) if c in columns or (kind == "outcome" and c in ("kind", "status"))]
        rows = self._rows(kind, read).filter(pl.col("done").fill_null("yes") == "yes")
        return (rows.filter(stands()) if kind == "outcome" else rows).select(columns).drop("done")

    def said_no(self, kind: str) -> pl.DataFrame:
        """Rows of one kind that say that it was not done, with the columns of :meth:`events`.

        Raises:
            KeyError: there is no such kind.
        """
        own = self.kept.get("events")
        any_no = own is not None and own.count_of(kind, "done", "no")
        rows = self._rows(kind, _columns(kind)) if any_no else empty("events").select(_columns(kind))
        said = rows.filter(pl.col("done") == "no").drop("done")
        return said.sort("report_id", "at", "event_id", nulls_last=True)

    def not_done(self, kind: str) -> pl.Series:
        """Reports of which it is on record that this was not done: a "no", which is not "not recorded"."""
        return self.said_no(kind)["report_id"].unique().sort()

    def _rows(self, kind: str, columns: list[str]) -> pl.DataFrame:
        if "events" in self.kept:
            return self.kept["events"].rows(kind, columns)
        return empty("events").select(columns)

    @property
    def given(self) -> frozenset[str]:
        """Columns (``table.column``) that the files had, or that were filled in when they were read."""
        filled = {
            f"{name}.{column}"
            for name, rows in self.kept.items()
            for column in rows.table.columns
            if rows.filled(column)
        }
        return self.held_columns | filled

    @property
    def held_kinds(self) -> frozenset[str]:
        """Kinds of events that were looked for: a kind in here without rows was never done."""
        if "events" not in self.held_tables:
            return frozenset()
        if "events" in self.metadata.not_held:
            return frozenset()
        named = self.metadata.event_kinds
        found = self.kept["events"].kinds if "events" in self.kept else frozenset()
        return found if named is None else frozenset(named) | found

    def holds(self, need: str) -> bool:
        """Tell whether the force gave what ``need`` names: ``table``, ``table.column`` or ``events:kind``, or
        a column of a kind, ``events:kind.column``, or a code of a kind, ``events:kind=code``.

        A column counts as given when it is there and any cell of it is filled.
        """
        if need.startswith("events:"):
            kind, _, column = need.removeprefix("events:").partition(".")
            kind, _, code = kind.partition("=")
            if kind not in self.held_kinds:
                return False
            rows = self.kept.get("events")
            # Nothing done of a kind that was looked for is an answer: there is no row that could be filled.
            done = 0 if rows is None else rows.count(kind) - rows.count_of(kind, "done", "no")
            if rows is None or not done:
                return not column or f"events.{column}" not in self.metadata.not_held
            if code:
                return rows.count_of(kind, "code", code) > 0
            return not column or (
                rows.filled(column, kind) and f"events.{column}" not in self.metadata.not_held
            )
        table, _, column = need.partition(".")
        if table not in self.held_tables or {table, need} & set(self.metadata.not_held):
            return False
        return not column or (
            need in self.held_columns and (not self.height(table) or self.kept[table].filled(column))
        )


def stands() -> pl.Expr:
    """Tell of events whether they stand: an outcome on a superseded line does not."""
    gone = (pl.col("kind") == "outcome") & (pl.col("status") == SUPERSEDED)
    return gone.ne_missing(True)


def _columns(kind: str) -> list[str]:
    """Return the columns that a kind uses, in the order of the table."""
    return [c for c in tables()["events"].columns if c in COMMON or c in kinds()[kind].uses]
