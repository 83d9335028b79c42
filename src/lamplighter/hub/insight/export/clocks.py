"""Times of an export: hours on a clock of each case, and the quarter of each report. No clock time leaves.

Whoever knows one report's minute, or day, must not find its row (ADR 0152). Reports that share a case or a
suspect share a clock, so that what is counted between them stays right. Its hours begin with the first day of
the clock; within the days they are moved back together as far as no day changes, so that an hour of the
clock is no hour of the day. What is more than a week after its report is known to the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from lamplighter.hub.insight.export.events import Event
from lamplighter.study_bundle.files.durations import last_day, quarter_of
from lamplighter.vocabulary.working_days import PastTheEndError, is_working_day

DAY = 24
TO_THE_HOUR = 7  # days after the report
HALF = 0.5
#: Kinds whose indicators have limits in working days.
BY_WORKING_DAYS = frozenset(
    {"advocate_contact", "advocate_referral", "meeting", "risk_assessment", "specialist_contact"}
)


@dataclass(frozen=True, slots=True)
class _Clock:
    """``begins``: the first day of the clock; ``back``: hours by which it is moved within a day;
    ``later``: days by which it is read back later than it was."""

    name: str
    begins: dt.date
    back: int
    later: int


@dataclass(frozen=True, slots=True)
class Timed:
    """Times of an event as it states them, without a clock."""

    after: int | None
    precision: str | None
    late: bool
    working_days: float | None
    in_period: bool | None
    due: int | None
    ended: int | None


class Clocks:
    """The clocks of one export, of the reports in it and of what was done about them."""

    def __init__(
        self, picked: pl.DataFrame, events: Iterable[Event], period: tuple[dt.date, dt.date], today: dt.date
    ) -> None:
        self._period, self._today = period, today
        rows = picked.select("report_id", "course", "suspect_id", "start", "precision").to_dicts()
        self._start = {row["report_id"]: (row["start"], row["precision"]) for row in rows}
        clock_of = _shared(rows)
        together: dict[str, list[str]] = {}
        for report, name in clock_of.items():
            together.setdefault(name, []).append(report)
        hours: dict[str, int] = {}
        told = [(report, *self._start[report]) for report in clock_of]
        # What is known to the day when it leaves has no hour that the others could be told from.
        told += [
            (e.report, e.at, e.precision)
            for e in events
            if e.at and e.report in clock_of and not self._far(e.report, e.at)
        ]
        for report, at, precision in told:
            if precision == "minute":
                name = clock_of[report]
                hours[name] = min(hours.get(name, DAY), at.hour)
        made = {name: self._clock(name, own, hours.get(name, 0)) for name, own in together.items()}
        first: dict[str, dt.date] = {}
        for row in rows:
            case = row["course"] or row["report_id"]
            first[case] = min(first.get(case, dt.date.max), row["start"].date())
        self._first_of_case = {row["report_id"]: first[row["course"] or row["report_id"]] for row in rows}
        self._clock_of = {report: made[name] for report, name in clock_of.items()}

    def _clock(self, name: str, reports: list[str], back: int) -> _Clock:
        days = [self._start[report][0].date() for report in reports]
        first = min(days)
        ends = [min(last_day(quarter_of(day)) or day, self._period[1]) for day in days]
        later = min((end - day).days for end, day in zip(ends, days, strict=True))
        return _Clock(name, first, back, later)

    def name(self, report: str) -> str:
        """Return what reports of one clock have in common."""
        return self._clock_of[report].name

    def hours(self, report: str) -> int:
        """Return the hours of a report on its clock."""
        return self._on(report, *self._start[report], up=False)

    def _working_days(self, report: str, day: dt.date) -> float | None:
        """Return working days after the first report of its case; ``None`` outside the known calendar."""
        first = self._first_of_case[report]
        step = 1 if day >= first else -1
        between = (first + dt.timedelta(days=n * step) for n in range(1, abs((day - first).days) + 1))
        try:
            whole = step * sum(is_working_day(x) for x in between)
            return whole + (0.0 if is_working_day(day) else HALF)
        except PastTheEndError:
            return None

    def _on(self, report: str, at: dt.datetime, precision: str | None, *, up: bool) -> int:
        clock = self._clock_of[report]
        hour = 0
        if precision == "minute":
            # A limit in hours is never met by rounding, and no day changes.
            hour = min(at.hour + (1 if up and at.minute else 0), DAY - 1) - clock.back
        return (at.date() - clock.begins).days * DAY + max(hour, 0)

    def _far(self, report: str, at: dt.datetime) -> bool:
        """Tell whether it is so long before or after its report that it is told to the day."""
        after: dt.timedelta = at - self._start[report][0]
        return abs(after.days) >= TO_THE_HOUR

    def event(self, event: Event) -> Timed:
        """Return the times of an event in hours after its report."""
        at, precision, report = event.at, event.precision, event.report
        if at is not None and precision == "minute" and self._far(report, at):
            at, precision = at.replace(hour=0, minute=0), "day"
        late = at is not None and self._late(report, at)
        after = None if at is None or late else self._on(report, at, precision, up=True) - self.hours(report)
        due, ended = event.rest.get("due_at"), event.rest.get("ended_at")
        if ended is not None and self._late(report, ended):
            ended = None
        inside = at is not None and self._period[0] <= at.date() <= self._period[1]
        return Timed(
            after=after,
            precision=precision,
            late=late,
            # Of the others it would say on which day of the week a report was made, and is not asked.
            working_days=self._working_days(report, at.date())
            if at and event.kind in BY_WORKING_DAYS
            else None,
            in_period=inside if event.kind == "outcome" and at is not None else None,
            due=self._whole_days(report, due),
            ended=self._whole_days(report, ended),
        )

    def _whole_days(self, report: str, at: dt.datetime | None) -> int | None:
        return None if at is None else self._on(report, at, "day", up=False) - self.hours(report)

    def _late(self, report: str, at: dt.datetime) -> bool:
        """Tell whether it came after the days for which every report of its quarter can be followed."""
        return at.date() + dt.timedelta(days=self._clock_of[report].later) > self._today


def _shared(rows: list[dict[str, str]]) -> dict[str, str]:
    """Return a name for each report, the same for all that share a case or a suspect, by way of others
    too.
    """
    top: dict[str, str] = {}

    def root(name: str) -> str:
        while top.setdefault(name, name) != name:
            top[name] = top[top[name]]
            name = top[name]
        return name

    for row in rows:
        own = f"report {row['report_id']}"
        for kind in ("course", "suspect_id"):
            if row[kind] is not None:
                top[root(f"{kind} {row[kind]}")] = root(own)
    return {row["report_id"]: root(f"report {row['report_id']}") for row in rows}
