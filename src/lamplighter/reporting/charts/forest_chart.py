"""Effects with their intervals on a logarithmic axis, one a line, the line of no effect marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import rows_axis, step_height, wrapped
from lamplighter.reporting.charts.pictures import DARK, INK, SOFT_INK, Picture, draw
from lamplighter.reporting.words import listed, number

WIDTH = 330
LABEL_LINE = 40


@dataclass(frozen=True, slots=True)
class Effect:
    """A ratio with its 95% limits; ``ratio`` None names the group that others are compared with."""

    label: str
    ratio: float | None
    low: float | None = None
    high: float | None = None


def forest_chart(effects: Sequence[Effect], *, title: str, unit: str) -> Picture:
    """Draw ``effects``; ``unit`` names the ratio ("odds ratio"). Limits beyond 1/64 to 64 end in an arrow.

    Raises ``ValueError`` without an effect, or for a ratio that is not positive or lies outside its limits.
    """
    if not effects:
        raise ValueError("There is no effect to draw.")
    for effect in effects:
        if effect.ratio is None:
            continue
        if effect.low is None or effect.high is None or not 0 <= effect.low <= effect.ratio <= effect.high:
            raise ValueError(f"The effect {effect.label!r} lies outside its limits, or has none.")
    alternative = _alternative(effects, title, unit)
    return Picture(
        svg=draw(_chart(effects, title, unit), alternative),
        alt=alternative,
        columns=("What", unit[:1].upper() + unit[1:] + " (95% interval)"),
        rows=tuple((effect.label, _text(effect)) for effect in effects),
    )


def _text(effect: Effect) -> str:
    if effect.ratio is None or effect.low is None or effect.high is None:
        return "compared with"
    return f"{number(effect.ratio, 2)} ({number(effect.low, 2)} to {number(effect.high, 2)})"


def _alternative(effects: Sequence[Effect], title: str, unit: str) -> str:
    told = listed([f"{effect.label}: {_text(effect)}" for effect in effects])
    return f"Chart of intervals. {title}, as {unit} with 95% interval; 1 is no difference. {told}."


def _chart(effects: Sequence[Effect], title: str, unit: str) -> alt.LayerChart:
    labels = wrapped([effect.label for effect in effects], LABEL_LINE)
    limits = [v for e in effects for v in (e.low, e.high) if v is not None]
    low = max(min([0.5, *limits]) * 0.9, 1 / 64)
    high = min(max([2.0, *limits]) * 1.1, 64.0)
    values = [
        {
            "place": place,
            "ratio": None if e.ratio is None else min(max(e.ratio, low), high),
            "low": None if e.low is None else min(max(e.low, low), high),
            "high": None if e.high is None else min(max(e.high, low), high),
            "beyond": e.high is not None and e.high > high,
            "text": _text(e),
        }
        for place, e in enumerate(effects)
    ]
    across = alt.Scale(type="log", domain=[low, high], nice=False)
    marks = [v for v in (0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0, 50.0) if low <= v <= high]
    base = alt.Chart(alt.Data(values=values)).encode(y=rows_axis(labels, labelLimit=400))
    x = alt.X("ratio:Q", scale=across, axis=alt.Axis(title=f"{unit} (log scale)", values=marks, format="~f"))
    known = base.transform_filter("isValid(datum.ratio)")
    one = (
        alt.Chart(alt.Data(values=[{"at": 1.0}]))
        .mark_rule(color=SOFT_INK, strokeDash=[4, 3])
        .encode(x=alt.X("at:Q", scale=across))
    )
    rules = known.mark_rule(color=DARK, strokeWidth=2).encode(x=alt.X("low:Q", scale=across), x2="high:Q")
    points = known.mark_point(color=DARK, filled=True, size=70, shape="square", opacity=1).encode(x=x)
    arrows = known.transform_filter("datum.beyond").mark_point(
        color=DARK, filled=True, size=80, shape="triangle-right", opacity=1
    )
    words = base.mark_text(align="left", dx=10, color=INK).encode(x=alt.value(WIDTH), text="text:N")
    return alt.layer(one, rules, points, arrows.encode(x=alt.X("high:Q", scale=across)), words).properties(
        width=WIDTH, height=alt.Step(step_height(labels)), title=title
    )
