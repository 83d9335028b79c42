"""HTML and SVG: every text and every attribute is read, but for those known to say how something looks."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from lamplighter.disclosure.attack.published_files.refusing import CannotRead
from lamplighter.disclosure.attack.published_files.shapes import Drawing
from lamplighter.disclosure.attack.published_files.styles import declarations

_HTML = set(
    re.findall(
        r"\w+",
        """html head body title meta style link base header footer main nav section article aside address
h1 h2 h3 h4 h5 h6 p div span a b i u s em strong small sub sup br hr pre code kbd samp var q
blockquote cite abbr dfn time mark del ins wbr bdi bdo ruby rt rp ul ol li dl dt dd figure
figcaption img table caption colgroup col thead tbody tfoot tr th td details summary dialog form
fieldset legend label input button select option optgroup textarea output progress meter data
noscript template script center font""",
    )
)
_SVG = set(
    re.findall(
        r"\w+",
        """svg g path rect line circle ellipse polyline polygon text tspan textpath title desc defs use
clippath lineargradient radialgradient stop pattern symbol marker mask metadata style a switch""",
    )
)
NO_END = set(
    re.findall(
        r"\w+",
        """br img meta input hr link col wbr base path rect line circle ellipse polyline polygon use
stop""",
    )
)
#: What stands in a line with its neighbours: 1 and 2 in two of these are read as 12.
_IN_LINE = set(
    re.findall(
        r"\w+",
        """span a b i u s em strong small sub sup code kbd samp var q cite abbr dfn time mark del ins wbr bdi
