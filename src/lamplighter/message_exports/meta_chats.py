"""Read Messenger and Instagram: ``message_1.json`` of "Download your information", or Messenger's own."""

from __future__ import annotations

from typing import Any

from lamplighter.message_exports.json_files import (
    Object,
    as_it_stands,
    fields,
    load,
    objects,
    repaired,
    text_of,
)
from lamplighter.message_exports.shapes import Answers, Entry, Export, ExportError, Kind, Part, closed
from lamplighter.message_exports.signal_chats import moment_of

MESSENGER, INSTAGRAM, CHANNEL = "messenger", "instagram", "social_media"
_ATTACHED = ("photos", "videos", "audio_files", "files", "gifs", "media")


def looks_like(value: Any) -> bool:
    """Tell whether this is what Messenger or Instagram writes."""
    told = fields(value)
    first = next((fields(m) for m in objects(told.get("messages"))), {})
    return "messages" in told and "participants" in told and (
        not first or "sender_name" in first or "senderName" in first or "timestamp_ms" in first
    )  # fmt: skip


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read an export; the newest message is the first in the file, and is given where it stands.

    Raises:
        ExportError: it is damaged, or nothing that Messenger or Instagram writes.
    """
    value = load(data)
    if not looks_like(value):
        raise ExportError(
            "This file is not an export of Messenger or Instagram.",
            remedy="Send “message_1.json” of the conversation, from “Download your information”, as JSON.",
        )
    records = objects(value["messages"])
    entries: list[Entry] = []
    parts = []
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict) and ("timestamp_ms" in record or "timestamp" in record):
            entries.append(_entry(number, record))
        else:
            parts.append(Part(number, number, "It is no message: it has no date.", as_it_stands(record)))
    path = text_of(value.get("thread_path")) + text_of(value.get("magic_words"))
    instagram = "instagram" in path or any("instagram" in e.raw for e in entries[:50])
    return Export(
        INSTAGRAM if instagram else MESSENGER, CHANNEL, tuple(_edits(entries)), tuple(parts),
        closed("record", len(records), entries, parts),
    )  # fmt: skip


def _entry(number: int, record: Object) -> Entry:
    own = "senderName" in record
    who = text_of(record.get("senderName") if own else record.get("sender_name"))
    text = text_of(record.get("text") if own else record.get("content"))
    meant_who, meant = (who, text) if own else (repaired(who), repaired(text))
    files = tuple(_name(f) for n in _ATTACHED for f in objects(record.get(n)))
    seconds = record.get("call_duration") if isinstance(record.get("call_duration"), int) else None
    kind = Kind.MESSAGE
    if record.get("is_unsent") or record.get("isUnsent"):
        kind, meant = Kind.DELETED, meant or "This message was unsent."
    elif "call_duration" in record or text_of(record.get("type")).lower() == "call":
        kind = Kind.CALL if seconds else Kind.MISSED_CALL
        meant = meant or "Call"
    elif not meant:
        share = fields(record.get("share"))
        link = repaired(" ".join(text_of(share.get(n)) for n in ("link", "share_text") if share.get(n)))
        meant = link or ("Sticker" if record.get("sticker") else "")
        kind = Kind.MEDIA if files or link or record.get("sticker") else Kind.MESSAGE
    when = moment_of(record.get("timestamp_ms", record.get("timestamp")), 1000)
    changed = (meant_who, meant) != (who, text) and bool(text) and meant != "Call"
    note = "Its letters were repaired; as it stood is kept." if changed and repaired(text) != text else ""
    if when is None:
        note = f"{note} Its date cannot be read.".strip()
    return Entry(
        number, number, when, meant_who, kind, meant, as_it_stands(record), files, seconds, note=note
    )


def _name(file: Any) -> str:
    told = fields(file)
    return repaired(text_of(told.get("uri") or told.get("name") or file)).rsplit("/", 1)[-1]


def _edits(entries: list[Entry]) -> list[Entry]:
    """Mark what may be an edit: the app writes an edited message as two of the same moment."""
    found: list[Entry] = []
    for entry in entries:
        before = found[-1] if found else None
        if before and entry.when and before.when == entry.when and before.who == entry.who != "":
            note = f"{entry.note} The same moment as record {before.place}: it may be an edit of it.".strip()
            entry = Entry(
                entry.place, entry.end, entry.when, entry.who, entry.kind, entry.text, entry.raw,
                entry.attachments, entry.seconds, entry.day_only, entry.mine, note,
            )  # fmt: skip
        found.append(entry)
    return found
