"""Read Telegram's JSON export (``result.json``) of one chat, or of several."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.message_exports.json_files import Object, as_it_stands, fields, load, objects, text_of
from lamplighter.message_exports.shapes import Answers, Entry, Export, ExportError, Kind, Part, closed
from lamplighter.message_exports.signal_chats import moment_of

FORMAT, CHANNEL = "telegram", "message"
_MISSED = {"missed", "busy", "declined", "disconnect"}


def looks_like(value: Any) -> bool:
    """Tell whether this is what Telegram writes."""
    told = fields(value)
    if "chats" in told or "left_chats" in told:
        return "list" in fields(told.get("chats"))
    first = next((fields(m) for m in objects(told.get("messages"))), {})
    return (
        "messages" in told and "type" in told and ("id" in first or not first) and "sender_name" not in first
    )


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read an export.

    Raises:
        ExportError: it is damaged, or nothing that Telegram writes.
    """
    value = load(data)
    if not looks_like(value):
        raise ExportError(
            "This file is not an export of Telegram.",
            remedy="In Telegram Desktop choose Export chat history, as JSON, and send “result.json”.",
        )
    chats = objects(fields(value.get("chats")).get("list")) if "chats" in value else [value]
    records = [m for chat in chats for m in objects(fields(chat).get("messages"))]
    entries, parts = [], []
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict) and ("date" in record or "date_unixtime" in record):
            entries.append(_entry(number, record))
        else:
            parts.append(Part(number, number, "It is no message: it has no date.", as_it_stands(record)))
    notes = (f"The file holds {len(chats)} chats.",) if len(chats) > 1 else ()
    return Export(
        FORMAT,
        CHANNEL,
        tuple(entries),
        tuple(parts),
        closed("record", len(records), entries, parts),
        None,
        notes,
    )


def _entry(number: int, record: Object) -> Entry:
    when, note = _when(record)
    who = text_of(record.get("from") or record.get("actor") or record.get("from_id"))
    text = _text(record.get("text"))
    files = _files(record)
    kind, seconds = Kind.MESSAGE, None
    if record.get("type") == "service":
        action = text_of(record.get("action"))
        kind, text = Kind.SYSTEM, text or action.replace("_", " ")
        if action in {"phone_call", "conference_call"}:
            reason = text_of(record.get("discard_reason"))
            seconds = _number(record.get("duration_seconds"))
            kind = Kind.MISSED_CALL if reason in _MISSED or not seconds else Kind.CALL
            text = f"Call, {reason}" if reason else "Call"
    elif not text and (files or record.get("media_type")):
        kind, text = Kind.MEDIA, text_of(record.get("sticker_emoji") or record.get("media_type"))
    if record.get("edited_unixtime") or record.get("edited"):
        note = f"{note} Edited later.".strip()
    return Entry(number, number, when, who, kind, text, as_it_stands(record), files, seconds, note=note)


def _when(record: Object) -> tuple[dt.datetime | None, str]:
    moment = moment_of(record.get("date_unixtime"), 1)
    if moment is not None:
        return moment, ""
    try:
        return dt.datetime.fromisoformat(text_of(record.get("date"))), ""
    except ValueError:
        return None, "Its date cannot be read."


def _text(value: Any) -> str:
    """Join the parts of a text with nothing between: anything else would alter words."""
    if isinstance(value, list):
        return "".join(text_of(fields(p).get("text")) if isinstance(p, dict) else text_of(p) for p in value)
    return text_of(value)


def _files(record: Object) -> tuple[str, ...]:
    named = [record.get("file_name"), record.get("file"), record.get("photo")]
    return tuple(dict.fromkeys(text_of(n).rsplit("/", 1)[-1] for n in named if n))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
