"""Bytes to numbered lines of text: chunk by chunk, whatever the encoding and the line ends turn out to be."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lamplighter.records.errors import CompressedFile, EmptyFile, FileNotReadable, NotThisFormat

CHUNK = 16 * 1024 * 1024  # bytes read at a time
MAX_LINE = 8 * 1024 * 1024  # bytes; a longer line is no row

_COMPRESSED = {
    b"PK\x03\x04": "a zip archive (or a spreadsheet)",
    b"PK\x05\x06": "a zip archive",
    b"PK\x07\x08": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"Rar!\x1a\x07": "a RAR archive",
}
_OTHER = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office document, or one with a password",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"\x80\x04\x95": "a Python pickle",
    b"\x80\x05\x95": "a Python pickle",
    b"$FL2": "an SPSS file",
    b"<stata_dta>": "a Stata file",
    b"\x89HDF": "an HDF5 file",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes(b for b in range(32) if b not in b"\t\r\n") + b"\x7f"


class Lines(NamedTuple):
    """Some lines of a file, without their ends; ``first`` is the number of the first, counted from 1."""

    first: int
    text: list[str]
    other_encoding: list[int]
    controls: list[int]
    too_long: list[int]


def read_lines(path: Path, encoding: str, label: str = "") -> Iterator[Lines]:
    """Yield the lines of a text file, :data:`CHUNK` bytes at a time; errors call it ``label``, or its name.

    A line that cannot be read in ``encoding`` is read in UTF-8 or
    Windows-1252 and its number is listed in ``other_encoding``. Raises
    ``CompressedFile``, ``NotThisFormat``, ``EmptyFile`` or ``FileNotReadable``.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            check_kind(label or path.name, head)
            file.seek(0)
            wide = _wide(head)
            first = 1
            for number, raw in enumerate(_chunks(_transcoded(file, wide) if wide else file)):
                if number == 0 and raw[0].startswith(codecs.BOM_UTF8):
                    raw[0] = raw[0][3:]
                yield _decoded(first, raw, "utf-8" if wide else encoding)
                first += len(raw)
    except OSError as error:
        raise FileNotReadable(
            f"The file cannot be read ({error.strerror or 'input error'}).",
            file=label or path.name,
            remedy="Check the path and that you may open it.",
        ) from error


def first_lines(path: Path, encoding: str, size: int = 65_536) -> list[str]:
    """Return the whole lines in the first bytes of a text file; as little of it is read.

    Raises:
        RecordsError: it is no text file, or there is nothing in it.
    """
    with path.open("rb") as file:
        head = file.read(size)
    check_kind(path.name, head)
    if wide := _wide(head):
        head = codecs.getincrementaldecoder(wide)("replace").decode(head).encode("utf-8", "replace")
    if len(head) >= size and b"\n" in head:
        head = head[: head.rindex(b"\n")]
    ends = b"\n" if b"\n" in head else b"\r"
    raw = head.removeprefix(codecs.BOM_UTF8).split(ends)
    return _decoded(1, raw, "utf-8" if wide else encoding).text


def check_kind(name: str, head: bytes) -> None:
    """Refuse what is not text before anything of it is read. Raises ``CompressedFile``,
    ``NotThisFormat``, ``EmptyFile``.
    """
    for magic, what in _COMPRESSED.items():
        if head.startswith(magic):
            raise CompressedFile(
                f"This is {what}. Compressed files are not opened.",
                file=name,
                place="first bytes",
                remedy="Unpack it, look inside, and import the files; save a spreadsheet as CSV (UTF-8).",
            )
    for magic, what in _OTHER.items():
        if head.startswith(magic):
            raise NotThisFormat(
                f"This is {what}, not a text file.",
                file=name,
                place="first bytes",
                remedy="Choose the right file, or a way to read this kind; save a table as CSV (UTF-8).",
            )
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe\x1a"):
        raise EmptyFile(
            "There is nothing in the file.", file=name, remedy="Ask the sender for the export again."
        )


def _wide(head: bytes) -> str | None:
    """Return the name of a two-byte encoding, by its mark or by every other byte being zero."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:400:2], head[1:400:2]
    if len(odd) >= 8 and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(even) >= 8 and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


class _Transcoded:
    """A reader of UTF-16 that gives UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        raw = self._file.read(size)
        return self._decoder.decode(raw, final=not raw).encode("utf-8", "replace")


def _transcoded(file: BinaryIO, encoding: str) -> _Transcoded:
    return _Transcoded(file, encoding)


def _chunks(file: BinaryIO | _Transcoded) -> Iterator[list[bytes]]:
    """Lists of whole lines. A line above the limit is cut to one byte more than it, and the rest of it
    is passed over.
    """
    carry = b""
    ends: bytes | None = None
    while True:
        block = file.read(CHUNK)
        if not block:
            break
        if ends is None:
            ends = b"\r" if b"\n" not in block and block.count(b"\r") > 1 else b"\n"
        data = carry + block
        cut = data.rfind(ends)
        if cut < 0:
            carry = data if len(data) <= MAX_LINE else data[: MAX_LINE + 1]
            continue
        lines = data[:cut].split(ends)
        carry = data[cut + 1 :]
        if len(carry) > MAX_LINE:
            carry = carry[: MAX_LINE + 1]
        yield lines
    if carry:
        yield [carry]


def _decoded(first: int, raw: list[bytes], encoding: str) -> Lines:
    other: list[int] = []
    controls: list[int] = []
    too_long: list[int] = []
    block = b"\n".join(raw)
    text = _whole(block, encoding)
    simple = max(map(len, raw)) <= MAX_LINE
    if text is not None and simple:
        lines = text.split("\n")  # nothing to look at line by line
    else:
        lines = []
        for i, line in enumerate(raw):
            if len(line) > MAX_LINE:
                too_long.append(first + i)
                lines.append("")
                continue
            good = _line(line, encoding)
            if good is None:
                other.append(first + i)
                good = _fallback(line, encoding)
            lines.append(good)
    if len(block) != len(block.translate(None, _CONTROL_BYTES)):
        for i, line_text in enumerate(lines):
            if _CONTROL.search(line_text):
                controls.append(first + i)
                lines[i] = _CONTROL.sub("", line_text)
    if b"\r" in block:
        lines = [line[:-1] if line.endswith("\r") else line for line in lines]
    return Lines(first, lines, other, controls, too_long)


def _whole(block: bytes, encoding: str) -> str | None:
    """Return the whole block at once when it is plain ASCII, or readable in the encoding that was said."""
    try:
        return (
            block.decode("ascii")
            if block.isascii()
            else (block.decode(encoding) if encoding == "utf-8" else None)
        )
    except (UnicodeDecodeError, LookupError):
        return None


def _line(line: bytes, encoding: str) -> str | None:
    """Return a line in the encoding that was said; in a one-byte encoding, valid UTF-8 is UTF-8 and
    says so.
    """
    if line.isascii():
        return line.decode("ascii")
    try:
        if encoding != "utf-8":
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return line.decode(encoding)
            return None
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fallback(line: bytes, encoding: str) -> str:
    for candidate in ("utf-8", "cp1252") if encoding != "utf-8" else ("cp1252",):
        try:
            return line.decode(candidate)
        except UnicodeDecodeError:
            continue
    return line.decode("cp1252", "replace")
