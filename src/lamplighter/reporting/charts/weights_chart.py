"""Bars to both sides of nothing: what speaks for, to the right, and what speaks against, to the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from lamplighter.reporting.charts.axes import rows_axis, step_height, ticks, wrapped
from lamplighter.reporting.charts.pictures import DARK, INK, LIGHT, Picture, draw
from lamplighter.reporting.words import listed, signed

WIDTH = 430
LABEL_LINE = 40


@dataclass(frozen=True, slots=True)
class Weight:
    """One bar: its words and its value, for (above 0) or against (below)."""

    label: str
    value: float

    @property
    def text(self) -> str:
        """Return the value with its sign, to one place."""
        return signed(self.value)


def weights_chart(weights: Sequence[Weight], *, title: str, unit: str) -> Picture:
    """Draw ``weights`` in their order. ``unit`` names the axis ("bits").

    Raises ``ValueError`` without a bar.
    """
    if not weights:
        raise ValueError("There is no bar to draw.")
    told = listed([f"{w.label}: {w.text}" for w in weights], joiner="and")
    alternative = f"Bar chart. {title}, in {unit}; above 0 speaks for, below 0 against. {told}."
    return Picture(
        svg=draw(_chart(weights, title, unit), alternative),
        alt=alternative,
        columns=("What", unit[:1].upper() + unit[1:]),
        rows=tuple((w.label, w.text) for w in weights),
    )


def _chart(weights: Sequence[Weight], title: str, unit: str) -> alt.LayerChart:
    labels = wrapped([w.label for w in weights], LABEL_LINE)
    values = [
        {"place": place, "value": round(w.value, 4), "text": w.text, "for": w.value >= 0}
        for place, w in enumerate(weights)
    ]
    top = max(max((w.value for w in weights), default=0.0), 1.0)
    bottom = min(min((w.value for w in weights), default=0.0), -1.0)
    room = (top - bottom) * 0.12
    marks = sorted({*ticks(top), *(-t for t in ticks(-bottom))})
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[bottom - room, top + room], nice=False),
        axis=alt.Axis(title=unit, values=marks, format="~f"),
    )
    base = alt.Chart(alt.Data(values=values)).encode(y=rows_axis(labels))
    bars = [
        # Told apart by side and sign; the colour only helps.
        base.transform_filter(f"datum['for'] === {'true' if side else 'false'}")
        .mark_bar(height=15, color=DARK if side else LIGHT, stroke=DARK, strokeWidth=1)
        .encode(x=x, x2=alt.datum(0))
        for side in (True, False)
    ]
    words = [
        base.transform_filter(f"datum['for'] === {'true' if side else 'false'}")
        .mark_text(align="left" if side else "right", dx=5 if side else -5)
        .encode(x="value:Q", text="text:N")
        for side in (True, False)
    ]
    zero = alt.Chart(alt.Data(values=[{"z": 0}])).mark_rule(color=INK).encode(x="z:Q")
    return alt.layer(*bars, zero, *words).properties(
        width=WIDTH, height=alt.Step(step_height(labels)), title=title
    )
