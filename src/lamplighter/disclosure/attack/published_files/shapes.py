"""Bars in drawings: what a reader with a ruler can measure must be a protected figure, too.

An axis is recognised by its numbers (round, even steps at even places), never by a class. A bar beside it is
measured by it; bars without one are compared with each other. Points and drawn lines are not measured.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lamplighter.disclosure.attack.published_files.refusing import CannotRead

#: A pixel's part within which a length is the same: what writing it down rounds, and what marks that stand on
#: whole pixels can be off over the whole axis.
NEAR = 0.06
WRITTEN = 0.01
#: Single digits as near as this are read as one number.
BESIDE = 12.0
#: Days that a time axis may name.
CALENDAR = {0.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 270.0, 365.0, 545.0, 730.0, 1095.0}
_MOVED = re.compile(r"\s*translate\(\s*([-\d.e]+)(?:[\s,]+([-\d.e]+))?\s*\)\s*")
_TURNED = re.compile(r"\s*(?:(?:translate|rotate|scale)\([-\d.e,\s]*\)\s*)+")
_BAR = re.compile(
    r"\s*M\s*([-\d.e]+)[\s,]+([-\d.e]+)\s*h\s*([-\d.e]+)\s*v\s*([-\d.e]+)\s*h\s*[-\d.e]+\s*Z\s*", re.I
)
_NUMBER = re.compile(r"[-−]?\d{1,3}(?:[,\u2009\u202f]\d{3})*(?:\.\d+)?%?|[-−]?\d+(?:\.\d+)?%?")
_ROUND = (1.0, 2.0, 2.5, 5.0)
_SMALL = 12.0


@dataclass
class Label:
    """A text and where it stands."""

    x: float
    y: float
    said: str = ""
    glued: str = ""


@dataclass
class Bar:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class Drawing:
    """One SVG: its texts, its bars, and where each stands."""

    labels: list[Label] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    size: tuple[float, float] = (0.0, 0.0)
    _moved: list[tuple[str, float, float]] = field(default_factory=list)
    _label: Label | None = None

    def begin(self, tag: str, values: dict[str, str]) -> None:
        """Take note of an element as it opens."""
        x, y = self._at(tag, values.get("transform", ""))
        self._moved.append((tag, x, y))
        if tag == "svg" and len(self._moved) == 1:
            self.size = (_number(values.get("width")), _number(values.get("height")))
        if tag == "text":
            self._label = Label(x + _number(values.get("x")), y + _number(values.get("y")))
            self.labels.append(self._label)
        elif tag == "rect":
            self._bar(x + _number(values.get("x")), y + _number(values.get("y")), values)
        elif tag == "path":
            found = _BAR.fullmatch(values.get("d", ""))
            if found:
                left, top, wide, high = (float(piece) for piece in found.groups())
                if abs(left + wide / 2) > NEAR or abs(top + high / 2) > NEAR or max(wide, high) > _SMALL:
                    sides = {"width": str(wide), "height": str(high)}
                    self._bar(x + left, y + top, sides)

    def end(self, tag: str) -> None:
        """Take note of an element as it closes."""
        if tag == "text":
            self._label = None
        for at in range(len(self._moved) - 1, -1, -1):
            if self._moved[at][0] == tag:
                del self._moved[at:]
                return

    def text(self, data: str) -> bool:
        """Keep a text that is part of a label; tell whether it was."""
        if self._label is None:
            return False
        self._label.said += f" {data.strip()}" if self._label.said else data.strip()
        self._label.glued += data.strip()
        return True

    def said(self) -> Iterator[tuple[str, str]]:
        """Yield the labels that are not numbers of an axis."""
        ticks = {id(label) for axis in self._axes() for label in axis[1]}
        rest = [label for label in self.labels if id(label) not in ticks]
        for label in rest:
            yield "<text>", label.said
            if label.glued != label.said:
                yield "pieces of <text>", label.glued
        digits = sorted((round(own.y), own.x, own.said) for own in rest if re.fullmatch(r"\d", own.said))
        said = ""
        for (y, x, digit), after in itertools.zip_longest(digits, digits[1:]):
            said += digit
            if after is None or after[0] != y or after[1] - x > BESIDE:
                if len(said) > 1:
                    yield "digits beside one another", said
                said = ""

    def strange(self, fits: Callable[[float, float], bool], figures: Sequence[float]) -> Iterator[str]:
        """Yield a sentence for each bar whose length is no protected figure.

        ``fits`` tells whether a value is a protected figure to within some reach.
        """
        axes = {way: scale for way, _, scale in self._axes() if scale is not None}
        reaching = {way: _extent(way, row) for way, row, scale in self._axes() if scale is not None}
        uneven = any(scale is None for _, _, scale in self._axes())
        for way in ("x", "y"):
            group = [bar for bar in self.bars if not self._frame(bar)]
            lengths = [(_ends(bar, way), bar) for bar in group]
            across = {round(_length(ends), 2) for ends, _ in lengths}
            if way in axes:
                unit, origin = axes[way]
                if len(across) == 1 and len(group) > 1 and ("y" if way == "x" else "x") in axes:
                    continue  # how thick they are
                for (first, last), _ in lengths:
                    off = min(NEAR, WRITTEN + NEAR * abs(last - first) / reaching[way])
                    reach = off / abs(unit)
                    long = abs(last - first) / abs(unit)
                    ends = [(first - origin) / unit, (last - origin) / unit]
                    if not fits(long, reach) and not all(fits(abs(end), reach) for end in ends):
                        yield f"A bar is as long as {long:.4g} by its axis, which is no protected figure."
            elif len(across) > 1 and not axes and not uneven:
                yield from _compared([ends for ends, _ in lengths], fits, figures)

    def _bar(self, x: float, y: float, values: dict[str, str]) -> None:
        wide, high = _number(values.get("width")), _number(values.get("height"))
        if wide > 0 and high > 0:
            self.bars.append(Bar(x, y, wide, high))

    def _frame(self, bar: Bar) -> bool:
        """Tell whether a rectangle is the paper or the field of the drawing."""
        if abs(bar.width - self.size[0]) < 1 and abs(bar.height - self.size[1]) < 1:
            return True
        if bar.width >= self.size[0] / 2 and bar.height >= self.size[1] / 2:
            return True  # no bar takes up half the drawing both ways
        paper = [o for o in self.bars if abs(o.width - self.size[0]) < 1 and abs(o.height - self.size[1]) < 1]
        others = [other for other in self.bars if other is not bar and other not in paper]
        return bool(others) and all(
            bar.x <= other.x + 1
            and bar.y <= other.y + 1
            and bar.x + bar.width >= other.x + other.width - 1
            and bar.y + bar.height >= other.y + other.height - 1
            for other in others
        )

    def _at(self, tag: str, moved: str) -> tuple[float, float]:
        x, y = (self._moved[-1][1], self._moved[-1][2]) if self._moved else (0.0, 0.0)
        if not moved.strip():
            return x, y
        found = _MOVED.fullmatch(moved)
        if found:
            return x + float(found[1]), y + float(found[2] or 0.0)
        if tag in ("text", "tspan") and _TURNED.fullmatch(moved):
            return x, y
        raise CannotRead(f"<{tag}> is turned or stretched, so it cannot be measured: draw it straight.")

    def _axes(self) -> list[tuple[str, list[Label], tuple[float, float] | None]]:
        """Return each axis: along which way, its labels, and how many pixels are one (with where 0 is).

        A logarithmic axis has no such scale.
        """
        found = []
        numbered = [label for label in self.labels if _NUMBER.fullmatch(label.said.strip())]
        for way in ("x", "y"):
            rows: dict[float, list[Label]] = defaultdict(list)
            for label in numbered:
                rows[round(label.y if way == "x" else label.x, 1)].append(label)
            for row in rows.values():
                ticks = sorted((_value(label.said), label.x if way == "x" else label.y) for label in row)
                scale = _scale(ticks)
                if scale is not None or _in_powers(ticks):
                    found.append((way, row, scale))
        return found


def _scale(ticks: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Return pixels for one and the place of 0, when these (values, places) are the marks of an even axis."""
    values = [value for value, _ in ticks]
    if len(ticks) < 2 or len(set(values)) != len(values):
        return None
    steps = {round(b - a, 9) for a, b in itertools.pairwise(values)}
    step = min(steps)
    on_it = abs(values[0] / step - round(values[0] / step)) < NEAR
    if not (len(steps) == 1 and on_it and _is_round(step)) and not set(values) <= CALENDAR:
        return None
    (low, first), (high, last) = ticks[0], ticks[-1]
    unit = (last - first) / (high - low)
    origin = first - unit * low
    # Marks are put on whole pixels by some; a place further off is no even axis.
    even = all(abs(place - (origin + unit * value)) <= 1.0 for value, place in ticks)
    return (unit, origin) if even and abs(unit) > 0 else None


