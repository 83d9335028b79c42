"""Tell which format a file has, and read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lamplighter.message_exports import (
    archives,
    call_logs,
    diary,
    email_files,
    meta_chats,
    signal_chats,
    sms,
    tables,
    telegram,
    whatsapp,
)
from lamplighter.message_exports.decoding import decoded
from lamplighter.message_exports.json_files import load
from lamplighter.message_exports.shapes import Answers, Export, ExportError

TITLES = {
    "whatsapp": "WhatsApp",
    "signal": "Signal",
    "telegram": "Telegram",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "sms": "Text messages (SMS Backup & Restore)",
    "calls": "Calls (SMS Backup & Restore)",
    "email": "Email",
    "call_log": "Call log",
    "diary": "Diary",
}
Reader = Callable[[bytes, Answers | None], Export]
LARGEST = 64 * 2**20
"""Bytes of a file that is read."""


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read a file of any format that is known; what it is called does not count.

    Raises:
        ExportError: no format is known, or the file is damaged; it says where, and what to do.
    """
    if not data.strip():
        raise ExportError(
            "The file is empty.", remedy="Export it again, and look at its size before you send it."
        )
    if len(data) > LARGEST:
        raise ExportError(
            f"The file is larger than {LARGEST // 2**20} MB.", remedy="Export it without media."
        )
    if data.startswith(b"PK\x03\x04") and not archives.is_workbook(data):
        inside = archives.opened(data)
        if inside.data.startswith(b"PK\x03\x04"):
            raise ExportError(
                "The archive holds another archive.", remedy="Unpack it, and send the chat by itself."
            )
        found = read(inside.data, answers)
        named = {a for e in found.entries for a in e.attachments}
        there = tuple(sorted(named & set(inside.others)))
        return replace(found, attachments_found=there)
    return _reader(data)(data, answers)


def _reader(data: bytes) -> Reader:
    if archives.is_workbook(data):
        return _of_table(data)
    text, _ = decoded(data[:200_000])
    head = text.lstrip("\ufeff \r\n\t")
    if head.startswith("<"):
        if sms.looks_like(text):
            return sms.read
    elif head.startswith(("{", "[")) and not whatsapp.looks_like(text):
        if signal_chats.looks_like(text):
            return signal_chats.read
        value = load(data)
        if telegram.looks_like(value):
            return telegram.read
        if meta_chats.looks_like(value):
            return meta_chats.read
    elif email_files.looks_like(text):
        return email_files.read
    if whatsapp.looks_like(text):
        return whatsapp.read
    if signal_chats.looks_like(text):
        return signal_chats.read
    return _of_table(data)


def _of_table(data: bytes) -> Reader:
    table = tables.read(data, lambda cells: diary.is_headings(cells) or call_logs.columns(cells))
    for row in table.rows[:30]:
        if call_logs.columns(row.cells):
            return call_logs.read
        if diary.is_headings(row.cells):
            return diary.read
    raise ExportError(
        "The hub does not know this kind of file.",
        remedy="It reads exports of WhatsApp, Signal, Telegram, Messenger, Instagram, SMS Backup & Restore, "
        "emails (.eml), call logs and the diary. For anything else, send screenshots.",
    )
