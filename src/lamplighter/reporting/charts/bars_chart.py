"""Horizontal bars with their numbers at the end: shares, funnels, counts.

A bar may have a second, hollow part (cases still open) and limits of an
interval. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import rows_axis, step_height, ticks, wrapped
from lamplighter.reporting.charts.pictures import DARK, INK, LIGHT, Picture, draw
from lamplighter.reporting.words import listed

WIDTH = 470
LABEL_LINE = 34


@dataclass(frozen=True, slots=True)
class BarValue:
    """One bar. ``value`` None is a hidden value: the bar is left out and ``text`` says so.

    ``rest`` is drawn hollow after the bar (still open); ``low`` and ``high`` are the limits of an interval.
    """

    label: str
    value: float | None
    text: str
    rest: float = 0.0
    low: float | None = None
    high: float | None = None


def bars_chart(
    bars: Sequence[BarValue], *, title: str, unit: str, most: float | None = None, rest_name: str = ""
) -> Picture:
    """Draw ``bars`` from 0 to ``most`` (by default the longest). ``unit`` names the axis ("% of reports").

    Raises ``ValueError`` without a bar, or when a value is negative.
    """
    if not bars:
        raise ValueError("There is no bar to draw.")
    for bar in bars:
        if (bar.value or 0.0) < 0 or bar.rest < 0:
            raise ValueError(f"The bar {bar.label!r} is negative.")
    reach = [(b.value or 0.0) + b.rest for b in bars] + [b.high for b in bars if b.high is not None]
    top = most if most is not None else max([*reach, 1e-9])
    alternative = _alternative(bars, title, unit, rest_name)
    return Picture(
        svg=draw(_chart(bars, title, unit, top, rest_name), alternative),
        alt=alternative,
        columns=("What", unit[:1].upper() + unit[1:]),
        rows=tuple((bar.label, bar.text) for bar in bars),
    )


def _alternative(bars: Sequence[BarValue], title: str, unit: str, rest_name: str) -> str:
    told = listed([f"{bar.label}: {bar.text}" for bar in bars], joiner="and")
    hollow = f" The hollow part of a bar is {rest_name}." if rest_name and any(b.rest for b in bars) else ""
    return f"Bar chart. {title}, in {unit}. {told}.{hollow}"


def _chart(bars: Sequence[BarValue], title: str, unit: str, top: float, rest_name: str) -> alt.LayerChart:
    labels = wrapped([bar.label for bar in bars], LABEL_LINE)
    values = [
        {
            "place": place,
            "value": round(bar.value or 0.0, 6),
            "end": round((bar.value or 0.0) + bar.rest, 6),
            "low": bar.low,
            "high": bar.high,
            "text": bar.text,
            "right": round(max((bar.value or 0.0) + bar.rest, bar.high or 0.0), 6),
        }
        for place, bar in enumerate(bars)
    ]
    # A third of the width is kept for the words at the end of the longest bar.
    across = alt.Scale(domain=[0, top * 1.36], nice=False)
    base = alt.Chart(alt.Data(values=values)).encode(y=rows_axis(labels))
    x = alt.X("value:Q", scale=across, axis=alt.Axis(title=unit, values=ticks(top), format="~f"))
    layers: list[alt.Chart] = [base.mark_bar(height=17, color=DARK).encode(x=x)]
    if any(bar.rest for bar in bars):
        layers.append(
            base.mark_bar(height=17, fill="white", stroke=DARK, strokeWidth=1).encode(
                x=alt.X("value:Q", scale=across), x2="end:Q"
            )
        )
    if any(bar.high is not None and not bar.rest for bar in bars):
        limits = base.transform_filter("isValid(datum.high) && datum.end === datum.value")
        layers.append(
            limits.mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("low:Q", scale=across), x2="high:Q")
        )
        layers.append(
            limits.mark_rule(color=LIGHT, strokeWidth=1).encode(x=alt.X("low:Q", scale=across), x2="value:Q")
        )
    layers.append(base.mark_text(align="left", dx=6).encode(x=alt.X("right:Q", scale=across), text="text:N"))
    return alt.layer(*layers).properties(
        width=WIDTH,
        height=alt.Step(step_height(labels)),
        title=[title, *([f"Hollow: {rest_name}"] if rest_name else [])],
    )
