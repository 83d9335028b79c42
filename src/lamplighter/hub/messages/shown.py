"""Copies of pictures to look at, without where and with what they were taken. Originals stay as they are."""

from __future__ import annotations

from lamplighter.hub.messages.policies import picture_type

_JPEG_KEPT = frozenset({0xE0, 0xEE})
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"pHYs"}
)


def to_look_at(data: bytes) -> tuple[bytes, str] | None:
    """Return a copy without positions, names and dates, and its type; ``None`` where none can be made.

    Only what is needed to draw it is kept, so that nothing else can be in it.
    """
    sort = picture_type(data)
    try:
        made = {"image/png": _png, "image/jpeg": _jpeg}[sort](data)
    except (KeyError, ValueError, IndexError):
        return None
    return made, sort


def _png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            break
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
    raise ValueError("it has no end")


def _jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            # What follows is the picture itself, to its end and no further: phones put more behind it.
            end = data.find(b"\xff\xd9", at)
            if end < 0:
                raise ValueError("it has no end")
            kept.append(data[at : end + 2])
            return b"".join(kept)
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            raise ValueError("a part without a length")
        info = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not info or marker in _JPEG_KEPT:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    raise ValueError("not what a JPEG is")
