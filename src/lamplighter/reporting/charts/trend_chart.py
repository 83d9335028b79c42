"""A measure by period, with the breaks in its series: no line crosses a break or reaches a part-period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import ticks
from lamplighter.reporting.charts.pictures import DARK, SOFT_INK, Picture, draw
from lamplighter.reporting.words import listed

WIDTH = 520
HEIGHT = 220
MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period. ``value`` None is hidden or not known; ``whole`` False is a part-period, drawn hollow.

    ``expected`` is what the periods before lead to expect: least, middle and most. ``mark`` says why the
    period is ringed.
    """

    period: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    whole: bool = True
    expected: tuple[float, float, float] | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Something changed before the period at ``place``: do not compare across it.

    Without ``name`` only its number is drawn: what it is stands beside the chart.
    """

    place: int
    name: str


def trend_chart(points: Sequence[TrendPoint], breaks: Sequence[Break], *, title: str, unit: str) -> Picture:
    """Draw ``points`` in the order given, in pieces between ``breaks``.

    Raises ``ValueError`` without a point, or for a break outside them.
    """
    if not points:
        raise ValueError("There is no period to draw.")
    if any(not 0 < b.place < len(points) for b in breaks):
        raise ValueError("A break must lie between two of the periods.")
    alternative = _alternative(points, breaks, title, unit)
    return Picture(
        svg=draw(_chart(points, breaks, title, unit), alternative),
        alt=alternative,
        columns=("Period", unit[:1].upper() + unit[1:], "Note"),
        rows=tuple((p.period, p.text, _note(place, p, breaks)) for place, p in enumerate(points)),
    )


def _note(place: int, point: TrendPoint, breaks: Sequence[Break]) -> str:
    told = [f"break before this period{f': {b.name}' if b.name else ''}" for b in breaks if b.place == place]
    return "; ".join(
        [*([] if point.whole else ["part of a period"]), *told, *([point.mark] if point.mark else [])]
    )


def _beside(point: TrendPoint) -> str:
    said = [*([] if point.whole else ["part of a period"]), *([point.mark] if point.mark else [])]
    return f" ({'; '.join(said)})" if said else ""


def _alternative(points: Sequence[TrendPoint], breaks: Sequence[Break], title: str, unit: str) -> str:
    told = listed([f"{p.period}: {p.text}{_beside(p)}" for p in points])
    broken = listed([f"before {points[b.place].period}{f' ({b.name})' if b.name else ''}" for b in breaks])
    not_across = f" The series is broken {broken}: do not compare across a break." if breaks else ""
    band = " The band is what the periods before lead to expect." if any(p.expected for p in points) else ""
    return f"Line chart by period. {title}, in {unit}. {told}.{not_across}{band}"


def _chart(points: Sequence[TrendPoint], breaks: Sequence[Break], title: str, unit: str) -> alt.LayerChart:
    top = (
        max(
            [
                *[p.value for p in points if p.value is not None],
                *[p.high or 0.0 for p in points],
                *[p.expected[2] for p in points if p.expected],
                1e-9,
            ]
        )
        * 1.12
    )
    piece, values = 0, []
    for place, p in enumerate(points):
        if any(b.place == place for b in breaks) or p.value is None or not p.whole:
            piece += 1
        values.append(
            {"place": place, "value": p.value, "low": p.low, "high": p.high, "piece": piece, "whole": p.whole}
        )
        if p.value is None or not p.whole:
            piece += 1
    keep = max(1, -(-len(points) // MOST_LABELS))
    names = "[" + ",".join("'" + p.period.replace("\\", "").replace("'", "") + "'" for p in points) + "]"
    x_scale = alt.Scale(domain=[-0.5, len(points) - 0.5], nice=False)
    x = alt.X(
        "place:Q",
        scale=x_scale,
        axis=alt.Axis(
            title=None,
            grid=False,
            values=list(range(0, len(points), keep)),
            labelExpr=f"{names}[datum.value]",
            labelAngle=-35 if len(points) > 6 else 0,
        ),
    )
    y_scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y(
        "value:Q",
        scale=y_scale,
        axis=alt.Axis(title=unit, values=ticks(top), format="~f"),
    )
    base = alt.Chart(alt.Data(values=values)).transform_filter("isValid(datum.value)").encode(x=x)
    layers = _expected(points, x_scale, y_scale)
    if any(p.low is not None for p in points):
        layers.append(
            base.mark_rule(color=DARK, opacity=0.45, strokeWidth=5).encode(
                y=alt.Y("low:Q", scale=y_scale), y2="high:Q"
            )
        )
    layers.append(base.mark_line(color=DARK, strokeWidth=2).encode(y=y, detail="piece:N"))
    layers.append(
        base.mark_point(stroke=DARK, size=60, opacity=1, strokeWidth=2).encode(
            y=y, fill=alt.condition("datum.whole", alt.value(DARK), alt.value("white"))
        )
    )
    ringed = [
        {"place": place, "value": p.value} for place, p in enumerate(points) if p.mark and p.value is not None
    ]
    if ringed:
        rings = alt.Chart(alt.Data(values=ringed)).mark_point(stroke=DARK, size=260, strokeWidth=2, opacity=1)
        layers.append(rings.encode(x=alt.X("place:Q", scale=x_scale), y=y))
    marks = [{"at": b.place - 0.5, "name": str(place)} for place, b in enumerate(breaks, start=1)]
    if marks:
        rules = alt.Chart(alt.Data(values=marks)).encode(x=alt.X("at:Q", scale=x_scale))
        layers.append(rules.mark_rule(color=SOFT_INK, strokeDash=[4, 3]))
        layers.append(
            rules.mark_text(align="left", dx=4, dy=8, color=SOFT_INK).encode(y=alt.value(0), text="name:N")
        )
    subtitle = [f"Break {place}: {b.name}" for place, b in enumerate(breaks, start=1) if b.name]
    return alt.layer(*layers).properties(
        width=WIDTH, height=HEIGHT, title=alt.TitleParams(title, subtitle=subtitle, subtitleColor=SOFT_INK)
    )


def _expected(points: Sequence[TrendPoint], x: alt.Scale, y: alt.Scale) -> list[alt.Chart]:
    """Draw the bounds that the periods before set for each, as steps that end where nothing is expected."""
    rows = [
        {
            "from": place - 0.5,
            "to": place + 0.5,
            "low": p.expected[0],
            "middle": p.expected[1],
            "high": p.expected[2],
        }
        for place, p in enumerate(points)
        if p.expected
    ]
    if not rows:
        return []
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("from:Q", scale=x), x2="to:Q")
    band = base.mark_rect(color=SOFT_INK, opacity=0.18).encode(y=alt.Y("low:Q", scale=y), y2="high:Q")
    return [band, base.mark_rule(color=SOFT_INK, strokeDash=[2, 2]).encode(y=alt.Y("middle:Q", scale=y))]
