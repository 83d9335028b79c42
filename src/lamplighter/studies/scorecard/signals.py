"""Changes of a force over time: a chart for each measure, and alarms whose false ones are counted.

A chart holds each period against all before it, since its beginning, a recorded break or the last change
that was named. Its alarm has a stated run length, the same in both directions. Where many charts are read
together an alarm is named only if it also stands among all of them: of what is named in a period, at most a
stated share is chance in the long run. A rise and a fall are told in the same words, since no measure has a
good direction.

A break is a date on which what is counted changed (a rule of counting, a system, a merger), with its source.
What lies before it is never compared with what lies after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from lamplighter.statistics.monitoring import cusum, shares_over_time
from lamplighter.statistics.monitoring.shares_over_time import Dispersion, Floats
from lamplighter.studies.forces.funnel import kept
from lamplighter.vocabulary.upkeep import packaged

#: Measure, then force; the country stands as a force of its own.
Name: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of ``signals.toml``."""

    run_length: float
    allowance: float
    false_discoveries: float
    page_level: float
    fewest_periods: int
    fewest_expected: float
    mature_months: int

    @property
    def threshold(self) -> float:
        return cusum.threshold(self.run_length, self.allowance)


@dataclass(frozen=True, slots=True)
class Counted:
    """Events ``x`` of ``n`` in one period."""

    first: dt.date
    last: dt.date
    x: int
    n: int


