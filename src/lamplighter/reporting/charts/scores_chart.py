"""The totals of one questionnaire over time: a small chart, its words and its table.

It shows what was answered on which day and nothing else: no line of a
threshold, no colour for better or worse, no line drawn on into the future.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.pictures import DARK, Picture, draw
from lamplighter.reporting.words import count, day, listed

WIDTH = 460
HEIGHT = 150
MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """One result: its day, its total, and when it was taken ("Before", "After")."""

    on: dt.date
    total: float
    moment: str


def scores_chart(points: Sequence[ScorePoint], *, title: str, lowest: float, highest: float) -> Picture:
    """Draw ``points`` on the whole scale, from ``lowest`` to ``highest``.

    Raises ``ValueError`` without a point, or when one lies outside the scale.
    """
    if not points:
        raise ValueError("There is no result to draw.")
    if any(not lowest <= p.total <= highest for p in points):
        raise ValueError(f"A total lies outside {lowest:g} to {highest:g}.")
    ordered = sorted(points, key=lambda p: p.on)
    alternative = _alternative(ordered, title, lowest, highest)
    return Picture(
        svg=draw(_chart(ordered, title, lowest, highest), alternative),
        alt=alternative,
        columns=("Day", "When", "Total"),
        rows=tuple((day(p.on), p.moment, f"{p.total:g}") for p in ordered),
    )


def _alternative(ordered: Sequence[ScorePoint], title: str, lowest: float, highest: float) -> str:
    told = [f"{p.total:g} on {day(p.on)} ({p.moment.lower()})" for p in ordered]
    return (
        f"Chart of {count(len(ordered), 'result')} of {title}, on a scale from {lowest:g} to {highest:g}: "
        f"{listed(told)}."
    )


def _chart(ordered: Sequence[ScorePoint], title: str, lowest: float, highest: float) -> alt.LayerChart:
    margin = dt.timedelta(days=max(7, (ordered[-1].on - ordered[0].on).days // 12))
    values = [{"on": _iso(p.on), "total": p.total, "label": f"{p.moment}: {p.total:g}"} for p in ordered]
    keep = max(1, -(-len(ordered) // MOST_LABELS))
    base = alt.Chart(alt.Data(values=values), title=title).encode(
        x=alt.X(
            "utcyearmonthdate(on):T",
            scale=alt.Scale(
                domain=[_iso(ordered[0].on - margin), _iso(ordered[-1].on + margin)], nice=False, type="utc"
            ),
            axis=alt.Axis(
                values=list(dict.fromkeys(_iso(p.on) for p in ordered[::keep])),
                format="%-d %b %Y",
                title=None,
                labelOverlap="greedy",
                labelFlush=False,
            ),
        ),
        y=alt.Y(
            "total:Q",
            title=None,
            scale=alt.Scale(domain=[lowest, highest], nice=False),
            axis=alt.Axis(values=[lowest + (highest - lowest) * part / 4 for part in range(5)], format="~g"),
        ),
    )
    line = base.mark_line(
        color=DARK, strokeWidth=2, point=alt.OverlayMarkDef(color=DARK, size=70, filled=True)
    )
    labels = base.mark_text(dy=-14).encode(text="label:N")
    return (line + labels).properties(width=WIDTH, height=HEIGHT)


def _iso(date: dt.date) -> str:
    return f"{date.isoformat()}T00:00:00Z"
