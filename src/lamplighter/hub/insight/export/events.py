"""Events that the hub knows of from the reports themselves and from decisions about who belongs together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from lamplighter.hub.insight.export.held import Held
from lamplighter.hub.insight.export.reports import ALLEGATIONS, LONDON

#: What somebody decided of a pattern.
COURSE, NOT_COURSE = "course_of_conduct", "not_a_course"
#: Kinds that are looked for in every export.
OF_REPORTS = ("classification", "later_report", "outcome", "report_linked", "suspect_named")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a report. ``mark`` tells it from every other of its kind in the export, whatever report it
    is put with; ``at`` is local wall-clock.
    """

    kind: str
    report: str
    mark: str
    at: dt.datetime | None
    precision: str | None = None
    code: str | None = None
    status: str | None = None
    rest: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name by which another event refers to it."""
        return f"{self.kind} {self.mark}"


def of_reports(
    held: Held, everything: pl.DataFrame, picked: pl.DataFrame, period_to: dt.date
) -> Iterator[Event]:
    """Every event of the picked reports. ``picked`` is a part of ``everything`` (both as ``with_people``)."""
    yield from _classified(held, picked)
    yield from _outcomes(held, picked)
    yield from _named(everything, picked)
    yield from _linked(held, picked)
    yield from _later(everything, picked, period_to)


def _changes(held: Held, picked: pl.DataFrame, column: str) -> Iterator[tuple[dict[str, Any], bool]]:
    """Versions in which ``column`` has a value that the version before had not; whether it is the first."""
    versions = held.versions.join(
        picked.select("report_id", "start", "precision"), on="report_id", how="inner"
    )
    told = versions.sort("report_id", "version").with_columns(
        before=pl.col(column).shift(1).over("report_id"), place=pl.int_range(pl.len()).over("report_id")
    )
    new = told.filter(pl.col(column).is_not_null() & pl.col(column).ne_missing(pl.col("before")))
    for row in new.with_columns(
        received=pl.col("received_at")
        .dt.convert_time_zone(LONDON)
        .dt.replace_time_zone(None)
        .dt.truncate("1d")
    ).iter_rows(named=True):
        yield row, row["place"] == 0


def _classified(held: Held, picked: pl.DataFrame) -> Iterator[Event]:
    """As first received: when the agency was told. Each change: the day on which the hub received it."""
    for row, first in _changes(held, picked, "recorded_as"):
        at, precision = (row["start"], row["precision"]) if first else (row["received"], "day")
        yield Event(
            "classification", row["report_id"], f"{row['id']}", at, precision, row["recorded_as"], "principal"
        )


def _outcomes(held: Held, picked: pl.DataFrame) -> Iterator[Event]:
    """An outcome that came with the first version was reached at some time before: it is not dated."""
    for row, first in _changes(held, picked, "outcome"):
        at, precision = (None, None) if first else (row["received"], "day")
        yield Event("outcome", row["report_id"], f"{row['id']}", at, precision, row["outcome"])


def _named(everything: pl.DataFrame, picked: pl.DataFrame) -> Iterator[Event]:
    """With the report where it has the name itself, or with the first report that has."""
    first = (
        everything.filter(pl.col("suspect_named_here") & pl.col("suspect_id").is_not_null())
        .sort("start")
        .unique("suspect_id", keep="first", maintain_order=True)
        .select("suspect_id", named_on="start", named_precision="precision")
    )
    known = picked.join(first, on="suspect_id", how="inner", maintain_order="left")
    for row in known.iter_rows(named=True):
        here = row["suspect_named_here"] or row["named_on"] <= row["start"]
        at, precision = (
            (row["start"], row["precision"]) if here else (row["named_on"], row["named_precision"])
        )
        yield Event("suspect_named", row["report_id"], row["report_id"], at, precision)


def _linked(held: Held, picked: pl.DataFrame) -> Iterator[Event]:
    """Reports of one pattern: when the rules of the hub brought them together, and when somebody decided that
    they belong together. Two sets of links, since the first is nobody's word.
    """
    said = held.decisions.sort("at")
    last = dict(said.select("course_id", "kind").iter_rows())
    made = {"rules": _joined(held.changes), "person": _confirmed(said)}
    members = picked.filter(pl.col("course").is_not_null()).sort("course", "start", "report_id")
    for (course,), rows in members.group_by("course", maintain_order=True):
        if last.get(str(course)) == NOT_COURSE:
            continue
        starts = dict(rows.select("report_id", "start").iter_rows())
        for code, since in made.items():
            known = {report: since[course, report] for report in starts if (course, report) in since}
            for at, one, other in _links(known, starts):
                yield Event(
                    "report_linked",
                    one,
                    f"{course} {code} {one} {other}",
                    max(_clock(at), starts[one]),
                    "minute",
                    code,
                    rest={"refers_to": ("report", other)},
                )


def _links(
    since: Mapping[str, dt.datetime], starts: Mapping[str, dt.datetime]
) -> Iterator[tuple[dt.datetime, str, str]]:
    """Links with their moment, of the newest report that there was then to each that came in at it, so that
    all are joined by way of it: hours count from the newest.
    """
    there: list[str] = []
    for at in sorted(set(since.values())):
        came = [report for report in starts if since.get(report) == at]
        newest = max((*there, *came), key=lambda r: (starts[r], r))
        for report in came:
            if report != newest:
                yield at, newest, report
        if newest in came and there:
            yield at, newest, max(there, key=lambda r: (starts[r], r))
        there += came


Since: TypeAlias = dict[tuple[str, str], dt.datetime]


def _joined(changes: pl.DataFrame) -> Since:
    """When each report last came into each pattern: one that left and came back was apart in between."""
    return {
        (row["course_id"], report): row["at"]
        for row in changes.iter_rows(named=True)
        for report in row["reports_joined"] or ()
    }


def _confirmed(decisions: pl.DataFrame) -> Since:
    """When somebody first decided that a report belongs to a course of conduct."""
    since: Since = {}
    for row in decisions.filter(pl.col("kind") == COURSE).iter_rows(named=True):
        for report in row["report_ids"] or ():
            since.setdefault((row["course_id"], report), row["at"])
    return since


def _clock(at: dt.datetime) -> dt.datetime:
    """A moment as local wall-clock time, to the minute."""
    return at.astimezone(ZoneInfo(LONDON)).replace(tzinfo=None, second=0, microsecond=0)


def _later(everything: pl.DataFrame, picked: pl.DataFrame, period_to: dt.date) -> Iterator[Event]:
    """Allegations after the period against somebody in it, each with their newest report in the bundle."""
    newest = (
        picked.filter(pl.col("suspect_id").is_not_null())
        .sort("start", "report_id")
        .unique("suspect_id", keep="last", maintain_order=True)
        .select("suspect_id", report="report_id", victim="victim_id")
    )
    later = everything.filter(
        (pl.col("start").dt.date() > period_to) & pl.col("recorded_as").is_in(ALLEGATIONS)
    ).join(newest, on="suspect_id", how="inner", maintain_order="left")
    for row in later.iter_rows(named=True):
        same = row["victim_id"] == row["victim"] if row["victim_id"] and row["victim"] else None
        answer = None if same is None else "yes" if same else "no"
        yield Event(
            "later_report",
            row["report"],
            f"{row['report']} {row['report_id']}",
            row["start"],
            row["precision"],
            rest={"answer": answer},
        )
