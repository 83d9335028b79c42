"""A picture is a chart, the words for it and the table it was drawn from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

VEGA_LITE = "6.4"
# Liberation Sans comes inside the vl-convert wheel, so text is measured the same everywhere; the reader's
# browser may draw it in any face of the same widths.
FONTS = "Liberation Sans, Arial, Helvetica, sans-serif"
INK = "#0b0c0c"
SOFT_INK = "#484949"
GRID = "#cecece"
DARK = "#12436d"
LIGHT = "#a8bfd6"
#: Digits of a number that is drawn. The last of sixteen depend on how many threads added up; a chart
#: is drawn in thousandths of a pixel.
DIGITS = 9
_DRAWN_SVG = re.compile(r"<svg\b[^>]*>")
_SIDE = re.compile(r'\s(width|height)="([\d.]+)"')
_ARIA = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart ready to print: ``svg`` and ``alt`` belong together, ``rows`` say the same as a table."""

    svg: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in CSS pixels, rounded up, so that a page can keep the room."""
        drawn = _DRAWN_SVG.match(self.svg)
        sides = dict(_SIDE.findall(drawn[0])) if drawn else {}
        return math.ceil(float(sides["width"])), math.ceil(float(sides["height"]))

    def png(self, scale: float = 2.0) -> bytes:
        """Return the same picture as PNG; ``scale`` 2 prints sharply at half size."""
        return bytes(vl_convert.svg_to_png(self.svg, scale=scale))


def draw(chart: alt.TopLevelMixin, alternative: str) -> str:
    """Vega-Lite to SVG with one text alternative for the whole picture.

    Vega labels every mark for screen readers in the vocabulary of graphics
    programming ("symbol mark container"). A reader is served better by one
    sentence and the table, so those labels are taken off and ``alternative``
    is put on the root.
    """
    # Not validated against the schema: our own charts are drawn in tests, and validating costs time.
    spec = rounded(chart.to_dict(validate=False))
    spec["config"] = {**_CONFIG, **spec.get("config", {})}
    svg = str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE))
    svg = _ARIA.sub("", svg)
    root = _DRAWN_SVG.match(svg)
    if root is None:
        raise RuntimeError("The chart engine did not return an SVG.")
    label = _attribute(alternative)
    return f'{root.group(0)[:-1]} role="img" aria-label="{label}"><title>{label}</title>{svg[root.end() :]}'


def rounded(value: Any) -> Any:
    """Return a chart's specification with every number in it to ``DIGITS`` significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else value
    if isinstance(value, Mapping):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value


def _attribute(text: str) -> str:
    for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, entity)
    return text


_CONFIG: Mapping[str, Any] = {
    "background": "white",
    "font": FONTS,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": SOFT_INK,
        "tickColor": SOFT_INK,
        "labelLimit": 440,
    },
    "text": {"fontSize": 13, "color": INK},
    "title": {"fontSize": 14, "color": INK, "anchor": "start", "frame": "group", "fontWeight": "bold"},
}
