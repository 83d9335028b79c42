"""Read WhatsApp's text export (``_chat.txt``), of Android and of iPhones, in many languages.

Deleted messages, missed calls and what the app itself says are entries like any other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from lamplighter.message_exports import dates
from lamplighter.message_exports.dates import Order, Written
from lamplighter.message_exports.decoding import decoded, lines_of
from lamplighter.message_exports.shapes import (
    Answers,
    Entry,
    Export,
    ExportError,
    Kind,
    Part,
    closed,
    order_of,
)
from lamplighter.rule_files import reading

FORMAT, CHANNEL = "whatsapp", "message"
MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_S = rf"[ \t\u00a0\u2009\u202f{MARKS}]"
_DATE = rf"(?P<a>\d{{1,4}}){_S}*[./\-]{_S}*(?P<b>\d{{1,2}}){_S}*[./\-]{_S}*(?P<c>\d{{1,4}})\.?"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class _Head:
    """The beginning of an entry: its line, its date and time as written, and what stands behind it."""

    place: int
    date: Written
    time: dt.time
    body: str


@cache
def words() -> dict[str, Any]:
    """Return the words of ``whatsapp.toml``."""
    return reading.at(Path(__file__).with_name("whatsapp.toml"))


@cache
def _heads() -> tuple[re.Pattern[str], ...]:
    halves = [h for name in ("am", "pm") for h in words()["halves"][name]]
    half = "|".join(re.escape(h).replace(r"\ ", rf"{_S}*") for h in sorted(halves, key=len, reverse=True))
    time = (
        rf"(?:(?P<before>{half}){_S}*)?(?P<h>\d{{1,2}})[:.](?P<m>\d{{2}})(?:[:.](?P<s>\d{{2}}))?"
        rf"(?:{_S}*(?P<after>{half})(?![^\W\d_]))?"
    )
    between = rf"{_S}*[,،]?{_S}*(?:(?:klo|um|à|a las|às|kl\.?|ob|alle){_S}+)?"
    first, second = rf"{_DATE}{between}{time}", rf"{time}{_S}*[,،]?{_S}*{_DATE}"
    flags = re.IGNORECASE | re.DOTALL
    return tuple(
        re.compile(pattern, flags)
        for one in (first, second)
        for pattern in (
            rf"{_S}*\[{_S}*{one}{_S}*\]{_S}?(?P<body>.*)",
            rf"{_S}*{one}{_S}*[-–—]{_S}(?P<body>.*)",
        )
    )


def looks_like(text: str) -> bool:
    """Tell whether one of the first lines begins as an entry of this export does."""
    return any(_head(line, n) for n, line in enumerate(lines_of(text[:20_000])[:50], start=1))


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read an export. Without an answer, and without proof, the dates are as the order that is proposed.

    Raises:
        ExportError: no line begins as an entry does, or the dates contradict each other or the answer.
    """
    answers = answers or Answers()
    text, notes = decoded(data)
    lines = lines_of(text)
    heads = [h for n, line in enumerate(lines, start=1) if (h := _head(line.rstrip("\r"), n))]
    if not heads:
        raise ExportError(
            "No line of this file begins with a date, a time and a name, as a WhatsApp export does.",
            remedy="In WhatsApp open the chat, choose Export chat and Without media, and send that file.",
        )
    if any(31 < h.date.numbers[0] < 100 for h in heads):
        # A year of two figures that is first in one date is first in all.
        heads = [replace(h, date=replace(h.date, year_first=True)) for h in heads]
    order = order_of([h.date for h in heads], answers.order)
    entries = list(_entries(heads, lines, order.order))
    first = heads[0].place
    parts = [
        Part(n, n, "It stands before the first message, and has no date.", lines[n - 1])
        for n in range(1, first)
    ]
    notes += _notes(entries)
    return Export(
        FORMAT, CHANNEL, tuple(entries), tuple(parts), closed("line", len(lines), entries, parts), order,
        tuple(notes),
    )  # fmt: skip


def _head(line: str, place: int) -> _Head | None:
    for pattern in _heads():
        found = pattern.match(line)
        if found is None:
            continue
        a, b, c = (found[name] for name in "abc")
        if len(a) in {1, 2} and len(c) not in {2, 4}:
            return None
        hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
        half = _half(found["before"] or found["after"])
        if half and not 1 <= hour <= 12 and not (half == "am" and hour == 0):
            half = ""
        if half:
            hour = hour % 12 + 12 * (half == "pm")
        try:
            time = dt.time(hour, minute, second)
        except ValueError:
            return None
        year_first = len(a) == 4 or int(a) > 31
        return _Head(place, Written(place, (int(a), int(b), int(c)), year_first), time, found["body"])
    return None


def _half(text: str | None) -> str:
    bare = re.sub(_S, "", text or "").lower()
    for name in ("am", "pm"):
        if bare in {re.sub(_S, "", h) for h in words()["halves"][name]}:
            return name
    return ""


