"""Draw what the axes of charts share: round marks, and labels on several lines."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt

LINE_HEIGHT = 16


def ticks(top: float, parts: int = 5) -> list[float]:
    """Round marks from 0 up to ``top``, at most ``parts`` steps of 1, 2, 2.5 or 5 times a power of ten."""
    if top <= 0:
        return [0.0]
    least = top / parts
    power = 10.0 ** math.floor(math.log10(least))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= least * 0.9999)
    return [round(place * step, 9) for place in range(int(top / step + 1e-6) + 1)]


def wrapped(labels: Sequence[str], width: int) -> list[list[str]]:
    """Return every label whole, broken between words at ``width`` characters."""
    return [textwrap.wrap(label, width) or [""] for label in labels]


def step_height(lines: Sequence[Sequence[str]]) -> int:
    """Pixels a row needs for the tallest of its labels."""
    return max(26, LINE_HEIGHT * max(len(label) for label in lines) + 8)


def as_expression(labels: Sequence[Sequence[str]]) -> str:
    """Return a Vega expression literal, a list of lines each: quoted so that no label can be read as code."""
    return "[" + ",".join("[" + ",".join(_quoted(line) for line in lines) + "]" for lines in labels) + "]"


def rows_axis(labels: Sequence[Sequence[str]], **more: Any) -> alt.Y:
    """Return the axis of charts with a row for each label: names on as many lines as they need, no line, no
    marks.

    The data give each row its number as ``place``.
    """
    return alt.Y(
        "place:O",
        axis=alt.Axis(
            title=None,
            ticks=False,
            domain=False,
            labelExpr=f"{as_expression(labels)}[datum.value]",
            labelLineHeight=LINE_HEIGHT,
            **more,
        ),
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") + "'"
