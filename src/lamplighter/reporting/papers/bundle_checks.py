"""Eight checks of a court bundle, made of the finished file as whoever gets it would read it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pypdf import PdfReader
from pypdf.generic import Destination

from lamplighter.reporting.papers.bundle import INDEX, Part, pages_of
from lamplighter.reporting.schedule import withhold

TITLES = {
    "numbers": "Each page says its number, and it is the number of the PDF",
    "bookmarks": "There is a bookmark for each row of the index, with the number of its page",
    "links": "Each link of the index lands on the page that it names",
    "upright": "No page is turned",
    "text": "There is text on each page that is not marked as a picture",
    "resolution": "No picture has more dots than the court takes",
    "address": "No address of the victim stands in the text, names, bookmarks, properties or attachments",
    "kept": "Every page that had a number before has it still",
}
_NUMBER = re.compile(r"Bundle page (\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Check:
    """A check, whether it passed, and where it did not."""

    code: str
    passed: bool
    found: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.code]


def checked(
    pdf: bytes,
    parts: Sequence[Part],
    starts: Sequence[int],
    *,
    name: str,
    hidden: Iterable[str],
    before: Sequence[int] = (),
    most_dpi: int,
) -> list[Check]:
    """Return the eight checks. ``hidden``: words that must not be there; ``before``: earlier starts."""
    reader = PdfReader(io.BytesIO(pdf))
    texts = [page.extract_text() for page in reader.pages]
    rows = [(INDEX, 1), *zip((p.title for p in parts), starts, strict=True)]
    found = {
        "numbers": _numbers(reader, texts),
        "bookmarks": _bookmarks(reader, rows),
        "links": _links(reader, rows),
        "upright": [f"page {n}" for n, page in enumerate(reader.pages, 1) if page.get("/Rotate", 0)],
        "text": _without_text(texts, parts, starts),
        "resolution": _too_fine(pdf, most_dpi),
        "address": _said(reader, texts, name, [*hidden]),
        "kept": [f"page {a}" for a, b in zip(before, starts, strict=False) if a != b],
    }
    return [Check(code, not found[code], ", ".join(found[code][:12])) for code in TITLES]


def _numbers(reader: PdfReader, texts: Sequence[str]) -> list[str]:
    wrong = []
    for number, (label, text) in enumerate(zip(reader.page_labels, texts, strict=True), 1):
        said = _NUMBER.search(text)
        if label != str(number) or said is None or int(said[1]) != number:
            wrong.append(f"page {number}")
    return wrong


def _bookmarks(reader: PdfReader, rows: Sequence[tuple[str, int]]) -> list[str]:
    held = [
        (str(item.title), (reader.get_destination_page_number(item) or 0) + 1)
        for item in reader.outline
        if isinstance(item, Destination)
    ]
    wanted = [(f"{title} (page {number})", number) for title, number in rows]
    if len(held) != len(wanted):
        return [f"{len(held)} bookmarks for {len(wanted)} rows"]
    return [f"row {n}" for n, (a, b) in enumerate(zip(held, wanted, strict=True), 1) if a != b]


def _links(reader: PdfReader, rows: Sequence[tuple[str, int]]) -> list[str]:
    number_of = {p.indirect_reference.idnum: n for n, p in enumerate(reader.pages, 1) if p.indirect_reference}
    landed = []
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            held = note.get_object()
            dest = held.get("/Dest")
            landed.append(number_of.get(list.__getitem__(dest, 0).idnum) if dest is not None else None)
    # A title that runs over a line is a link on each of them.
    wanted = [number for _, number in rows]
    missing = [f"page {n}" for n in wanted if n not in landed]
    return missing + ["a link that leads elsewhere" for n in landed if n not in wanted]


def _without_text(texts: Sequence[str], parts: Sequence[Part], starts: Sequence[int]) -> list[str]:
    pictures: set[int] = set()
    for part, start in zip(parts, starts, strict=True):
        if part.picture:
            pictures |= set(range(start, start + pages_of(part.pdf)))
    return [
        f"page {n}"
        for n, text in enumerate(texts, 1)
        if n not in pictures and not _NUMBER.sub("", text).strip()
    ]


def _said(reader: PdfReader, texts: Sequence[str], name: str, hidden: Sequence[str]) -> list[str]:
    def says(text: str) -> bool:
        return withhold(text, hidden) != text

    wrong = [f"page {n}" for n, text in enumerate(texts, 1) if says(text)]
    xmp = reader.xmp_metadata
    properties = [*(reader.metadata or {}).values(), xmp.stream.get_data().decode() if xmp else ""]
    elsewhere = {
        "the properties": properties,
        "the name of the file": [name],
        "the bookmarks": [item.title for item in reader.outline if isinstance(item, Destination)],
        "an attachment": [*reader.attachments],
    }
    return wrong + [place for place, held in elsewhere.items() if any(says(str(text)) for text in held)]


Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1, 0, 0, 1, 0, 0)


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _too_fine(pdf: bytes, most: int) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        # A dot more or less is rounding.
        return [
            f"page {n}"
            for n, page in enumerate(opened.pages, 1)
            if any(dpi > most + 1 for dpi in _resolutions(page.obj, page.resources, _UNIT, 0))
        ]


MOST_NESTED = 12


def _resolutions(drawn: pikepdf.Object, resources: pikepdf.Object, at: Matrix, depth: int) -> Iterable[float]:
    """Return the dots an inch of each picture, as large as it is drawn."""
    held: Any = resources.get("/XObject")
    if depth > MOST_NESTED or held is None:
        return
    stack, now = [], at
    for step in pikepdf.parse_content_stream(drawn):
        operands: Any = step.operands
        match str(step.operator):
            case "q":
                stack.append(now)
            case "Q":
                now = stack.pop() if stack else at
            case "cm":
                a, b, c, d, e, f = (float(v) for v in operands)
                now = _times((a, b, c, d, e, f), now)
            case "Do":
                thing = held.get(str(operands[0]))
                if thing is None:
                    continue
                if thing.get("/Subtype") == "/Image":
                    wide = (now[0] ** 2 + now[1] ** 2) ** 0.5
                    high = (now[2] ** 2 + now[3] ** 2) ** 0.5
                    if wide and high:
                        yield max(float(thing.Width) / wide, float(thing.Height) / high) * 72
                else:
                    a, b, c, d, e, f = (float(v) for v in thing.get("/Matrix", _UNIT))
                    inner = thing.get("/Resources", resources)
                    yield from _resolutions(thing, inner, _times((a, b, c, d, e, f), now), depth + 1)
