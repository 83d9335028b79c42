"""A funnel: each force by its size and its share, the limits of chance around the centre, some drawn apart.

Points that cannot be set beside the others are hollow and crossed. Points outside the limits are diamonds
with their names. Nothing is told by colour alone, and the order of the words is that of the alphabet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import ticks
from lamplighter.reporting.charts.pictures import DARK, INK, SOFT_INK, Picture, draw
from lamplighter.reporting.words import listed, number

WIDTH, HEIGHT = 520, 340


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One force. ``standing``: inside, outside, or apart (not set beside the others)."""

    name: str
    size: float
    value: float
    text: str
    standing: str


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """One limit: its name, and its values at the sizes of the chart."""

    name: str
    sizes: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def funnel_chart(
    points: Sequence[FunnelPoint],
    lines: Sequence[FunnelLine],
    centre: float,
    *,
    title: str,
    unit: str,
    size_unit: str,
) -> Picture:
    """Draw ``points`` within ``lines`` around ``centre``.

    Raises ``ValueError`` without a point, or with one of no size or of another standing.
    """
    if not points:
        raise ValueError("There is no force to draw.")
    if any(p.size <= 0 or p.standing not in ("inside", "outside", "apart") for p in points):
        raise ValueError("A point has no size, or a standing that is none.")
    points = sorted(points, key=lambda p: p.name)
    alternative = _alternative(points, centre, title, unit)
    return Picture(
        svg=draw(_chart(points, lines, centre, title, unit, size_unit), alternative),
        alt=alternative,
        columns=("Force", unit[:1].upper() + unit[1:], "Where it lies"),
        rows=tuple((p.name, p.text, _WORDS[p.standing]) for p in points),
    )


_WORDS = {
    "inside": "inside the limits",
    "outside": "outside the limits",
    "apart": "not set beside the others",
}


def _alternative(points: Sequence[FunnelPoint], centre: float, title: str, unit: str) -> str:
    out = listed([f"{p.name} ({p.text})" for p in points if p.standing == "outside"]) or "none"
    apart = listed([f"{p.name} ({p.text})" for p in points if p.standing == "apart"]) or "none"
    return (
        f"Funnel chart of forces by size. {title}, in {unit}. Centre: {number(centre, 1)}. "
        f"Outside the limits: {out}. Not set beside the others: {apart}. The others are inside the limits."
    )


def _chart(
    points: Sequence[FunnelPoint],
    lines: Sequence[FunnelLine],
    centre: float,
    title: str,
    unit: str,
    size_unit: str,
) -> alt.LayerChart:
    largest = max(p.size for p in points) * 1.06
    # The limits of the smallest sizes run off the chart: what is drawn ends a little above the points.
    top = max([p.value for p in points] + [centre * 1.6]) * 1.1
    across = alt.Scale(domain=[0, largest], nice=False)
    up = alt.Scale(domain=[0, top], nice=False)
    x = alt.X("size:Q", scale=across, axis=alt.Axis(title=size_unit, values=ticks(largest), format=",.0f"))
    y = alt.Y("value:Q", scale=up, axis=alt.Axis(title=unit, values=ticks(top), format="~f"))
    layers: list[alt.Chart] = []
    for place, line in enumerate(lines):
        for side in (line.low, line.high):
            values = [
                {"size": s, "value": min(v, top)}
                for s, v in zip(line.sizes, side, strict=True)
                if s <= largest
            ]
            layers.append(
                alt.Chart(alt.Data(values=values))
                .mark_line(color=SOFT_INK, strokeDash=[[6, 3], [2, 2]][place % 2], strokeWidth=1.5)
                .encode(x=x, y=y)
            )
    middle = alt.Data(values=[{"size": 0, "value": centre}, {"size": largest, "value": centre}])
    layers.append(alt.Chart(middle).mark_line(color=SOFT_INK, strokeWidth=1.5).encode(x=x, y=y))
    for standing, look in _LOOKS.items():
        own = [{"size": p.size, "value": p.value, "name": p.name} for p in points if p.standing == standing]
        if not own:
            continue
        base = alt.Chart(alt.Data(values=own)).encode(x=x, y=y)
        layers.append(base.mark_point(strokeWidth=1.5, opacity=1, **look))
        if standing == "apart":
            layers.append(base.mark_point(shape="cross", filled=True, color=DARK, size=26, opacity=1))
        if standing != "inside":
            right = [v for v in own if float(str(v["size"])) <= 0.6 * largest]
            left = [v for v in own if v not in right]
            for group, align, dx in ((right, "left", 9), (left, "right", -9)):
                if group:
                    layers.append(
                        alt.Chart(alt.Data(values=group))
                        .mark_text(align=align, dx=dx, color=INK)
                        .encode(x=x, y=y, text="name:N")
                    )
    key = [f"Dashes: {lines[0].name}; dots: {lines[1].name}" if len(lines) > 1 else ""]
    key.append("Diamond: outside the limits. Hollow and crossed: not set beside the others.")
    return alt.layer(*layers).properties(
        width=WIDTH,
        height=HEIGHT,
        title=alt.TitleParams(title, subtitle=[k for k in key if k], subtitleColor=SOFT_INK),
    )


_LOOKS = {
    "inside": {"shape": "circle", "filled": True, "color": DARK, "size": 45},
    "outside": {"shape": "diamond", "filled": True, "color": DARK, "size": 130},
    "apart": {"shape": "circle", "filled": False, "stroke": DARK, "size": 130},
}
