"""Draw one small chart of how often, and what kind: a pattern's occasions over time.

Above, bars count the occasions in each week, month or quarter. Below, one line
a kind of act, a mark an occasion, so that a change of kind is seen as well as
a change of rate. Black on white: it is meant to be printed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import altair as alt

from lamplighter.reporting.charts.pictures import DARK, Picture, draw
from lamplighter.reporting.words import count, day, listed, month, number, span

Period: TypeAlias = Literal["week", "month", "quarter", "year"]
WIDTH = 560
MOST_LABELS = 7
FEW_PERIODS = 4


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion: its day, and the kinds of act seen, each a short phrase."""

    on: dt.date
    kinds: tuple[str, ...]


def occasions_chart(occasions: Sequence[Occasion], *, kinds: Sequence[str] = ()) -> Picture:
    """Draw ``occasions``. ``kinds`` fixes the order of the lines, top first; kinds not in it come last.

    Occasions without a date are the caller's to leave out and to mention.
    Raises ``ValueError`` when there is no occasion.
    """
    if not occasions:
        raise ValueError("There is no dated incident to draw.")
    ordered = sorted(occasions, key=lambda o: o.on)
    period = choose_period(ordered[0].on, ordered[-1].on)
    starts = _starts(ordered[0].on, ordered[-1].on, period)
    lines = _lines(ordered, kinds)
    counted = Counter(period_start(o.on, period) for o in ordered)
    alternative = _alternative(ordered, lines, counted, period)
    return Picture(
        svg=draw(_chart(ordered, lines, counted, starts, period), alternative),
        alt=alternative,
        columns=(period.capitalize(), "Incidents", *(_capital(k) for k in lines)),
        rows=_rows(ordered, lines, starts, period),
    )


def choose_period(first: dt.date, last: dt.date) -> Period:
    """Weeks up to a quarter of a year, months up to three years, quarters up to ten, then years."""
    days = (last - first).days
    if days <= 92:
        return "week"
    return "month" if days <= 3 * 366 else "quarter" if days <= 10 * 366 else "year"


