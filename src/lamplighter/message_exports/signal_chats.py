"""Read Signal: its own export (``main.jsonl``), and that of signal-export (``data.json``, ``chat.md``)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from lamplighter.message_exports.decoding import decoded, lines_of
from lamplighter.message_exports.json_files import Object, fields, objects, text_of
from lamplighter.message_exports.shapes import (
    BLANK,
    OTHER,
    Answers,
    Entry,
    Export,
    ExportError,
    Kind,
    Part,
    closed,
)

FORMAT, CHANNEL = "signal", "message"
ME = "Me"
_MARKDOWN = re.compile(
    r"\[(\d{4}-\d{2}-\d{2})[,T ]+(\d{2}:\d{2}(?::\d{2})?)\] ([^:\n]{1,100}): ?(.*)", re.DOTALL
)
# What stands in a chat item besides who and when: the kinds of item, by the field that holds it.
_FRAMES = (
    "version",
    "account",
    "recipient",
    "chat",
    "stickerPack",
    "adHocCall",
    "notificationProfile",
    "chatFolder",
)


def looks_like(text: str) -> bool:
    """Tell whether the first lines are records of a Signal export."""
    for line in lines_of(text[:20_000])[:20]:
        if _MARKDOWN.match(line):
            return True
        record = _record(line)
        if record is not None:
            return "chatItem" in record or any(n in record for n in _FRAMES[1:4]) or {
                "sender", "body", "date"} <= record.keys() or "backupTimeMs" in record  # fmt: skip
    return False


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read an export: one record, or one line, after the other.

    Raises:
        ExportError: nothing in it is of Signal.
    """
    text, notes = decoded(data)
    lines = lines_of(text)
    records = [_record(line) for line in lines]
    if any(r is not None for r in records):
        entries, parts = _of_records(lines, records)
    else:
        entries, parts = _of_markdown(lines)
    if not entries:
        raise ExportError(
            "No line of this file is a message of Signal.",
            remedy="Send “main.jsonl” of Signal’s own export, or “data.json” or “chat.md” of signal-export.",
        )
    return Export(
        FORMAT, CHANNEL, tuple(entries), tuple(parts), closed("line", len(lines), entries, parts), None,
        tuple(notes),
    )  # fmt: skip


def _record(line: str) -> Object | None:
    if not line.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _of_records(lines: list[str], records: list[Object | None]) -> tuple[list[Entry], list[Part]]:
    names = _names(records)
    entries: list[Entry] = []
    parts: list[Part] = []
    for number, (line, record) in enumerate(zip(lines, records, strict=True), start=1):
        if record is None:
            blank = not line.strip()
            why = "An empty line." if blank else "It is not a whole record: the file was cut off or changed."
            parts.append(Part(number, number, why, line, BLANK if blank else "refused"))
        elif "chatItem" in record:
            entries.append(_item(number, line, fields(record["chatItem"]), names))
        elif {"date", "sender"} <= record.keys():
            entries.append(_exported(number, line, record))
        elif any(name in record for name in _FRAMES):
            parts.append(Part(number, number, "It describes the account or a contact.", line, OTHER))
        else:
            parts.append(Part(number, number, "A kind of record that is not known.", line))
    return entries, parts


def _names(records: list[Object | None]) -> dict[str, str]:
    """Return what each contact is called, by the number that records give it."""
    found = {}
    for record in records:
        told = fields((record or {}).get("recipient"))
        if not told:
            continue
        contact = fields(told.get("contact"))
        given = [contact.get(n) for n in ("profileGivenName", "profileFamilyName")]
        system = [contact.get(n) for n in ("systemGivenName", "systemFamilyName")]
        name = " ".join(text_of(n) for n in (system if any(system) else given) if n)
        number = text_of(contact.get("e164"))
        title = text_of(fields(fields(fields(told.get("group")).get("snapshot")).get("title")).get("title"))
        called = ME if "self" in told else name or (f"+{number.lstrip('+')}" if number else "") or title
        found[text_of(told.get("id"))] = called or f"Contact {text_of(told.get('id'))}"
    return found