@dataclass(frozen=True, slots=True)
class Break:
    """A day from which figures are counted otherwise; ``force`` and ``measure`` empty for all of them."""

    day: dt.date
    why: str
    source: str
    force: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One period on a chart. Shares are 0 to 1; ``None`` where there is nothing to hold the period against.

    ``low`` and ``high`` are three standard deviations about ``centre``, the mean of the periods before.
    """

    counted: Counted
    value: float
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    up: float = 0.0
    down: float = 0.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """A change: when the chart crossed, since when it moved, from what to what.

    ``chance`` is that of a sum so high with nothing changed, from either side; ``named`` the period in which
    the alarm stood among all charts, ``None`` for one that did not.
    """

    crossed: Counted
    upwards: bool
    since: Counted
    before: float
    after: float
    chance: float
    named: Counted | None = None


@dataclass(frozen=True)
class Chart:
    """One measure of one force. ``why_not`` says why nothing is said of it: then there is no alarm."""

    measure: str
    force: str
    points: tuple[Point, ...]
    breaks: tuple[Break, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    why_not: str = ""

    @property
    def named(self) -> tuple[Alarm, ...]:
        return tuple(a for a in self.alarms if a.named)


@dataclass(frozen=True)
class Signals:
    """Every chart, read together."""

    charts: dict[Name, Chart]
    dispersions: dict[str, Dispersion]
    settings: Settings

    def named_in(self, last: dt.date) -> list[tuple[Chart, Alarm]]:
        """Return what is named in the period that ends on ``last``, by measure and force."""
        found = [(c, a) for c in self.charts.values() for a in c.alarms if a.named and a.named.last == last]
        return sorted(found, key=lambda f: (f[0].measure, f[0].force, f[1].since.first))


@dataclass
class _Reading:
    """A chart while it is read, period by period."""

    counted: list[Counted]
    y: Floats
    variance: Floats
    rate: bool
    #: Where a new beginning was made, by index.
    breaks: frozenset[int]
    beyond: Dispersion = field(default=Dispersion(1.0, np.inf))
    start: int = 0
    #: The sums since ``start``, of every period after it: what one says hangs on none that follows.
    up: Floats = field(default_factory=lambda: np.zeros(0))
    down: Floats = field(default_factory=lambda: np.zeros(0))
    alarms: list[Alarm] = field(default_factory=list)
    open: int | None = None

    def begin(self, at: int, own: Settings) -> None:
        """Hold what follows against nothing before ``at``."""
        z = shares_over_time.residuals(self.y[at:], self.variance[at:], self.beyond, rate=self.rate)
        self.start, self.open = at, None
        self.up, self.down = cusum.sums(z, own.allowance)

    def sums(self, at: int) -> tuple[Floats, bool]:
        """Return the sums up to ``at`` in the direction in which the last is higher, and whether up."""
        upwards = bool(self.up[at - self.start - 1] >= self.down[at - self.start - 1])
        return (self.up if upwards else self.down)[: at - self.start], upwards


@cache
def settings() -> Settings:
    """Return the limits as shipped."""
    return Settings(**packaged("lamplighter.studies.scorecard", "signals.toml").body["settings"])


def signals(
    rows: Mapping[Name, list[Counted]],
    breaks: Iterable[Break] = (),
    *,
    rates: frozenset[str] = frozenset(),
    choices: Settings | None = None,
) -> Signals:
    """Chart every measure of every force and return what changed.

    Args:
        rows: the periods of each measure and force in order, each following the one before; a gap in them, or
            periods of another length, is the caller's to part by a break.
        rates: measures of which ``x`` is no part of ``n``.
    """
    own = choices or settings()
    told = tuple(sorted(breaks, key=lambda b: b.day))
    reasons = {name: _why_not(counted, own, name[0] in rates) for name, counted in rows.items()}
    readings = {
        name: _reading(name, counted, told, name[0] in rates)
        for name, counted in rows.items()
        if not reasons[name]
    }
    dispersions = {
        measure: shares_over_time.dispersion(
            [part for n, r in readings.items() if n[0] == measure for part in _parts(r)]
        )
        for measure in sorted({n[0] for n in readings})
    }
    for name, read in readings.items():
        read.beyond = dispersions[name[0]]
        read.begin(0, own)
    for day in sorted({c.last for r in readings.values() for c in r.counted}):
        _judge(readings, day, own)
    charts = {}
    for name, counted in rows.items():
        own_breaks = tuple(b for b in told if b.force in ("", name[1]) and b.measure in ("", name[0]))
        if name in readings:
            read = readings[name]
            points = _points(read, dispersions[name[0]], own)
            charts[name] = Chart(*name, points, own_breaks, tuple(read.alarms))
        else:
            bare = tuple(Point(c, c.x / c.n) for c in counted if c.n > 0)
            charts[name] = Chart(*name, bare, own_breaks, (), reasons[name])
    return Signals(charts, dispersions, own)


def _why_not(counted: list[Counted], own: Settings, rate: bool) -> str:
    """Return the reason for which nothing is said of a chart; none when it can be read."""
    if len(counted) < own.fewest_periods:
        return f"{len(counted)} periods are held, fewer than {own.fewest_periods}."
    if any(c.n <= 0 or c.x < 0 for c in counted):
        return (
            "In a period there is nothing to take a share of, or corrections make a count less than nought."
        )
    x, n = sum(c.x for c in counted), sum(c.n for c in counted)
    least = min(x, n - x) if not rate else x
    smallest = min(c.n for c in counted)
    if least / n * smallest < own.fewest_expected:
        fewest = f"fewer than {own.fewest_expected:g} would be expected"
        return f"In its smallest period {fewest}: too few for a chart."
    return ""


def _reading(name: Name, counted: list[Counted], breaks: tuple[Break, ...], rate: bool) -> _Reading:
    y, variance = shares_over_time.scaled([c.x for c in counted], [c.n for c in counted], rate=rate)
    days = [b.day for b in breaks if b.force in ("", name[1]) and b.measure in ("", name[0])]
    # A period in the midst of which counting changed belongs to neither side: what follows begins after it.
    begins = {next((i for i, c in enumerate(counted) if c.first >= day), len(counted)) for day in days}
    inside = {i for i, c in enumerate(counted) for day in days if c.first < day <= c.last}
    return _Reading(counted, y, variance, rate, frozenset((begins | inside) - {0, len(counted)}))


def _parts(read: _Reading) -> list[tuple[Floats, Floats]]:
    """Return the stretches between breaks, of which the dispersion is learned."""
    cuts = [0, *sorted(read.breaks), len(read.y)]
    return [(read.y[a:b], read.variance[a:b]) for a, b in pairwise(cuts) if b - a > 1]


def _judge(readings: dict[Name, _Reading], day: dt.date, own: Settings) -> None:
    """Read one period on every chart, and name the alarms that stand among all."""
    family: list[tuple[_Reading, int, float]] = []
    for read in readings.values():
        at = next((i for i, c in enumerate(read.counted) if c.last == day), None)
        if at is None:
            continue
        if at in read.breaks:
            read.begin(at, own)
        if at > read.start:
            family.append((read, at, _cross(read, at, own)))
    p = [chance for _, _, chance in family]
    # Where nothing changed anywhere this is passed in so few periods; only then are all of them looked at.
    if not any(kept(p, own.page_level)):
        return
    for (read, at, chance), stands in zip(family, kept(p, own.false_discoveries), strict=True):
        if stands and read.open is not None:
            alarm = replace(_moved(read, read.alarms[read.open], at), chance=chance, named=read.counted[at])
            read.alarms[read.open] = alarm
            # What comes next is held against the new level.
            read.begin(read.counted.index(alarm.since), own)


def _cross(read: _Reading, at: int, own: Settings) -> float:
    """Open an alarm where a sum crosses the threshold, close one below it again; return the sum's chance."""
    sums, upwards = read.sums(at)
    chance = min(1.0, 2 * cusum.chance_of(float(sums[-1]), len(sums), own.allowance))
    if sums[-1] < own.threshold:
        read.open = None
    elif read.open is None or read.alarms[read.open].upwards != upwards:
        # It moved after the last period in which the sum was nought.
        still = np.flatnonzero(sums == 0)
        since = read.start + 1 + (int(still[-1]) + 1 if len(still) else 0)
        alarm = Alarm(read.counted[at], upwards, read.counted[since], 0.0, 0.0, chance)
        read.alarms.append(_moved(read, alarm, at))
        read.open = len(read.alarms) - 1
    return chance