def period_start(date: dt.date, period: Period) -> dt.date:
    """Return the first day of the period that ``date`` is in; weeks start on Monday."""
    if period == "week":
        return date - dt.timedelta(days=date.weekday())
    if period == "month":
        return date.replace(day=1)
    if period == "quarter":
        return date.replace(month=3 * ((date.month - 1) // 3) + 1, day=1)
    return date.replace(month=1, day=1)


def _next(start: dt.date, period: Period) -> dt.date:
    step = {"week": 7, "month": 31, "quarter": 92, "year": 366}[period]
    return period_start(start + dt.timedelta(days=step), period)


def _starts(first: dt.date, last: dt.date, period: Period) -> list[dt.date]:
    starts = [period_start(first, period)]
    while starts[-1] < period_start(last, period):
        starts.append(_next(starts[-1], period))
    return starts


def _name(start: dt.date, period: Period) -> str:
    if period == "week":
        return f"Week of {day(start)}"
    if period == "month":
        return month(start)
    if period == "quarter":
        return f"{start:%b} to {start.replace(month=start.month + 2):%b} {start.year}"
    return str(start.year)


def _lines(ordered: Sequence[Occasion], kinds: Sequence[str]) -> list[str]:
    seen = list(dict.fromkeys(k for o in ordered for k in o.kinds))
    return [k for k in dict.fromkeys(kinds) if k in seen] + [k for k in seen if k not in set(kinds)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rows(
    ordered: Sequence[Occasion], lines: Sequence[str], starts: Sequence[dt.date], period: Period
) -> tuple[tuple[str, ...], ...]:
    rows = []
    for start in starts:
        here = [o for o in ordered if period_start(o.on, period) == start]
        tally = Counter(k for o in here for k in set(o.kinds))
        rows.append((_name(start, period), number(len(here)), *(number(tally[k]) for k in lines)))
    return tuple(rows)


def _alternative(
    ordered: Sequence[Occasion], lines: Sequence[str], counted: Counter[dt.date], period: Period
) -> str:
    first, last = ordered[0].on, ordered[-1].on
    if first == last:
        kinds = listed(lines) or "kind not recorded"
        return f"Chart: {count(len(ordered), 'incident')} on {day(first)}: {kinds}."
    busiest, most = max(counted.items(), key=lambda kv: (kv[1], kv[0]))
    text = (
        f"Chart of {count(len(ordered), 'incident')} over {span((last - first).days)}, "
        f"from {day(first)} to {day(last)}."
    )
    if most > 1:
        name = _name(busiest, period).replace("Week of", "week of")
        text += f" The most in one {period} was {most}: {name}."
    return text + (f" Kinds, each on a line of its own: {listed(lines)}." if lines else "")


def _chart(
    ordered: Sequence[Occasion],
    lines: Sequence[str],
    counted: Counter[dt.date],
    starts: Sequence[dt.date],
    period: Period,
) -> alt.VConcatChart:
    end = _next(starts[-1], period)
    # A lone bar as wide as the paper would look like a lot: few periods get air on both sides.
    share = 50 if len(starts) >= FEW_PERIODS else 1
    margin = dt.timedelta(days=max(1, (end - starts[0]).days // share))
    most = max(counted.values())
    counts = _whole_ticks(most)
    across = alt.Scale(domain=[_iso(starts[0] - margin), _iso(end + margin)], nice=False, type="utc")
    keep = max(1, -(-len(starts) // MOST_LABELS))
    ticks = [_iso(s) for s in starts[::keep]]
    shown = "%-d %b %Y" if period == "week" else "%Y" if period == "year" else "%b %Y"
    axis = alt.Axis(
        values=ticks, format=shown, title=None, labelOverlap="greedy", labelFlush=False, grid=True
    )
    bars = (
        alt.Chart(
            alt.Data(
                values=[
                    {"start": _iso(s), "end": _iso(_next(s, period)), "n": counted[s], "floor": 0}
                    for s in starts
                    if counted[s]
                ]
            ),
            title=f"Incidents in each {period}",
        )
        .mark_rect(fill=DARK, xOffset=2, x2Offset=-2)  # neighbouring bars stay apart on paper too
        .encode(
            x=alt.X("utcyearmonthdate(start):T", scale=across, axis=axis),
            x2="utcyearmonthdate(end):T",
            y=alt.Y(
                "n:Q",
                title=None,
                scale=alt.Scale(domain=[0, counts[-1]]),
                axis=alt.Axis(values=counts, format="d"),
            ),
            y2="floor:Q",
        )
        .properties(width=WIDTH, height=90)
    )
    marks = [{"on": _iso(o.on), "kind": _capital(k)} for o in ordered for k in o.kinds]
    kinds = (
        alt.Chart(alt.Data(values=marks), title="What kind")
        .mark_point(shape="stroke", angle=90, size=260, stroke=DARK, strokeWidth=2.5, opacity=1)
        .encode(
            x=alt.X("utcyearmonthdate(on):T", scale=across, axis=axis),
            y=alt.Y(
                "kind:N",
                sort=[_capital(k) for k in lines],
                title=None,
                axis=alt.Axis(grid=True, ticks=False, domain=False),
            ),
        )
        .properties(width=WIDTH, height=alt.Step(26))
    )
    parts = [bars, kinds] if marks else [bars]
    return alt.vconcat(*parts, spacing=14)


def _whole_ticks(most: int) -> list[int]:
    """Whole numbers from nought up to ``most`` or just above it, so that the tallest bar can be read off."""
    step = max(1, -(-most // 4))
    return list(range(0, most + step, step))


def _iso(date: dt.date) -> str:
    return f"{date.isoformat()}T00:00:00Z"
