"""PNG pictures: what they carry beside their pixels is read; the pixels must be those of an SVG."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import vl_convert

from lamplighter.disclosure.attack.published_files.refusing import CannotRead

_BEGINS = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs")
_WIDTH = re.compile(r"<svg\b[^>]*?\swidth=\"([\d.]+)")


def png(path: Path, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts that a PNG file carries, and see that its pixels show what an SVG beside it shows.

    Raises:
        CannotRead: it has a part that is not known, or pixels that no SVG of the same name draws.
    """
    mine = _chunks(data)
    for kind, body in mine:
        if kind in _TEXTS:
            yield "PNG text", _text(kind, body)
        elif kind not in _PIXELS:
            raise CannotRead(
                f"It has a part “{kind.decode('latin-1')}” that is not known: draw it anew without."
            )
    drawing = path.with_suffix(".svg")
    if not drawing.exists():
        raise CannotRead(
            "Its pixels cannot be read: attach the SVG that it was drawn from under the same name."
        )
    svg = drawing.read_text("utf-8", "replace")
    size = _WIDTH.search(svg)
    wide = struct.unpack(">I", mine[0][1][:4])[0] if mine and mine[0][0] == b"IHDR" else 0
    if size is None or not wide:
        raise CannotRead("Its pixels cannot be compared: the SVG of the same name says no width.")
    try:
        again = bytes(vl_convert.svg_to_png(svg, scale=round(wide / float(size[1]), 3)))
    except (ValueError, TypeError):
        raise CannotRead("The SVG of the same name cannot be drawn.") from None
    shown = [chunk for chunk in mine if chunk[0] not in _TEXTS]
    if shown != [chunk for chunk in _chunks(again) if chunk[0] not in _TEXTS]:
        raise CannotRead("Its pixels are not those of the SVG of the same name: draw it anew from that.")


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    if not data.startswith(_BEGINS):
        raise CannotRead("It is not a PNG picture.")
    at, found = len(_BEGINS), []
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
        if found[-1][0] == b"IEND":
            break
    if at != len(data) or not found or found[-1][0] != b"IEND" or found[-1][1]:
        raise CannotRead("Something follows the picture's end.")
    return found


def _text(kind: bytes, body: bytes) -> str:
    try:
        if kind == b"zTXt":
            word, _, rest = body.partition(b"\0")
            return f"{word.decode('latin-1')}: {zlib.decompress(rest[1:]).decode('latin-1')}"
        if kind == b"iTXt":
            word, _, rest = body.partition(b"\0")
            packed, tags = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
            text = zlib.decompress(tags[-1]) if packed else tags[-1]
            return f"{word.decode('latin-1')}: {b' '.join([*tags[:-1], text]).decode('utf-8')}"
    except (zlib.error, UnicodeDecodeError):
        raise CannotRead("A text in the picture cannot be read.") from None
    return body.replace(b"\0", b": ").decode("latin-1")
