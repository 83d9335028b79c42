"""Say what a zip archive holds, without trusting what it says of itself; nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from lamplighter.message_exports.decoding import storable
from lamplighter.message_exports.shapes import ExportError

MOST_FILES = 20_000
MOST_TEXT = 64 * 2**20
"""Bytes that the file of messages may unpack to."""
_TEXTS = (".txt", ".json", ".jsonl", ".xml", ".eml", ".csv", ".md")


@dataclass(frozen=True, slots=True)
class Inside:
    """The file of messages of an archive, and the names of the files beside it."""

    name: str
    data: bytes
    others: tuple[str, ...]


def is_workbook(data: bytes) -> bool:
    """Tell whether a zip archive is a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" in archive.namelist()[:MOST_FILES]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def opened(data: bytes) -> Inside:
    """Return the one file of messages of an archive.

    Raises:
        ExportError: it is damaged or locked, holds none or several, or one that is far too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = [i for i in archive.infolist() if not i.is_dir()]
            if len(held) > MOST_FILES:
                raise ExportError(
                    f"The archive holds more than {MOST_FILES:,} files.", remedy="Send the chat alone."
                )
            found = _messages(held)
            if found.flag_bits & 0x1:
                raise ExportError("A password protects the archive.", remedy="Send it without a password.")
            with archive.open(found) as file:
                # What the archive says of the size may be wrong: no more is read than may be.
                text = file.read(MOST_TEXT + 1)
    except ExportError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise ExportError(
            "The archive is damaged.", remedy="Export the chat again, and send the file as it is."
        ) from None
    if len(text) > MOST_TEXT:
        raise ExportError(
            f"The file of messages in the archive is larger than {MOST_TEXT // 2**20} MB.",
            remedy="Export a shorter time, or without media.",
        )
    others = tuple(_base(i.filename) for i in held if i is not found)
    return Inside(_base(found.filename), text, others)


def _messages(held: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    texts = [i for i in held if i.filename.lower().endswith(_TEXTS) and not _base(i.filename).startswith(".")]
    for name in ("_chat.txt", "main.jsonl", "result.json"):
        named = [i for i in texts if _base(i.filename) == name]
        if len(named) == 1:
            return named[0]
    chats = [i for i in texts if i.filename.lower().endswith((".txt", ".json", ".xml", ".eml"))]
    likely = [
        i for i in chats if "chat" in _base(i.filename).lower() or "message_" in _base(i.filename).lower()
    ]
    for some in (likely, chats, texts):
        if len(some) == 1:
            return some[0]
    raise ExportError(
        f"The archive holds {len(texts)} files that could be the messages; it must hold one."
        if texts
        else "The archive holds no file of messages.",
        remedy="Unpack it, and send the file of messages of one chat by itself.",
    )


def _base(name: str) -> str:
    return storable(name.replace("\\", "/").rsplit("/", 1)[-1])