def _moved(read: _Reading, alarm: Alarm, at: int) -> Alarm:
    """Return the alarm with when it moved, judged up to ``at``, the level before and the level from then on.

    It moved after the sum was last nought: at the period before and after which the levels are least alike.
    """
    first = read.counted.index(alarm.since)
    last = max(first, read.counted.index(alarm.crossed))
    since = max(range(first, last + 1), key=lambda i: _unlike(read, i, at))
    before, after = (
        sum(c.x for c in part) / sum(c.n for c in part)
        for part in (read.counted[read.start : since], read.counted[since : at + 1])
    )
    return replace(alarm, since=read.counted[since], before=before, after=after)


def _unlike(read: _Reading, place: int, at: int) -> float:
    """Return how unlike the levels before and from a period on are, in squared standard errors by chance."""
    parts = slice(read.start, place), slice(place, at + 1)
    (before, error), (after, other) = (
        (
            float(np.average(read.y[part], weights=1 / read.variance[part])),
            1 / (1 / read.variance[part]).sum(),
        )
        for part in parts
    )
    return float((after - before) ** 2 / (error + other))


def _points(read: _Reading, beyond: Dispersion, own: Settings) -> tuple[Point, ...]:
    """Return the chart as it stands: each stretch since a break or a named change by itself."""
    starts = {0, *read.breaks, *(read.counted.index(a.since) for a in read.alarms if a.named)}
    cuts = [*sorted(starts), len(read.y)]
    points = []
    for a, b in pairwise(cuts):
        z = shares_over_time.residuals(read.y[a:b], read.variance[a:b], beyond, rate=read.rate)
        up, down = cusum.sums(z, own.allowance)
        weight = 1 / read.variance[a:b]
        mean = np.cumsum(read.y[a:b] * weight) / np.cumsum(weight)
        for i, counted in enumerate(read.counted[a:b]):
            value = counted.x / counted.n
            if i == 0:
                points.append(Point(counted, value))
                continue
            half = 3 * np.sqrt(beyond.factor * read.variance[a + i])
            centre, low, high = (
                shares_over_time.unscaled(float(v), rate=read.rate)
                for v in (mean[i - 1], mean[i - 1] - half, mean[i - 1] + half)
            )
            points.append(Point(counted, value, centre, low, high, float(up[i - 1]), float(down[i - 1])))
    return tuple(points)
