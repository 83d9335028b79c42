"""Cumulative incidence: how many have come to each end by each day, as steps with their limits.

Every curve is named at its end and drawn with its own dash, so that nothing is
told by colour alone. The steps are drawn as they are given: a protected curve
has fewer, and no more can be read from the picture than from its table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import ticks
from lamplighter.reporting.charts.pictures import INK, Picture, draw
from lamplighter.reporting.words import listed, number

WIDTH = 520
HEIGHT = 260
_COLOURS = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
_DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 4])


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """From ``day`` on the share is ``percent`` (0 to 100), with limits where they are known."""

    day: float
    percent: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A step curve: points in order of day; it ends at its last point and is not drawn on beyond."""

    name: str
    points: tuple[CurvePoint, ...]


def curves_chart(
    curves: Sequence[Curve],
    *,
    title: str,
    unit: str,
    until: float,
    told: Sequence[float],
    across: str = "Days since the report",
) -> Picture:
    """Draw ``curves`` to day ``until``; ``told`` are the days whose values the words and the table give.

    Raises ``ValueError`` without a curve, with an empty one, or with days out of order.
    """
    if not curves:
        raise ValueError("There is no curve to draw.")
    for curve in curves:
        days = [point.day for point in curve.points]
        if not days or days != sorted(days):
            raise ValueError(f"The curve {curve.name!r} has no points, or points out of order.")
    alternative = _alternative(curves, title, unit, told)
    return Picture(
        svg=draw(_chart(curves, title, unit, until, across), alternative),
        alt=alternative,
        columns=("Day", *(curve.name for curve in curves)),
        rows=tuple((number(day), *(_text(_at(curve, day)) for curve in curves)) for day in told),
    )


def _at(curve: Curve, day: float) -> CurvePoint | None:
    """Return the point in force on that day; none before the first and none after the curve's end."""
    if day > curve.points[-1].day:
        return None
    before = [point for point in curve.points if point.day <= day]
    return before[-1] if before else None


def _text(point: CurvePoint | None) -> str:
    return "not shown" if point is None else f"{number(point.percent, 1)}%"


def _alternative(curves: Sequence[Curve], title: str, unit: str, told: Sequence[float]) -> str:
    parts = []
    for curve in curves:
        shown = [(day, _at(curve, day)) for day in told]
        values = [f"{number(p.percent, 1)}% by day {number(day)}" for day, p in shown if p is not None]
        parts.append(f"{curve.name}: {listed(values) if values else 'not shown'}")
    return f"Line chart of steps. {title}, {unit}. {'. '.join(parts)}."


def _chart(curves: Sequence[Curve], title: str, unit: str, until: float, across: str) -> alt.LayerChart:
    within = [p for c in curves for p in c.points if p.day <= until] or [p for c in curves for p in c.points]
    top = max((p.high if p.high is not None else p.percent) for p in within)
    top = min(100.0, max(top * 1.08, 1.0))
    x_scale = alt.Scale(domain=[0, until], nice=False)
    y = alt.Scale(domain=[0, top], nice=False)
    x_axis = alt.Axis(title=across, values=_days(until), format="~f", grid=False)
    y_axis = alt.Axis(title=None, values=ticks(top), labelExpr="datum.value + '%'")
    layers: list[alt.Chart] = []
    ends: list[dict[str, object]] = []
    for place, curve in enumerate(curves):
        colour, dash = _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)]
        points = [p for p in curve.points if p.day <= until]
        values = [
            {"day": p.day, "percent": round(p.percent, 6), "low": p.low, "high": p.high} for p in points
        ]
        if curve.points[-1].day > until and values:
            values.append(values[-1] | {"day": until})
        data = alt.Chart(alt.Data(values=values)).encode(x=alt.X("day:Q", scale=x_scale, axis=x_axis))
        if all(v["low"] is not None for v in values):
            layers.append(
                data.mark_area(interpolate="step-after", opacity=0.16, color=colour).encode(
                    y=alt.Y("low:Q", scale=y, axis=y_axis), y2="high:Q"
                )
            )
        layers.append(
            data.mark_line(interpolate="step-after", color=colour, strokeWidth=2.5, strokeDash=dash).encode(
                y=alt.Y("percent:Q", scale=y, axis=y_axis)
            )
        )
        if values:
            last = values[-1]
            ends.append(
                {"day": last["day"], "percent": last["percent"], "name": curve.name, "colour": colour}
            )
    return alt.layer(*layers, _names(ends, x_scale, y, top)).properties(
        width=WIDTH, height=HEIGHT, title=[title, unit[:1].upper() + unit[1:]]
    )


def _names(ends: list[dict[str, object]], x: alt.Scale, y: alt.Scale, top: float) -> alt.Chart:
    """The curves' names at their ends, pushed apart so that none prints over another."""
    gap = top * 0.065
    at = -gap
    for end in sorted(ends, key=lambda e: float(str(e["percent"]))):
        at = max(at + gap, float(str(end["percent"])))
        end["label_at"] = at
    return (
        alt.Chart(alt.Data(values=ends))
        .mark_text(align="left", dx=6, fontSize=13, color=INK, clip=False)
        .encode(x=alt.X("day:Q", scale=x), y=alt.Y("label_at:Q", scale=y), text="name:N")
    )


def _days(until: float) -> list[float]:
    if until <= 14:
        return [float(day) for day in range(int(until) + 1)]
    if until <= 190:
        return [float(day) for day in range(0, int(until) + 1, 30)]
    return [day for day in (0.0, 90.0, 180.0, 270.0, 365.0, 545.0, 730.0, 1095.0) if day <= until]
