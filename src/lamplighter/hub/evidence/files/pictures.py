"""Pictures made anew: upright, without what a camera wrote beside them, and with parts burnt out.

Nothing of the file is copied but its points, so that no position, no name of a camera and nothing that was
hung on to it comes along. The original stays as it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw, ImageFont, ImageOps

from lamplighter.hub.evidence.files.opening import BROKEN, FORMATS, PICTURE_KINDS
from lamplighter.hub.site.refusals import NotPossibleError

LONGEST, GRID = 2000, 12
PER_INCH = 200
DRAWN = PICTURE_KINDS | {"pdf"}
"""Kinds of files of which the hub draws pages."""
SHEET = (1654, 2339)
"""Points of a page of A4 at that many an inch, upright."""
MARGIN = 100
COLUMNS = "ABCDEFGHIJKL"
AREA = re.compile(r"([A-L])(\d{1,2})(?::([A-L])(\d{1,2}))?", re.IGNORECASE)

NOT_DRAWN = (OSError, ValueError, MemoryError, SyntaxError, TypeError, LookupError, ArithmeticError)
"""Errors of drawing a picture that came from somebody: what is written beside its points may be anything."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom of a part, as fractions of the upright picture."""


class NotDrawnError(NotPossibleError):
    """The file was taken in, and cannot be drawn: its reader forgives more than what draws."""


def areas(text: str) -> list[Box]:
    """Return the parts that squares name, ``B2:D4, F1``. Raises ``ValueError`` with the wrong one."""
    found = []
    for one in re.split(r"[,;\s]+", text.strip()):
        if not one:
            continue
        read = AREA.fullmatch(one)
        rows = [int(r) for r in (read[2], read[4] or read[2])] if read else [0]
        if read is None or not all(1 <= r <= GRID for r in rows):
            raise ValueError(one)
        columns = [COLUMNS.index(c.upper()) for c in (read[1], read[3] or read[1])]
        found.append(
            (min(columns) / GRID, (min(rows) - 1) / GRID, (max(columns) + 1) / GRID, max(rows) / GRID)
        )
    return found


def upright(file: BinaryIO) -> Image.Image:
    """Return the points of a picture as they are to be looked at, without anything else of it."""
    try:
        with Image.open(file, formats=FORMATS) as opened:
            try:
                turned = ImageOps.exif_transpose(opened)
            except NOT_DRAWN:
                # What is written beside its points is no EXIF: they are looked at as they stand.
                turned = opened
            turned = turned.convert("RGBA")
    except BROKEN as problem:
        raise NotDrawnError("The picture cannot be drawn. It may be damaged: ask for it again.") from problem
    plain = Image.new("RGB", turned.size, "white")
    plain.paste(turned, mask=turned.getchannel("A"))
    return plain


def view(file: BinaryIO) -> bytes:
    """Return the picture made anew for a page: at most 2,000 points wide or high, as JPEG."""
    made = upright(file)
    made.thumbnail((LONGEST, LONGEST))
    return _jpeg(made)


def with_grid(file: BinaryIO) -> bytes:
    """Return the same with a grid over it, by whose squares people say which parts are to go."""
    made = upright(file)
    made.thumbnail((1200, 1200))
    return _jpeg(_gridded(made))


def burnt(file: BinaryIO, boxes: Sequence[Box]) -> bytes:
    """Return the upright picture, in full size, with these parts black. PNG: no point beside them changes."""
    made = upright(file)
    _burn(made, boxes)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


@contextmanager
def _document(file: BinaryIO) -> Iterator[pypdfium2.PdfDocument]:
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file.read())
        try:
            yield document
        finally:
            document.close()
    except pypdfium2.PdfiumError as problem:
        raise NotDrawnError(
            "The pages of the PDF cannot be drawn: it is damaged. Open it, print it to a new PDF, "
            "and send that."
        ) from problem


def page(file: BinaryIO, number: int, *, per_inch: int = PER_INCH) -> Image.Image:
    """Return a page of a PDF as a picture; the first is 1. Raises ``ValueError`` where there is none such."""
    with _document(file) as document:
        if not 1 <= number <= len(document):
            raise ValueError(str(number))
        one = document[number - 1]
        # A page of any size: as large as asked, or as many points as a large picture has.
        scale = min(per_inch / 72, 5000 / max(one.get_width(), one.get_height(), 1))
        drawn: Image.Image = one.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        return drawn


def pages_of(file: BinaryIO) -> int:
    """Count the pages of a PDF."""
    with _document(file) as document:
        return len(document)


def page_with_grid(file: BinaryIO, number: int) -> bytes:
    """Return a page of a PDF with the grid over it."""
    return _jpeg(_gridded(page(file, number, per_inch=100)))


def drawn_again(file: BinaryIO, boxes: Mapping[int, Sequence[Box]]) -> bytes:
    """Return the PDF with every page drawn as a picture, and these parts of these pages black.

    No text, link, attachment, script or hidden layer of the original is in it: only what a reader would see.
    """
    out = io.BytesIO()
    with pikepdf.new() as made:
        for number in range(1, pages_of(file) + 1):
            drawn = page(file, number)
            _burn(drawn, boxes.get(number, ()))
            one = io.BytesIO()
            drawn.save(one, "PDF", resolution=PER_INCH)
            # A page at a time, so that a long document is not in memory as pictures.
            with pikepdf.open(one) as part:
                made.pages.extend(part.pages)
        made.save(out)
    return out.getvalue()


def as_pages(file: BinaryIO, kind: str) -> bytes:
    """Return a file of a kind of :data:`DRAWN` as a PDF of pictures. A picture is one page of A4."""
    if kind == "pdf":
        return drawn_again(file, {})
    shown = upright(file).convert("RGBA")
    wide, high = SHEET if shown.width <= shown.height else SHEET[::-1]
    shown.thumbnail((wide - 2 * MARGIN, high - 2 * MARGIN))
    sheet = Image.new("RGB", (wide, high), "white")
    sheet.paste(shown, ((wide - shown.width) // 2, MARGIN), shown)
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=PER_INCH)
    return out.getvalue()


def _burn(picture: Image.Image, boxes: Sequence[Box]) -> None:
    draw = ImageDraw.Draw(picture)
    wide, high = picture.size
    for left, top, right, bottom in boxes:
        # A point more on each side: nothing shows at the edge of a square.
        corners = (int(left * wide) - 1, int(top * high) - 1, int(right * wide) + 1, int(bottom * high) + 1)
        draw.rectangle(corners, fill="black")


def _gridded(picture: Image.Image) -> Image.Image:
    draw, (wide, high) = ImageDraw.Draw(picture, "RGBA"), picture.size
    font = ImageFont.load_default(max(10, min(wide, high) // 40))
    for n in range(GRID + 1):
        for at in (
            ((n * wide // GRID, 0), (n * wide // GRID, high)),
            ((0, n * high // GRID), (wide, n * high // GRID)),
        ):
            draw.line(at, fill=(255, 255, 255, 200), width=3)
            draw.line(at, fill=(0, 0, 0, 255), width=1)
    for column in range(GRID):
        for row in range(GRID):
            corner = (column * wide // GRID + 3, row * high // GRID + 2)
            draw.text(
                corner,
                f"{COLUMNS[column]}{row + 1}",
                fill="black",
                font=font,
                stroke_width=2,
                stroke_fill="white",
            )
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
