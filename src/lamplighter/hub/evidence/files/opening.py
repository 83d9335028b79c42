"""Say what a file is by opening it with the reader of its type. What the browser says counts for nothing.

A type is on the hub's list (``rules.toml``), known by the ending of the name; the reader then proves it. For
pictures the reader decides: messengers send WebP under the name of JPEG. What cannot be opened is refused
with the reason, and stays with whoever has it. No name of a file is ever a path.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import defusedxml.ElementTree
import pi_heif
import pikepdf
from defusedxml.common import DefusedXmlException
from PIL import Image

from lamplighter.hub.evidence.files import media
from lamplighter.hub.site.refusals import NotPossibleError

pi_heif.register_heif_opener()
PICTURES: Mapping[str, str] = {
    "JPEG": "jpeg",
    "MPO": "jpeg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "HEIF": "heic",
}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
PACKAGES = {
    "docx": ("[Content_Types].xml", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
    "odt": ("mimetype", "content.xml"),
    "ods": ("mimetype", "content.xml"),
}
# Archives inside an archive: how much is in them nobody has counted; no scanner is believed to have read it.
PACKED = (b"PK\3\4", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
UNKNOWN = 1 << 62
BLOCK = 1 << 20
LONGEST_NAME = 150
# Characters of a cell; the csv module refuses more than these by itself, unless told otherwise.
CELL = 131_072
PAIRS = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a reader: pixels of a picture, bytes read whole, entries and bytes of an archive."""

    pixels: int
    whole: int
    entries: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class Opened:
    """Type of a file, and the bytes at once that a scanner must be able to read to have read all of it."""

    kind: str
    scanned: int


class RefusedError(NotPossibleError):
    """The file is not taken in; the text says why and what to do."""


