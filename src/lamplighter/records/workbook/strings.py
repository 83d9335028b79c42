"""The texts that the cells of a workbook share, read as far as they are asked for and kept as bytes.

A text of its own for each would take several times the room; a large extract has a hundred thousand.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from xml.parsers import expat

from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.workbook.package import Package, damaged, hostile, too_large

MOST_IN_A_CELL = 1_000_000
"""Characters; Excel itself writes 32,767 at most."""
MOST_TEXT = 2**30
"""Bytes of all shared texts together."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Refused(Exception):
    """More than a workbook holds; carried out of a parser's call-back, and never further."""


def parser(file: InputFile, namespaces: str | None = None) -> expat.XMLParserType:
    """Return a parser that takes no document type, so that no entity can grow or fetch anything.

    With ``namespaces`` names are told with the namespace they belong to, and this between the two.
    """

    def refuse(*_: object) -> None:
        raise hostile(file)

    made = expat.ParserCreate(namespace_separator=namespaces)
    made.buffer_text = True
    made.buffer_size = 2**16
    made.StartDoctypeDeclHandler = refuse
    made.EntityDeclHandler = refuse
    return made


def parse(file: InputFile, made: expat.XMLParserType, pieces: Iterator[bytes]) -> Iterator[None]:
    """Feed a parser piece by piece, pausing after each. Raises ``NotThisFormat`` for damaged XML."""
    try:
        for piece in pieces:
            made.Parse(piece, False)
            yield
        made.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged(file) from error
    except Refused as error:
        raise too_large(file) from error
    yield


def unescaped(text: str) -> str:
    """Return text with the characters that XML cannot hold put back: '_x000D_' is a carriage return."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: _character(int(m[1], 16), m[0]), text)


def _character(code: int, written: str) -> str:
    # Half of a pair by itself is no character.
    return written if 0xD800 <= code <= 0xDFFF else chr(code)


class SharedStrings:
    """The shared texts by number. Raises ``NotThisFormat`` where the part is damaged or made to be large."""

    def __init__(self, package: Package) -> None:
        self._file = package.file
        self._held = bytearray()
        self._ends = array("Q")
        self._reading = self._read(package) if package.strings else iter(())

    def __getitem__(self, number: int) -> str:
        """Return one text. Raises ``IndexError`` for a number that the workbook has no text for."""
        while number >= len(self._ends):
            if next(self._reading, self) is self:
                raise IndexError(number)
        start = self._ends[number - 1] if number else 0
        return unescaped(self._held[start : self._ends[number]].decode("utf-8"))

    def _read(self, package: Package) -> Iterator[None]:
        made = parser(self._file)
        start, end, chars = self._handlers()
        made.StartElementHandler, made.EndElementHandler = start, end
        made.CharacterDataHandler = chars
        return parse(self._file, made, package.pieces(package.strings))

    def _handlers(
        self,
    ) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
        parts: list[str] = []
        size, taking, phonetic = 0, False, 0

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal taking, phonetic, size
            name = name.rpartition(":")[2]
            if name == "t":
                taking = not phonetic
            elif name == "rPh":
                phonetic += 1
            elif name == "si":
                parts.clear()
                size = 0

        def end(name: str) -> None:
            nonlocal taking, phonetic
            name = name.rpartition(":")[2]
            if name == "t":
                taking = False
            elif name == "rPh":
                phonetic -= 1
            elif name == "si":
                self._held.extend("".join(parts).encode("utf-8", "replace"))
                self._ends.append(len(self._held))
                if len(self._held) > MOST_TEXT:
                    raise Refused

        def chars(text: str) -> None:
            nonlocal size
            if taking:
                size += len(text)
                if size > MOST_IN_A_CELL:
                    raise Refused
                parts.append(text)

        return start, end, chars
