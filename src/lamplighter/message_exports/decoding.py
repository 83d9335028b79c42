"""Turn bytes into text with nothing lost, and nothing in it that a database cannot hold."""

from __future__ import annotations

import re

_LONE = re.compile("[\ud800-\udfff]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, and what to say of it. Bytes that are no text are shown as ``\\xNN``."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    notes = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="backslashreplace")
        line = data[: error.start].count(b"\n") + 1
        notes.append(f"From line {line} on, some bytes are not text. They are shown as \\x and a number.")
    clean = storable(text)
    if clean != text:
        notes.append("The file has characters of no meaning (NUL). They are shown as ␀.")
    return clean, notes


def storable(text: str) -> str:
    """Return the text with signs that can be stored in place of those that cannot."""
    plain = text.replace("\x00", "\u2400")
    return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", plain)


def lines_of(text: str) -> list[str]:
    """Split at line feeds alone: what else a message holds belongs to it. A last empty one is no line."""
    found = text.split("\n")
    return found[:-1] if found and not found[-1] else found