def shown_name(sent: str) -> str:
    """Return the name of a file as kept for people: its last part, without signs that turn text about."""
    last = PurePosixPath(sent.replace("\\", "/").replace("\0", "")).name
    plain = "".join(c for c in PAIRS.sub("", last) if unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    plain = plain.strip() or "file without a name"
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= LONGEST_NAME:
        return plain
    return (
        f"{(stem or ending)[: LONGEST_NAME - 12]}…{dot}{ending[:10]}"
        if dot
        else f"{plain[: LONGEST_NAME - 1]}…"
    )


def ending(name: str) -> str:
    """Return the ending of a name, in small letters, "" for none."""
    _, dot, last = shown_name(name).rpartition(".")
    return f".{last.lower()}" if dot else ""


def read(file: BinaryIO, size: int, name: str, types: Mapping[str, str], limits: Limits) -> Opened:
    """Return what the file is. ``types``: ending → code, as the hub's list has it today.

    Raises :class:`RefusedError`.
    """
    said = types.get(ending(name))
    if said is None:
        known = ", ".join(sorted(e.removeprefix(".") for e in types))
        raise RefusedError(f"Files of this type are not taken in. These are: {known}.")
    if not size:
        raise RefusedError("The file is empty. Copy it again from where it is.")
    file.seek(0)
    try:
        found = READERS[said](file, size, limits) or Opened(said, size)
    except RefusedError:
        raise
    except BROKEN as problem:
        raise RefusedError(
            f"It cannot be opened as the name says (.{said}). It may be damaged, cut off, or something else "
            "under this name. Copy it again, or send it under the name of what it is."
        ) from problem
    finally:
        file.seek(0)
    if found.kind not in types.values():
        raise RefusedError(f"It is a {found.kind.upper()} file, which this hub does not take in.")
    return found


BROKEN: tuple[type[Exception], ...] = (
    *(pikepdf.PdfError, zipfile.BadZipFile, Image.DecompressionBombError, csv.Error, SyntaxError, EOFError),
    # Raised by what unpacks, each of them an error of nobody's family.
    *(zlib.error, lzma.LZMAError, struct.error),
    *(DefusedXmlException, MemoryError, AttributeError, TypeError),
    *(ValueError, OSError, LookupError, RecursionError, OverflowError, NotImplementedError),
)


def _picture(file: BinaryIO, size: int, limits: Limits) -> Opened:
    with Image.open(file, formats=FORMATS) as picture:
        if picture.width * picture.height > limits.pixels:
            raise RefusedError(
                f"The picture has {picture.width} by {picture.height} points, more than the hub takes in. "
                "Send a smaller one, and keep this as an object with whoever holds it."
            )
        found = PICTURES[picture.format or ""]
        # Two ends of it: the head was read by opening; a picture that was cut off does not load.
        picture.load()
    return Opened(found, size)


def _pdf(file: BinaryIO, size: int, limits: Limits) -> None:
    try:
        with pikepdf.open(file) as document:
            if not len(document.pages):
                raise RefusedError("The PDF has no page. Copy it again.")
    except pikepdf.PasswordError as problem:
        raise RefusedError(
            "The PDF is locked with a password, and cannot be checked for viruses. Save a copy without."
        ) from problem


def _archive(file: BinaryIO, size: int, limits: Limits, kind: str) -> tuple[Opened, set[str]]:
    """Read every part to its end: what the list of contents says of its size is the sender's claim."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if any(m.flag_bits & 1 for m in members):
            raise RefusedError("The archive is locked with a password. Send what is in it without one.")
        largest = total = 0
        for member in members[: limits.entries]:
            with archive.open(member) as part:
                begins, length = part.read(8), 0
                length = len(begins)
                while length and (block := part.read(BLOCK)):
                    length += len(block)
                    if total + length > limits.unpacked:
                        break
            total += length
            largest = max(largest, length, UNKNOWN if begins.startswith(PACKED) else 0)
            if total > limits.unpacked:
                break
        if len(members) > limits.entries or total > limits.unpacked:
            raise RefusedError(
                f"The archive holds more than the hub unpacks ({limits.entries} files, "
                f"{limits.unpacked // 1024**2} MB). Send it in parts."
            )
    # A scanner reads four times as much of an archive as of one file, as ClamAV comes.
    return Opened(kind, max(size, largest, total // 4)), {m.filename for m in members}


def _zip(file: BinaryIO, size: int, limits: Limits) -> Opened:
    found, names = _archive(file, size, limits, "zip")
    if not names:
        raise RefusedError("The archive is empty. Copy it again.")
    return found


def _package(code: str) -> Callable[[BinaryIO, int, Limits], Opened]:
    def open_it(file: BinaryIO, size: int, limits: Limits) -> Opened:
        found, names = _archive(file, size, limits, code)
        if not names.issuperset(PACKAGES[code]):
            raise ValueError("parts of such a document are missing")
        if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
            raise RefusedError("The document holds macros (small programs). Save it without, and send that.")
        return found

    return open_it


def _whole(file: BinaryIO, size: int, limits: Limits) -> bytes:
    if size > limits.whole:
        raise RefusedError(
            f"Files of this type are read whole, up to {limits.whole // 1024**2} MB. Send it in parts."
        )
    return file.read()


def _email(file: BinaryIO, size: int, limits: Limits) -> None:
    message = BytesParser(policy=policy.default).parsebytes(_whole(file, size, limits))
    if not ({name.lower() for name in message} & {"from", "received", "date", "message-id"}):
        raise ValueError("no line that an email has")
    for part in message.walk():
        part.get_content_type()


def _json(file: BinaryIO, size: int, limits: Limits) -> None:
    json.loads(_whole(file, size, limits))


def _json_lines(file: BinaryIO, size: int, limits: Limits) -> None:
    for line in _lines(file):
        if line.strip():
            json.loads(line)


def _csv(file: BinaryIO, size: int, limits: Limits) -> None:
    # Our own limit: that of the csv module is one for the process, and another package may have lifted it.
    for row in csv.reader(_lines(file)):
        if any(len(cell) > CELL for cell in row):
            raise csv.Error("a cell is longer than a sheet can hold")


def _text(file: BinaryIO, size: int, limits: Limits) -> None:
    for _ in _lines(file):
        pass


def _xml(file: BinaryIO, size: int, limits: Limits) -> None:
    if size > limits.unpacked:
        raise RefusedError("The file is larger than the hub reads. Send it in parts.")
    root = None
    for event, element in defusedxml.ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True):
        root = element if root is None else root
        if event == "end" and element is not root:
            element.clear()


def decoding(beginning: bytes) -> str:
    """Return the name of the encoding of a text, by its first bytes. Raises ``ValueError`` for none."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in beginning:
        raise ValueError("no text")
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(beginning)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lines(file: BinaryIO) -> Iterator[str]:
    """Lines of a text, none longer than is read at once. What cannot be decoded is no text."""
    encoding = decoding(file.read(BLOCK))
    file.seek(0)
    # Read by a wrapper of its own, which leaves the file open.
    text = io.TextIOWrapper(io.BufferedReader(_Raw(file)), encoding=encoding, newline="")
    while line := text.readline(BLOCK):
        if "\0" in line:
            raise ValueError("no text")
        yield line


class _Raw(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _media(walk: Callable[[BinaryIO, int], None]) -> Callable[[BinaryIO, int, Limits], None]:
    return lambda file, size, limits: walk(file, size)


READERS: Mapping[str, Callable[[BinaryIO, int, Limits], Opened | None]] = {
    **dict.fromkeys(("jpeg", "png", "webp", "gif", "heic"), _picture),
    "pdf": _pdf,
    **{code: _package(code) for code in PACKAGES},
    "zip": _zip,
    "eml": _email,
    "json": _json,
    "jsonl": _json_lines,
    "csv": _csv,
    "xml": _xml,
    "txt": _text,
    "mp4": _media(media.mp4),
    "ogg": _media(media.ogg),
    "wav": _media(media.wav),
    "mp3": _media(media.mp3),
}
PICTURE_KINDS = frozenset(PICTURES.values())