def _extent(way: str, row: Sequence[Label]) -> float:
    places = [label.x if way == "x" else label.y for label in row]
    return max(places) - min(places)


def _is_round(step: float) -> bool:
    return any(abs(step / 10.0 ** math.floor(math.log10(step)) - r) < NEAR / 10 for r in _ROUND)


def _in_powers(ticks: Sequence[tuple[float, float]]) -> bool:
    """Tell whether these are round marks of a logarithmic axis: each as far along as its logarithm says."""
    if len(ticks) < 3 or ticks[0][0] <= 0 or len({value for value, _ in ticks}) != len(ticks):
        return False
    if not all(_is_round(value) or math.log2(value).is_integer() for value, _ in ticks):
        return False
    (low, first), (high, last) = ticks[0], ticks[-1]
    unit = (last - first) / math.log(high / low)
    return abs(unit) > 1 and all(abs(p - first - unit * math.log(v / low)) <= 1.0 for v, p in ticks)


def _compared(
    ends: Sequence[tuple[float, float]], fits: Callable[[float, float], bool], figures: Sequence[float]
) -> Iterator[str]:
    """Bars that begin at one line must be to one another as protected figures are."""
    for side in (0, 1):
        sharing: dict[float, list[float]] = defaultdict(list)
        for pair in ends:
            sharing[round(min(pair) if side == 0 else max(pair), 1)].append(_length(pair))
        for lengths in sharing.values():
            if len(lengths) < 2:
                continue
            longest = max(lengths)
            if not any(
                all(fits(length * figure / longest, NEAR * figure / longest) for length in lengths)
                for figure in figures
                if figure > 0
            ):
                yield "Bars are to one another as no protected figures are: draw them from the print."
                return


def _ends(bar: Bar, way: str) -> tuple[float, float]:
    return (bar.x, bar.x + bar.width) if way == "x" else (bar.y, bar.y + bar.height)


def _length(ends: tuple[float, float]) -> float:
    return abs(ends[1] - ends[0])


def _value(text: str) -> float:
    plain = text.strip().rstrip("%").replace("−", "-")
    return float(re.sub("[,\u2009\u202f]", "", plain))


def _number(text: str | None) -> float:
    if not text:
        return 0.0
    found = re.fullmatch(r"\s*([-+]?\d*\.?\d+(?:e-?\d+)?)(?:px)?\s*", text)
    if found is None:
        if text.strip() == "100%":
            return 0.0
        raise CannotRead(
            f"A place in a drawing is “{text[:20]}”, which cannot be measured: give it in pixels."
        )
    return float(found[1])
