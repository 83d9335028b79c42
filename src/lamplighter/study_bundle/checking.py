"""A bundle from disk, checked: what was taken in, what was left out and why, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lamplighter.records.errors import RecordsError
from lamplighter.study_bundle.bundle import Metadata, StudyBundle
from lamplighter.study_bundle.checks import consistency
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.cells import typed
from lamplighter.study_bundle.checks.events import Events
from lamplighter.study_bundle.checks.rows import (
    Earlier,
    check_key,
    check_parent,
    set_aside_what_is_not_held,
)
from lamplighter.study_bundle.checks.table_work import TableWork
from lamplighter.study_bundle.checks.totals import check_totals
from lamplighter.study_bundle.compact_rows import Packed
from lamplighter.study_bundle.errors import BundleRefused
from lamplighter.study_bundle.files.csv_tables import Raw, unreadable
from lamplighter.study_bundle.files.data_package import find
from lamplighter.study_bundle.files.durations import read_back
from lamplighter.study_bundle.files.table_sources import Manner, Source, of_file, read_whole
from lamplighter.study_bundle.metadata import read_metadata
from lamplighter.study_bundle.needs import Answerable, answerable
from lamplighter.study_bundle.schema import Table, empty, tables


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one table: ``rows_in == accepted + rejected``, always."""

    rows_in: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of a check. ``bundle`` is ``None`` when the whole was refused."""

    bundle: StudyBundle | None
    counts: Mapping[str, Count]
    findings: tuple[pl.DataFrame, ...]
    answerable: tuple[Answerable, ...]

    @property
    def rejects(self) -> pl.DataFrame:
        """One row a finding: file, table, row, column, value class, reason, remedy, fate, cost."""
        return f.as_rejects(self.findings)

    @property
    def in_short(self) -> pl.DataFrame:
        """The findings by kind: as ``rejects``, with the first row and how many (``n``)."""
        return f.in_short(self.findings)

    @property
    def costs(self) -> list[f.Cost]:
        """List what the findings cost each analysis and indicator."""
        return f.costs(self.findings)

    def required(self) -> StudyBundle:
        """The bundle. Raises ``BundleRefused`` when there is none."""
        if self.bundle is None:
            first = next(
                (x for x in self.findings if x.height and f.severity(x["problem"][0]) == "bundle"), None
            )
            what = f.problems()[first["problem"][0]].reason if first is not None else "There are no rows."
            where = first["column"][0] if first is not None else ""
            raise BundleRefused(
                what,
                file=first["file"][0] if first is not None else "bundle",
                place=where,
                remedy="`lamplighter bundle check` says all that is wrong.",
            )
        return self.bundle


def check(path: str | Path) -> Checked:
    """Read and check the bundle in a folder.

    Raises:
        PackageNotValid: there is no ``datapackage.json`` that can be read.
    """
    package = find(path)
    metadata, wrong = read_metadata(package.study, "datapackage.json", package.title)
    sources = {name: of_file(file, tables()[name]) for name, file in package.files.items()}
    if metadata is not None:
        sources = read_back(metadata, sources)
    wrong += [_about_table("table_missing", name) for name in package.absent]
    wrong += [
        f.one("column_unknown", file="datapackage.json", table="", column="unknown table", about="unknown")
        for _ in package.unknown
    ]
    return checked(metadata, sources, wrong, package.digest() if metadata is not None else "")


def _about_table(problem: str, table: str) -> pl.DataFrame:
    return f.one(problem, file="datapackage.json", table=table)


def read(path: str | Path) -> StudyBundle:
    """The checked bundle in a folder, ready for a study.

    Raises:
        PackageNotValid: there is no ``datapackage.json`` that can be read.
        BundleRefused: the metadata or the whole cannot be used.
    """
    return check(path).required()


def checked(
    metadata: Metadata | None,
    sources: Mapping[str, Source],
    wrong: list[pl.DataFrame],
    digest: str,
    *,
    one_line_a_report: bool = False,
    superseded: pl.Series | None = None,
) -> Checked:
    """Tables from their sources to a checked bundle. Without metadata every row is counted as rejected.

    One table is read at a time and packed as soon as it is checked, events a part at a time, so that a large
    bundle is in memory once, and small. With ``one_line_a_report`` all tables come from the lines of one
    file, and what a line says goes with its report: a second line of the same reference must not lend its
    events to the first. Only what it says of the end is kept: an outcome or a withdrawal that the first line
    does not have is a conflict to be seen, and not a row to be lost. ``superseded`` are lines of which the
    force says that another of their reference stands.
    """
    if metadata is None:
        done = {name: _refused(sources[name], table) for name, table in tables().items() if name in sources}
        conflicts: frozenset[str] = frozenset()
    else:
        checking = _Checking(metadata, sources, one_line_a_report, superseded)
        done, conflicts = checking.tables(), checking.conflicts
    counts = {name: Count(t.rows_in, t.packed.height, t.rejected) for name, t in done.items()}
    found = [*wrong, *(x for t in done.values() for x in t.findings)]
    if metadata is None:
        return Checked(None, counts, tuple(found), ())
    held = frozenset(f"{name}.{c}" for name, t in done.items() for c in t.columns)
    given = frozenset(name for name, t in done.items() if t.columns) - frozenset(metadata.not_held)
    whole = {name: done[name].packed if name in done else Packed(table) for name, table in tables().items()}
    bundle = StudyBundle(metadata, whole, given, held - frozenset(metadata.not_held), digest, conflicts)
    found += _not_held(metadata, done)
    if not bundle.height("reports") and not bundle.height("totals"):
        found.append(f.one("no_rows", file="datapackage.json"))
        return Checked(None, counts, tuple(found), ())
    return Checked(bundle, counts, tuple(found), tuple(answerable(bundle)))


class _Checking:
    """The tables of one bundle: reports first, since what hangs on a report that is left out goes with it."""

    def __init__(
        self,
        metadata: Metadata,
        sources: Mapping[str, Source],
        one_line_a_report: bool,
        superseded: pl.Series | None,
    ) -> None:
        self._metadata, self._one_line = metadata, one_line_a_report
        self._sources = dict(sources)
        self._done = {name: _Table(Packed(table)) for name, table in tables().items() if name in sources}
        self._reports = consistency.Reports(empty("reports"))
        self._early = pl.Series([], dtype=pl.String)
        self._lost = pl.Series([], dtype=pl.Int64)
        self._second = pl.Series([], dtype=pl.Int64)
        self._superseded = pl.Series([], dtype=pl.Int64) if superseded is None else superseded
        self.conflicts: frozenset[str] = frozenset()

    def tables(self) -> dict[str, _Table]:
        """Every table of the bundle, checked, in the order of the schema."""
        reports = self._work("reports")
        if reports is not None:
            self._of_reports(reports)
        people = self._work("people")
        if people is not None:
            consistency.check_people(people, reports)
            if reports is not None:
                consistency.check_people_there(reports, people.accepted)
            self._keep(people)
        if reports is not None:
            self._keep(reports)
        del reports, people
        for name, (first, last) in _SPANS.items():
            work = self._work(name)
            if work is not None:
                self._hanging(work, first, last)
                self._keep(work)
        if "events" in self._done:
            self._events()
        totals = self._work("totals")
        if totals is not None:
            check_totals(totals, _file(totals))
            self._keep(totals)
        return self._done

    def _work(self, name: str) -> TableWork | None:
        """One table, typed, every key once; ``None`` when there is no such table."""
        if name not in self._done:
            return None
        raw = read_whole(self._sources.pop(name), tables()[name])
        self._done[name].read(raw)
        frame = [raw.frame]
        del raw
        work = typed(frame.pop(), tables()[name])
        check_key(work)
        set_aside_what_is_not_held(work, self._metadata.not_held)
        return work

    def _keep(self, work: TableWork) -> None:
        done = self._done[work.table.name]
        done.packed.put(work.accepted)
        done.rejected += work.rejected
        done.findings += work.findings

    def _of_reports(self, reports: TableWork) -> None:
        consistency.check_reports(reports, self._metadata, _file(reports))
        self._reports = consistency.Reports(reports.accepted)
        before = pl.col("recorded_at").dt.date() < pl.lit(self._metadata.period_from)
        # Of the reports that were taken in: what was left out says nothing of those that remain.
        self._early = reports.accepted.filter(before)["report_id"]
        if self._one_line:
            gone = reports.frame.filter(reports.bad)
            self._lost = gone["_row"]
            standing = pl.col("report_id").is_in(reports.accepted["report_id"].implode())
            self._second = gone.filter(standing)["_row"]

    def _hanging(self, work: TableWork, first: str, last: str) -> None:
        """Offences or behaviours."""
        work.note(work.frame["_row"].is_in(self._lost.implode()), "line_left_out")
        start = self._reports.of(work)
        check_parent(work, start["_there"])
        consistency.check_spans(work, start, first, last)
        if work.table.name == "offences":
            consistency.check_offences(work)

    def _events(self) -> None:
        table, done, source = tables()["events"], self._done["events"], self._sources.pop("events")
        events = Events(
            self._metadata, self._reports, self._early, self._lost, self._second, self._superseded
        )
        try:
            # Two lines of one reference may lie in different parts, and have to be seen together.
            if source.large and not len(self._second):
                manner = source.manner(table)
                earlier = Earlier(manner.again)
                for raw in source.parts(manner):
                    done.read(raw)
                    events.part(typed(raw.frame, table, manner.midnight), earlier)
            else:
                raw = source.whole()
                done.read(raw)
                events.part(typed(raw.frame, table), None)
        except RecordsError as error:
            done = self._done["events"] = _Table(Packed(table))
            done.read(unreadable(error.file, table))
            return
        events.finish()
        self.conflicts = frozenset(events.conflicts)
        done.packed = events.packed
        done.rejected += events.rejected
        done.findings += events.findings
        if events.of_two_bases and "reports" in self._done:
            file = self._done["reports"].file
            wrong = f.one("mixed_basis", file=file, table="events", column="at", about="events:outcome")
            self._done["reports"].findings.append(wrong)


#: First and last day of the tables that hang on reports.
_SPANS = {"offences": ("committed_from", "committed_to"), "behaviours": ("first_on", "last_on")}


@dataclass
class _Table:
    """What came of one table."""

    packed: Packed
    file: str = ""
    rows_in: int = 0
    rejected: int = 0
    columns: frozenset[str] = frozenset()
    findings: list[pl.DataFrame] = field(default_factory=list)

    def read(self, raw: Raw) -> None:
        """Count what was read and what could not be."""
        if not self.file:
            self.file = str(raw.frame["_file"][0]) if raw.frame.height else ""
        self.rows_in += raw.frame.height + raw.rejected
        self.rejected += raw.rejected
        self.columns = raw.columns
        self.findings += raw.findings


def _refused(source: Source, table: Table) -> _Table:
    """A table of a bundle that is refused: its rows are counted."""
    done = _Table(Packed(table))
    try:
        for raw in source.parts(Manner.unknown()) if source.large else [source.whole()]:
            done.read(raw)
    except RecordsError as error:
        done = _Table(Packed(table))
        done.read(unreadable(error.file, table))
    done.rejected = done.rows_in
    return done


def _file(work: TableWork) -> str:
    return str(work.frame["_file"][0]) if work.frame.height else work.table.name


def _not_held(metadata: Metadata, done: Mapping[str, _Table]) -> list[pl.DataFrame]:
    """A finding for each optional column that is neither there nor said not to be held."""
    return [
        f.one("column_not_held", file=t.file, table=name, column=c.name, about=f"{name}.{c.name}")
        for name, t in done.items()
        if t.file
        for c in tables()[name].columns.values()
        if not c.required and c.name not in t.columns and f"{name}.{c.name}" not in metadata.not_held
    ]
