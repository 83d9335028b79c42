"""Each measure of each force by quarter, over every year that is held, and the changes named in them.

A quarter of crimes recorded is charted only when it has had time to be decided and few of its crimes are
open; one that is left out is said. A quarter that is not held, between two that are, parts a chart as a break
does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from lamplighter.reporting.words import day
from lamplighter.studies.forces.counts import NO_OUTCOME
from lamplighter.studies.forces.measures import Measure, measures
from lamplighter.studies.forces.measures import settings as of_forces
from lamplighter.studies.forces.page import rule_changes
from lamplighter.studies.scorecard.figures import ALL, force_of
from lamplighter.studies.scorecard.sight import sight_of
from lamplighter.studies.scorecard.signals import (
    Alarm,
    Break,
    Chart,
    Counted,
    Name,
    Signals,
    settings,
    signals,
)
from lamplighter.studies.scorecard.tables import Row, Table
from lamplighter.studies.scorecard.years import Year, Years

CHARTS, ALARMS, BREAKS, SIGHT = "charts", "alarms", "breaks", "sight"


@dataclass(frozen=True)
class OverTime:
    """Every chart, by measure and code of the force, and how many quarters of each are not final yet."""

    read: Signals
    left_out: dict[Name, int]
    breaks: tuple[Break, ...]

    def charts_of(self, force: str) -> list[Chart]:
        """Return the charts of a force in the order of the measures."""
        return [c for m in charted() if (c := self.read.charts.get((m.name, force))) is not None]

    def named(self, forces: Collection[str]) -> list[tuple[Chart, Alarm]]:
        """Return the changes that are named of these forces, newest first, then by measure and force."""
        found = [(c, a) for c in self.read.charts.values() if c.force in forces for a in c.named]
        return sorted(found, key=lambda f: (-f[1].crossed.last.toordinal(), f[0].measure, f[0].force))


def charted() -> tuple[Measure, ...]:
    """Return the measures that can be followed over time: open cases only become fewer with age."""
    return tuple(m for m in measures() if not m.is_rate and NO_OUTCOME not in m.outcomes)


def over_time(years: Years, breaks: Collection[Break]) -> OverTime:
    """Return every chart of every force and of all together."""
    rows: dict[Name, list[Counted]] = {}
    left_out: dict[Name, int] = {}
    for measure in charted():
        for year in years.current:
            for force, counted, is_final in _quarters(measure, year):
                name = (measure.name, force)
                if is_final:
                    rows.setdefault(name, []).append(counted)
                else:
                    rows.setdefault(name, [])
                    left_out[name] = left_out.get(name, 0) + 1
    gaps = [gap for (measure, force), row in rows.items() for gap in _gaps(measure, force, row)]
    every = tuple(
        sorted({*_rules(years), *breaks, *gaps}, key=lambda b: (b.day, b.force, b.measure, b.why, b.source))
    )
    return OverTime(signals(rows, every), left_out, every)


def _quarters(measure: Measure, year: Year) -> Iterator[tuple[str, Counted, bool]]:
    """Return each force and quarter of a year, in order, and whether it may be read as final."""
    counts = year.found.counts
    own = counts.frame.filter(pl.col("basis") == measure.basis)
    is_open = pl.col("outcome") == NO_OUTCOME
    if measure.basis == "assigned":
        own = own.filter(~is_open)
    sums = (
        pl.col("count").filter(pl.col("outcome").is_in(list(measure.outcomes))).sum().alias("x"),
        pl.col("count").sum().alias("n"),
        pl.col("count").filter(is_open).sum().alias("o"),
    )
    every = own.group_by("force", "first", "last").agg(sums).sort("force", "first")
    together = own.group_by("first", "last").agg(sums).sort("first")
    late = settings().mature_months if measure.basis == "recorded" else 0
    for force, first, last, x, n, o in [
        *every.iter_rows(),
        *((None, *row) for row in together.iter_rows()),
    ]:
        ready = _after(last, late) <= year.source.published
        settled = not measure.gate or o <= of_forces().open_share * n
        yield force_of(force).code if force else ALL, Counted(first, last, int(x), int(n)), ready and settled


def _after(day: dt.date, months: int) -> dt.date:
    """Return the first of the month so many months after the day that follows."""
    month = day.month + months
    return dt.date(day.year + month // 12, month % 12 + 1, 1)


def _gaps(measure: str, force: str, row: list[Counted]) -> Iterator[Break]:
    one = dt.timedelta(days=1)
    for before, after in pairwise(row):
        if after.first != before.last + one:
            missing = f"{day(before.last + one)} to {day(after.first - one)}"
            yield Break(after.first, f"Not held, or not final: {missing}", "", force, measure)


def _rules(years: Years) -> Iterator[Break]:
    """Return the days on which the rules of recording changed, for every force."""
    first = min(a for y in years.current for a, _ in y.found.counts.periods)
    last = max(b for y in years.current for _, b in y.found.counts.periods)
    for on, words in rule_changes(first, last):
        yield Break(on, words, "Home Office counting rules")


_SOURCE = "Source, an id of sources.csv"
_CHART = {
    "id": "measure.force.first-day",
    "measure": "Measure, an id of measures.csv",
    "force": "Code of the force; all for all together",
    "first": "First day",
    "last": "Last day",
    "counted": "Crimes or outcomes counted",
    "out_of": "Crimes or outcomes of which they are counted",
    "value": "Per cent",
    "centre": "What the quarters before lead to expect, per cent; empty where there are none",
    "low": "Three standard deviations below",
    "high": "Three standard deviations above",
    "up": "Sum upwards",
    "down": "Sum downwards",
    "source": _SOURCE,
}
_ALARM = {
    "id": "measure.force.first day of the quarter in which it was raised",
    "measure": "Measure, an id of measures.csv",
    "force": "Code of the force; all for all together",
    "name": "Name of the force",
    "raised": "First day of the quarter in which the chart crossed",
    "since": "First day of the quarter since when it moved",
    "direction": "Whether it rose or fell",
    "before": "Per cent before",
    "after": "Per cent from then on",
    "source": _SOURCE,
}


_SIGHT = {
    "id": "measure.force",
    "measure": "Measure, an id of measures.csv",
    "force": "Code of the force; all for all together",
    "level": "Per cent now, since the last break or named change",
    "rise": "Points by which it must rise to be named within two quarters in nine of ten; empty: never",
    "fall": "Points by which it must fall; empty where no fall is large enough",
    "source": _SOURCE,
}
_BREAK = {
    "id": "Number",
    "day": "Day from which figures are counted otherwise",
    "why": "Why",
    "from": "Where that is said",
    "of_force": "Force; empty for all of them",
    "of_measure": "Measure; empty for all of them",
}


def tables_of(found: OverTime, years: Years, out: Collection[str]) -> list[Table]:
    """Return every point, break and alarm of the forces that may be named."""
    charts = [c for _, c in sorted(found.read.charts.items()) if c.force in out or c.force == ALL]
    titles = {force_of(t).code: t for y in years.current for t in y.found.counts.forces}
    by_day = {first: y.source.id for y in years.current for first, _ in y.found.counts.periods}
    breaks = tuple(
        {"id": break_key(found, b), "day": b.day, "why": b.why, "from": b.source}
        | {"of_force": b.force, "of_measure": b.measure}
        for b in found.breaks
        if not b.force or b.force in out or b.force == ALL
    )
    return [
        Table(BREAKS, "Days from which figures are counted otherwise, or are not held", _BREAK, breaks),
        Table(CHARTS, "Charts over time", _CHART, tuple(r for c in charts for r in _points(c, by_day))),
        Table(
            SIGHT,
            "How large a change each chart could see",
            _SIGHT,
            tuple(
                {
                    "id": f"{c.measure}.{c.force}",
                    "measure": c.measure,
                    "force": c.force,
                    "level": 100 * seen.level,
                    "rise": None if seen.rise is None else 100 * seen.rise,
                    "fall": None if seen.fall is None else 100 * seen.fall,
                    "source": by_day[c.points[-1].counted.first],
                }
                for c in charts
                if (seen := sight_of(found.read, c)) is not None
            ),
            bound=True,
        ),
        Table(
            ALARMS,
            "Changes over time that are named",
            _ALARM,
            tuple(
                {
                    "id": key(c, a.crossed),
                    "measure": c.measure,
                    "force": c.force,
                    "name": titles.get(c.force, "All forces together"),
                    "raised": a.crossed.first,
                    "since": a.since.first,
                    "direction": "rose" if a.upwards else "fell",
                    "before": 100 * a.before,
                    "after": 100 * a.after,
                    "source": by_day[a.crossed.first],
                }
                for c in charts
                for a in c.named
            ),
        ),
    ]


def break_key(found: OverTime, one: Break) -> str:
    """Return the key of a break."""
    return f"b{found.breaks.index(one) + 1}"


def key(chart: Chart, counted: Counted) -> str:
    """Return the key of a quarter of a chart."""
    return f"{chart.measure}.{chart.force}.{counted.first}"


def _points(chart: Chart, by_day: dict[dt.date, str]) -> Iterator[Row]:
    def percent(share: float | None) -> float | None:
        return None if share is None else 100 * share

    for point in chart.points:
        yield {
            "id": key(chart, point.counted),
            "measure": chart.measure,
            "force": chart.force,
            "first": point.counted.first,
            "last": point.counted.last,
            "counted": point.counted.x,
            "out_of": point.counted.n,
            "value": percent(point.value),
            "centre": percent(point.centre),
            "low": percent(point.low),
            "high": percent(point.high),
            "up": point.up if point.centre is not None else None,
            "down": point.down if point.centre is not None else None,
            "source": by_day[point.counted.first],
        }
