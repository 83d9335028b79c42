"""The waterfall of one link: how each thing compared moved the belief, in bits; the bars sum to the score.

A bit doubles or halves the odds. The form follows the waterfall chart that
Splink users know (Linacre et al., 2022, *Splink: free software for
probabilistic record linkage at scale*), turned on its side so that the words
have room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

import altair as alt

from lamplighter.reporting.charts.axes import rows_axis, step_height, wrapped
from lamplighter.reporting.charts.pictures import DARK, INK, SOFT_INK, Picture, draw
from lamplighter.reporting.words import number, signed

SUM_TOLERANCE = 1e-6
# Bits that are shown with two digits, since one would be a nought.
_SMALL, _SMALLEST = 0.05, 0.005
# Characters on a line of a label; a longer label goes on over as many lines as it needs.
LABEL_LINE = 52
Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: ``label`` in words, ``weight`` in bits (below nought speaks against).

    ``start`` marks the belief before anything was compared: it is drawn like
    any other bar but is never named as evidence for or against.
    """

    label: str
    weight: float
    start: bool = False


def waterfall(
    bars: Sequence[Bar],
    *,
    score: float,
    linked_at: float | None = None,
    decide_at: float | None = None,
) -> Picture:
    """Draw ``bars`` in the order given, and a last bar for ``score``.

    Weights and thresholds are in bits. Raises ``ValueError`` when there is no
    bar, or when the bars do not sum to the score: a picture that explains a
    different number would be worse than none.
    """
    if not bars:
        raise ValueError("A waterfall needs at least one bar.")
    total = math.fsum(b.weight for b in bars)
    if abs(total - score) > SUM_TOLERANCE:
        raise ValueError(f"The bars sum to {total:.6f} bits and the score is {score:.6f}.")
    return Picture(
        svg=draw(_chart(bars, score, linked_at, decide_at), _alternative(bars, score)),
        alt=_alternative(bars, score),
        columns=("What was compared", "Effect in bits", "Running total"),
        rows=_rows(bars, score),
    )


def _alternative(bars: Sequence[Bar], score: float) -> str:
    ordered = sorted(
        (b for b in bars if not b.start and abs(b.weight) >= _SMALL), key=lambda b: (-abs(b.weight), b.label)
    )
    best = next((b for b in ordered if b.weight > 0), None)
    worst = next((b for b in ordered if b.weight < 0), None)
    parts = [f"Bar chart of {len(bars)} steps that sum to {signed(score)} bits."]
    if best is not None:
        parts.append(f"Strongest for: {best.label} ({signed(best.weight)}).")
    if worst is not None:
        parts.append(f"Strongest against: {worst.label} ({signed(worst.weight)}).")
    return " ".join(parts)


def _shown(bar: Bar) -> str:
    """What a bar is worth: to a tenth of a bit, or where that is nought to a hundredth."""
    if abs(bar.weight) >= _SMALL or bar.start:
        return signed(bar.weight)
    return signed(bar.weight, 2) if abs(bar.weight) >= _SMALLEST else "under 0.01"


def _rows(bars: Sequence[Bar], score: float) -> tuple[tuple[str, ...], ...]:
    rows, running = [], 0.0
    for bar in bars:
        running += bar.weight
        rows.append((bar.label, _shown(bar), signed(running)))
    return (*rows, ("Sum", signed(score), signed(score)))


def _chart(
    bars: Sequence[Bar], score: float, linked_at: float | None, decide_at: float | None
) -> alt.LayerChart:
    steps, running = [], 0.0
    for place, bar in enumerate(bars):
        steps.append(_step(place, running, running + bar.weight, _shown(bar), False))
        running += bar.weight
    steps.append(_step(len(bars), 0.0, score, signed(score), True))
    labels = [*wrapped([b.label for b in bars], LABEL_LINE), ["Sum"]]
    ends = [0.0, score, decide_at or 0.0, linked_at or 0.0]
    ends += accumulate(b.weight for b in bars)
    low, high = min(ends), max(ends)
    room = (high - low or 1.0) * 0.14
    across = alt.Scale(domain=[low - room, high + room], nice=False)
    base = alt.Chart(alt.Data(values=steps)).encode(y=rows_axis(labels))
    x = alt.X(
        "from:Q",
        scale=across,
        axis=alt.Axis(title="Bits (each bit doubles or halves the odds)", grid=True, tickCount=8),
    )
    filled = base.mark_bar(height=16, stroke=DARK, strokeWidth=1).encode(
        x=x, x2="to:Q", fill=alt.Fill("fill:N", scale=None)
    )
    layers: list[alt.Chart] = [filled, _rule(0.0, across, INK, None)]
    # The lower threshold is named to its left and the higher to its right: however near they are, neither
    # name prints over the other.
    thresholds: tuple[tuple[float | None, str, Side], ...] = (
        (decide_at, "a person decides from", "right"),
        (linked_at, "linked from", "left"),
    )
    for at, name, side in thresholds:
        if at is not None:
            layers.append(_rule(at, across, SOFT_INK, [4, 3]))
            layers.append(_rule_name(at, across, name, side))
    # Numbers stand before the lines, on a white ground: a bar often ends near one.
    for ground in ({"stroke": "white", "strokeWidth": 4}, {}):
        words = base.mark_text(align="left", dx=6, **ground)
        layers.append(words.encode(x=alt.X("right:Q", scale=across), text="text:N"))
    return alt.layer(*layers).properties(width=460, height=alt.Step(step_height(labels)))


def _step(place: int, start: float, end: float, text: str, whole: bool) -> dict[str, object]:
    return {
        "place": place,
        "from": round(start, 6),
        "to": round(end, 6),
        "right": round(max(start, end), 6),
        "text": text,
        # Filled speaks for, hollow speaks against: it survives a black-and-white printer.
        "fill": INK if whole else DARK if end >= start else "white",
    }


def _rule(at: float, across: alt.Scale, colour: str, dash: list[int] | None) -> alt.Chart:
    mark = {"color": colour, "strokeWidth": 1} | ({"strokeDash": dash} if dash else {})
    return alt.Chart(alt.Data(values=[{"at": at}])).mark_rule(**mark).encode(x=alt.X("at:Q", scale=across))


def _rule_name(at: float, across: alt.Scale, name: str, side: Side) -> alt.Chart:
    """Return the name of a threshold above its line; ``side`` is the end of the text that stands at the
    line.
    """
    return (
        alt.Chart(alt.Data(values=[{"at": at, "name": f"{name} {number(at, 1)}"}]))
        .mark_text(align=side, dx=4 if side == "left" else -4, dy=-8, fontSize=12)
        .encode(x=alt.X("at:Q", scale=across), y=alt.value(0), text="name:N")
    )