bdo data font""",
    )
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]+|url\(#[a-zA-Z][\w-]*\)|rgba?\([\d\s,.%]+\)")
#: Where something is drawn; ``shapes`` looks at these.
PLACED = set(
    re.findall(
        r"\w+",
        """x y x1 x2 y1 y2 dx dy cx cy r rx ry fx fy width height d points transform viewbox offset""",
    )
)
#: How something is drawn: closed lists, so that nothing can be said with them.
LOOKS = {
    "fill": _COLOUR, "stroke": _COLOUR, "color": _COLOUR, "stop-color": _COLOUR, "clip-path": _COLOUR,
    "stroke-width": re.compile(r"(?:0|0?\.5|1|1\.5|2|2\.5|3|4)(?:px)?"),
    "stroke-miterlimit": re.compile(r"4|10"),
    "stroke-dasharray": re.compile(
        r"none|1[, ]0|7[, ]3|2[, ]2|4[, ]4|4[, ]3|4[, ]2|12[, ]4|9[, ]3[, ]2[, ]3"
    ),
    "opacity": re.compile(r"0|1|0?\.(?:1|16|2|25|3|4|5|6|75|8|9)"),
    "font-size": re.compile(r"(?:9|1[0-6]|18|20|24)(?:px|pt)?"),
    "font-weight": re.compile(r"normal|bold|[1-9]00"),
    "font-family": re.compile(r"[-a-zA-Z ,'\"]+"),
    "version": re.compile(r"1\.[01]"),
    "xmlns": re.compile(r"https?://www\.w3\.org/\S+"),
    "xmlns:xlink": re.compile(r"https?://www\.w3\.org/\S+"),
}  # fmt: skip
LOOKS |= {"fill-opacity": LOOKS["opacity"], "stroke-opacity": LOOKS["opacity"]}
_TABINDEX, _SPAN = re.compile(r"-1|0"), re.compile(r"[1-4]")
_VIEWPORT = re.compile(r"width=device-width, ?initial-scale=1(?:\.0)?")
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.I)


def marked_up(text: str, path: Path, beside: Path) -> Iterator[tuple[str, str]]:
    """Yield what can be read in a page or picture. Raises :class:`CannotRead`."""
    yield from _read(text, path, beside).passages()


def drawings(text: str, path: Path) -> list[Drawing]:
    """Return the SVG drawings in a page or picture, for their bars to be measured."""
    return _read(text, path, path.parent).drawn


def _read(text: str, path: Path, beside: Path) -> _Page:
    page = _Page(path, beside)
    page.feed(text)
    page.close()
    if page.rawdata.strip():
        raise CannotRead("It breaks off in the middle of a tag.")
    return page


class _Page(HTMLParser):
    """Everything said in a page, with the drawings in it."""

    def __init__(self, path: Path, beside: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path, self.beside = path, beside
        self.found: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.script: str | None = None
        self.drawn: list[Drawing] = []
        self.drawing: list[Drawing] = []
        self.line: list[str] = []

    def passages(self) -> Iterator[tuple[str, str]]:
        """Yield all texts; the numbers of an even axis say nothing of anybody and are left out."""
        self._end_line()
        yield from self.found
        for drawing in self.drawn:
            yield from drawing.said()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = bool(self.drawing) or tag == "svg"
        if tag not in _IN_LINE:
            self._end_line()
        if tag not in _HTML | _SVG:
            raise CannotRead(f"<{tag}> can hold what is not looked into: take it out.")
        if tag == "svg" and not self.drawing:
            self.drawing.append(Drawing())
            self.drawn.append(self.drawing[0])
        values = {name: value or "" for name, value in attrs}
        if len(values) != len(attrs):
            raise CannotRead(f"<{tag}> has an attribute twice.")
        for name, value in values.items():
            self._attribute(tag, name, value, values, inside=inside)
        if tag == "script":
            self.script = values.get("type", "")
        if inside:
            self.drawing[0].begin(tag, values)
        if tag not in NO_END:
            self.open.append(tag)
        elif inside:
            self.drawing[0].end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in NO_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _IN_LINE:
            self._end_line()
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at] == tag:
                for closed in reversed(self.open[at:]):
                    if self.drawing:
                        self.drawing[0].end(closed)
                        if closed == "svg" and self.open[:at].count("svg") == 0:
                            self.drawing.clear()
                del self.open[at:]
                break

    def handle_comment(self, data: str) -> None:
        self.found.append(("a comment", data))

    def handle_decl(self, decl: str) -> None:
        if decl.strip().lower() != "doctype html":
            self.found.append(("the document type", decl))

    def handle_pi(self, data: str) -> None:
        if not re.fullmatch(r"xml version=\"1\.0\"(?: encoding=\"utf-8\")?\s*\?", data, re.I):
            raise CannotRead("It has an instruction (<?…>) inside: take it out.")

    def unknown_decl(self, data: str) -> None:
        self.found.append(("a declaration", data))

    def handle_data(self, data: str) -> None:
        tag = self.open[-1] if self.open else ""
        if not data.strip():
            self.line.append(data)
            return
        if tag == "style":
            self.found += declarations(data, "<style>")
        elif tag == "script":
            if self.script not in ("application/json", "application/ld+json"):
                raise CannotRead("It holds a script, which can hold anything.")
            self.found += _json_texts(data)
        elif self.drawing and self.drawing[0].text(data):
            return
        else:
            self.found.append((f"<{tag}>", data))
            self.line.append(data)

    def _end_line(self) -> None:
        """Read what stands in one line as one text, when a number can go on from one piece to the next."""
        if any(one[-1:].isalnum() and other[:1].isalnum() for one, other in itertools.pairwise(self.line)):
            self.found.append(("pieces of one line", "".join(self.line)))
        self.line = []

    def _attribute(self, tag: str, name: str, value: str, values: dict[str, str], *, inside: bool) -> None:
        if name.startswith("on") or name in (
            "srcdoc",
            "srcset",
            "ping",
            "formaction",
            "action",
            "background",
        ):
            raise CannotRead(f"“{name}” of <{tag}> can hold what is not looked into: take it out.")
        if name in ("src", "href", "xlink:href", "data", "poster"):
            self._link(tag, name, value)
        if name == "style":
            self.found += declarations(value, f"style of <{tag}>", inline=True)
            return
        if inside and name in PLACED:
            return  # measured by the drawing
        technical = (
            (name in LOOKS and LOOKS[name].fullmatch(value.strip()))
            or (name == "tabindex" and _TABINDEX.fullmatch(value))
            or (name in ("colspan", "rowspan") and _SPAN.fullmatch(value))
            or (tag == "meta" and name == "content" and _VIEWPORT.fullmatch(value))
            or (tag == "meta" and name == "charset" and value.lower() == "utf-8")
        )
        if not technical and any(char.isalnum() for char in value):
            self.found.append((f"{name} of <{tag}>", value))

    def _link(self, tag: str, name: str, value: str) -> None:
        scheme = _SCHEME.match(value)
        if scheme and scheme[1].lower() in ("http", "https", "mailto") and tag == "a":
            return
        if scheme or value.startswith("//"):
            raise CannotRead(f"“{name}” of <{tag}> leads elsewhere or holds data: attach the file itself.")
        where = value.split("#")[0].split("?")[0]
        if where and not (self.path.parent / where).resolve().is_relative_to(self.beside.resolve()):
            raise CannotRead(f"“{name}” of <{tag}> leads out of the release.")


def _json_texts(text: str) -> list[tuple[str, str]]:
    def every(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield str(key)
                yield from every(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from every(inner)
        elif value is not None and not isinstance(value, bool):
            yield str(value)

    try:
        return [("data in <script>", said) for said in every(json.loads(text))]
    except ValueError:
        raise CannotRead("Data in a script are not JSON.") from None