def _entries(heads: Sequence[_Head], lines: Sequence[str], order: Order) -> Iterator[Entry]:
    known = _known_names(heads)
    ends = [h.place - 1 for h in heads[1:]] + [len(lines)]
    for head, end in zip(heads, ends, strict=True):
        day = dates.date_of(head.date, order)
        raw = "\n".join(lines[head.place - 1 : end])
        more = [line.rstrip("\r") for line in lines[head.place : end]]
        who, text = _sender(head.body, known)
        text = "\n".join([text, *more])
        kind, files = _kind(who, text)
        yield Entry(
            head.place,
            end,
            dt.datetime.combine(day, head.time) if day else None,
            who,
            kind,
            text,
            raw,
            files,
            note="" if day else "There is no such date.",
        )


def _known_names(heads: Sequence[_Head]) -> set[str]:
    found = set()
    for head in heads:
        name, colon, rest = head.body.partition(":")
        if colon and (not rest or rest[0] in " \u200e") and _may_be_name(name):
            found.add(name)
    return found


def _may_be_name(name: str) -> bool:
    return bool(name.strip()) and len(name) <= LONGEST_NAME and not any(s in name for s in '“”"«»„')


def _sender(body: str, known: set[str]) -> tuple[str, str]:
    """Return who said it, and what. What the app itself says is by nobody."""
    # The longest known name first: a contact's name may hold a colon.
    for name in sorted((n for n in known if body.startswith(f"{n}:")), key=len, reverse=True):
        return _bare(name), body[len(name) + 1 :].removeprefix(" ")
    name, colon, rest = body.partition(":")
    spoken = colon and _may_be_name(name) and len(name) <= 40 and not re.search(r"[.!?;/]|\d$", name)
    if spoken and rest and not rest[0].isdigit() and rest[0] != "/":
        return _bare(name), rest
    return "", body


def _bare(name: str) -> str:
    return re.sub(rf"^[{MARKS}]+|[{MARKS}]+$", "", name).strip().removeprefix("~").strip("\u202f\u00a0 ")


_FILE = re.compile(rf"[{MARKS}]*(?P<name>[^\n<>]*?\.[A-Za-z0-9]{{2,5}}){_S}*$")


def _kind(who: str, text: str) -> tuple[Kind, tuple[str, ...]]:
    """Return what kind of entry it is, and the names of the files that go with it."""
    held = words()["kinds"]
    head = text.split("\n", 1)[0]
    bare = re.sub(f"[{MARKS}]", "", text).strip()
    low, marked = bare.lower(), text.startswith(("\u200e", "\u200f"))
    for phrase in held["attached"]:
        if phrase in head.lower():
            name = re.sub(f"[{MARKS}]", "", head[: head.lower().index(phrase)]).strip()
            return Kind.MEDIA, (name,) if name else ()
    for phrase in held["attached_before"]:
        if phrase in low:
            at = low.index(phrase) + len(phrase)
            name = bare[at:].split(">", 1)[0].strip()
            return Kind.MEDIA, (name,) if name else ()
    # What somebody typed about a call is a message: only a short line, or one of the app's own, is one.
    if marked or not who or _is_only(low, held):
        for kind, name in (
            (Kind.DELETED, "deleted"),
            (Kind.MEDIA, "media"),
            (Kind.MISSED_CALL, "missed_call"),
            (Kind.CALL, "call"),
        ):
            if any(phrase in low for phrase in held[name]):
                return kind, ()
    if not who or (marked and "\n" not in text and not _FILE.match(head)):
        return Kind.SYSTEM, ()
    return Kind.MESSAGE, ()


def _is_only(low: str, held: dict[str, list[str]]) -> bool:
    """Tell whether the text is nothing but one of the app's own phrases, or a call and how long it took."""
    plain = low.strip(" .<>")
    phrases = {p.strip(" .<>") for name in ("deleted", "media", "missed_call") for p in held[name]}
    calls = (*held["missed_call"], *held["call"])
    return plain in phrases or any(plain == c or plain.startswith((f"{c}, ", f"{c} at ")) for c in calls)


def _notes(entries: Sequence[Entry]) -> list[str]:
    limits, notes = words()["limits"], []
    said = [e for e in entries if e.kind is not Kind.SYSTEM]
    for name in ("without_media", "with_media"):
        if limits[name] * limits["near"] <= len(said) <= limits[name] * (2 - limits["near"]):
            notes.append(
                f"The export has {len(said):,} messages, near the {limits[name]:,} at which WhatsApp cuts "
                "off the oldest without saying so. Ask for an export of the older part."
            )
            break
    back = [b.place for a, b in pairwise(entries) if a.when and b.when and b.when < a.when]
    if back:
        notes.append(
            f"{len(back)} entries are earlier than the one before them, the first in line {back[0]}. "
            "A message may hold lines copied from another chat, or the clock of the phone was changed."
        )
    return notes
