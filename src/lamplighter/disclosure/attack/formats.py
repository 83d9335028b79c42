"""Text in files: HTML, SVG, JSON, CSV, plain text, OpenDocument, Excel, and what PNG files carry."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

PLAIN = {".txt", ".md", ".tex", ".log", ".yml", ".yaml", ".toml", ".xml"}
#: Attributes that are read out, shown as tooltips, or hold data.
SPOKEN = ("alt", "title", "aria-label", "aria-description", "content", "value", "summary")
#: Chart settings: sizes and colours, not data.
LAYOUT = {"width", "height", "config", "autosize", "padding", "scale", "axis", "legend", "mark", "$schema"}
LARGEST = 100_000_000
NO_END = {
    "br",
    "img",
    "meta",
    "input",
    "hr",
    "link",
    "path",
    "rect",
    "line",
    "circle",
    "use",
    "col",
    "source",
}


class CannotRead(Exception):
    """The file is of a kind that cannot be looked into, or is broken."""


def passages(path: Path) -> Iterator[tuple[str, str]]:
    """Return every text, and where it stands, in the file in which a number could be read.

    Raises:
        CannotRead: what cannot be looked into cannot be released.
    """
    kind = path.suffix.lower()
    data = path.read_bytes()
    if kind in (".html", ".htm", ".svg"):
        yield from _marked_up(_decode(data))
    elif kind in (".json", ".geojson"):
        yield from _json(_decode(data))
    elif kind in (".csv", ".tsv"):
        yield from _csv(_decode(data), "\t" if kind == ".tsv" else ",")
    elif kind in PLAIN:
        for number, line in enumerate(_decode(data).splitlines(), 1):
            yield f"line {number}", line
    elif kind in (".ods", ".xlsx", ".odt", ".docx"):
        yield from _zipped(data)
    elif kind == ".png":
        yield from _png(data)
    elif kind == ".css" or (not kind and not data):
        return
    else:
        raise CannotRead(f"Files of the kind {kind or 'without an ending'} cannot be looked into.")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead("The file is not UTF-8.") from None


class _Page(HTMLParser):
    """Text and spoken attributes. An axis' own ticks are not figures; its step says nothing of anybody."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.open: list[tuple[str, bool]] = []
        self.script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        axis = self._in_axis() or "role-axis" in values.get("class", "")
        axis = axis or values.get("aria-roledescription") == "axis"
        for name, value in values.items():
            if (
                not axis
                and (name in SPOKEN or name.startswith("data-"))
                and not _technical(tag, values, name)
            ):
                self.found.append((f"{name} of <{tag}>", value))
        if tag == "script":
            self.script = values.get("type", "")
        if tag not in NO_END:
            self.open.append((tag, axis))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in NO_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                break

    def handle_comment(self, data: str) -> None:
        self.found.append(("a comment", data))

    def handle_data(self, data: str) -> None:
        tag = self.open[-1][0] if self.open else ""
        if not data.strip() or tag == "style" or self._in_axis():
            return
        if tag == "script":
            if self.script not in ("application/json", "application/ld+json"):
                raise CannotRead("It holds a script, which can hold anything.")
            self.found += list(_json(data))
            return
        self.found.append((f"<{tag}>", data))

    def _in_axis(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def _technical(tag: str, values: dict[str, str], name: str) -> bool:
    return tag == "meta" and name == "content" and values.get("name") in ("viewport", "theme-color")


def _marked_up(text: str) -> Iterator[tuple[str, str]]:
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.found


def _json(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text)
    except ValueError:
        raise CannotRead("It is not JSON.") from None
    chart = isinstance(document, dict) and "vega" in str(document.get("$schema", ""))
    yield from _values(document, "", chart=chart)


def _values(value: Any, place: str, *, chart: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (chart and key in LAYOUT):
                yield from _values(inner, f"{place}.{key}".lstrip("."), chart=chart)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, place, chart=chart)
    elif value is not None and not isinstance(value, bool):
        yield place or "the document", str(value)


def _csv(text: str, between: str) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=between), 1):
        for cell in row:
            yield f"line {number}", cell


def _zipped(data: bytes) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise CannotRead("It unpacks to more than can be looked through.")
            for entry in archive.infolist():
                if not entry.filename.endswith((".xml", ".rels")) or "style" in entry.filename.lower():
                    continue
                if "theme" in entry.filename or entry.filename.endswith((".rels", "settings.xml")):
                    continue
                yield from _office(archive.read(entry), entry.filename)
    except (zipfile.BadZipFile, RuntimeError, zlib.error, ElementTree.ParseError):
        raise CannotRead("It is damaged or locked.") from None


def _office(data: bytes, name: str) -> Iterator[tuple[str, str]]:
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise CannotRead("Its XML declares entities.") from None
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        for attribute, value in element.attrib.items():
            if attribute.rpartition("}")[2] in ("value", "string-value", "title", "descr", "name"):
                yield f"{name}, {tag}", value
        if element.text and element.text.strip() and not name.endswith(("meta.xml", "app.xml")):
            yield f"{name}, {tag}", element.text


def _png(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts that a PNG file carries beside its pixels (tEXt, zTXt, iTXt, eXIf)."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise CannotRead("It is not a PNG picture.")
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        try:
            if kind == b"tEXt":
                yield "PNG text", body.replace(b"\0", b": ").decode("latin-1")
            elif kind == b"zTXt":
                word, _, rest = body.partition(b"\0")
                yield "PNG text", f"{word.decode('latin-1')}: {zlib.decompress(rest[1:]).decode('latin-1')}"
            elif kind == b"iTXt":
                word, _, rest = body.partition(b"\0")
                packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
                text = zlib.decompress(rest) if packed else rest
                yield "PNG text", f"{word.decode('latin-1')}: {text.decode('utf-8')}"
            elif kind == b"eXIf":
                yield "PNG text", body.decode("latin-1")
        except (zlib.error, UnicodeDecodeError):
            raise CannotRead("A text in the picture cannot be read.") from None
    if at < len(data):
        raise CannotRead("Something follows the picture's end.")