def _item(number: int, line: str, item: Object, names: Mapping[str, str]) -> Entry:
    author = text_of(item.get("authorId"))
    who = names.get(author, f"Contact {author}" if author else "")
    mine = True if "outgoing" in item else False if "incoming" in item else None
    kind, text, seconds = Kind.SYSTEM, "", None
    files: tuple[str, ...] = ()
    if "standardMessage" in item or "viewOnceMessage" in item or "directStoryReplyMessage" in item:
        said = next(fields(item[n]) for n in ("standardMessage", "viewOnceMessage", "directStoryReplyMessage")
                    if n in item)  # fmt: skip
        body = said.get("text") or fields(said.get("textReply")).get("text")
        text = text_of(fields(body).get("body") if isinstance(body, dict) else body)
        attached = objects(said.get("attachments")) or (
            [said["attachment"]] if said.get("attachment") else []
        )
        files = tuple(_file(fields(a)) for a in attached)
        kind = Kind.MESSAGE if text or not files else Kind.MEDIA
    elif "remoteDeletedMessage" in item:
        kind, text = Kind.DELETED, "This message was deleted."
    elif "stickerMessage" in item:
        kind, text = Kind.MEDIA, text_of(fields(fields(item["stickerMessage"]).get("sticker")).get("emoji"))
    elif "updateMessage" in item:
        kind, text, who, mine = _update(fields(item["updateMessage"]), who, mine)
    else:
        kept = {k: v for k, v in item.items() if k not in {"chatId", "authorId", "dateSent"}}
        text = text_of(kept)
    return Entry(
        number, number, _moment(item.get("dateSent")), who, kind, text, line, files, seconds, mine=mine
    )


def _file(attachment: Object) -> str:
    pointer = fields(attachment.get("pointer"))
    return text_of(pointer.get("fileName")) or text_of(pointer.get("contentType")) or "a file"


def _update(update: Object, who: str, mine: bool | None) -> tuple[Kind, str, str, bool | None]:
    call = fields(update.get("individualCall"))
    if not call:
        return Kind.SYSTEM, text_of(update), who, mine
    video = "video" in text_of(call.get("type")).lower()
    state, direction = text_of(call.get("state")), text_of(call.get("direction"))
    out = direction.upper().startswith("OUT")
    title = "Video call" if video else "Voice call"
    if state.upper() in {"ACCEPTED"}:
        return Kind.CALL, title, ME if out else who, out
    said = "no answer" if out else "missed" if state.upper().startswith("MISSED") else "not taken"
    return Kind.MISSED_CALL, f"{title}, {said}", ME if out else who, out


def _moment(value: Any) -> dt.datetime | None:
    return moment_of(value, 1000)


def moment_of(value: Any, parts: int) -> dt.datetime | None:
    """Return the moment of a count of parts of a second since 1970; ``None`` for what is none."""
    try:
        number = int(value)
        return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=number * 10**6 // parts)
    except (TypeError, ValueError, OverflowError):
        return None


def _exported(number: int, line: str, record: Object) -> Entry:
    """Read a record of signal-export: the time is that of the computer's clock."""
    sender, text = text_of(record.get("sender")), text_of(record.get("body"))
    files = tuple(
        text_of(fields(a).get("name") if isinstance(a, dict) else a)
        for a in objects(record.get("attachments"))
    )
    try:
        when = dt.datetime.fromisoformat(text_of(record.get("date")))
    except ValueError:
        when = None
    low = text.strip().lower()
    kind = Kind.MEDIA if files and not text else Kind.MESSAGE
    if low in {"missed call", "missed voice call", "missed video call"}:
        kind = Kind.MISSED_CALL
    elif low.startswith(("incoming call", "outgoing call", "voice call", "video call")):
        kind = Kind.CALL
    return Entry(number, number, when, sender, kind, text, line, files, mine=sender == ME,
                 note="" if when else "Its date cannot be read.")  # fmt: skip


def _of_markdown(lines: list[str]) -> tuple[list[Entry], list[Part]]:
    heads = [(n, m) for n, line in enumerate(lines, start=1) if (m := _MARKDOWN.match(line))]
    if not heads:
        return [], []
    parts = [Part(n, n, "It stands before the first message.", lines[n - 1]) for n in range(1, heads[0][0])]
    ends = [n - 1 for n, _ in heads[1:]] + [len(lines)]
    entries = []
    for (number, found), end in zip(heads, ends, strict=True):
        text = "\n".join([found[4].rstrip("\r"), *(x.rstrip("\r") for x in lines[number:end])])
        try:
            when = dt.datetime.fromisoformat(f"{found[1]}T{found[2]}")
        except ValueError:
            when = None
        raw = "\n".join(lines[number - 1 : end])
        entries.append(Entry(number, end, when, found[3], Kind.MESSAGE, text, raw, mine=found[3] == ME,
                             note="" if when else "There is no such date."))  # fmt: skip
    return entries, parts
