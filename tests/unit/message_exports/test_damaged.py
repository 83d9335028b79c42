"""Five hundred damaged files: each is read with every line counted, or refused in words; nothing crashes."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile

import pytest

from lamplighter.message_exports import reading
from lamplighter.message_exports.shapes import Account, Entry, Export, ExportError, Kind, Part, closed
from tests.unit.message_exports.test_lossless import accounted
from tests.unit.message_exports.writing import WRITERS, Said

SAID = [
    Said(dt.datetime(2026, 3, 13 + n // 4, 10, n), ("Dan", "Priya")[n % 2], f"line {n}\nand ŵ")
    for n in range(24)
]
BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><smses count='1'>&b;</smses>"
)


def damage(data: bytes, draw: random.Random) -> bytes:
    """Cut, overwrite, repeat, take out or put in some bytes."""
    at, length = draw.randrange(len(data)), draw.randrange(1, 40)
    match draw.randrange(7):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + draw.randbytes(length) + data[at + length :]
        case 2:
            return data[:at] + data[max(0, at - 300) : at] + data[at:]
        case 3:
            return data[:at] + data[at + length :]
        case 4:
            return data[:at] + b"\x00\xff\xfe\x00" + data[at:]
        case 5:
            return data.replace(b"\n", b"\r", draw.randrange(1, 5))
        case _:
            return data.decode("utf-8", errors="replace").encode("utf-16")


def read_or_refused(data: bytes) -> Export | ExportError:
    try:
        return reading.read(data)
    except ExportError as refusal:
        return refusal


def test_five_hundred_damaged_files() -> None:
    draw = random.Random(500)
    outcomes = {"read": 0, "refused": 0}
    for number in range(500):
        name = draw.choice(list(WRITERS))
        data = damage(WRITERS[name](SAID), draw)
        if number % 10 == 0:
            held = io.BytesIO()
            with zipfile.ZipFile(held, "w") as archive:
                archive.writestr("_chat.txt", data)
            data = damage(held.getvalue(), draw) if number % 20 == 0 else held.getvalue()
        found = read_or_refused(data)
        if isinstance(found, ExportError):
            outcomes["refused"] += 1
            assert found.what.endswith(".")
            assert found.remedy
            continue
        outcomes["read"] += 1
        accounted(found)
        for entry in found.entries:
            assert "\x00" not in entry.text + entry.raw + entry.who
            (entry.text + entry.raw + entry.who).encode()
    assert sum(outcomes.values()) == 500
    assert min(outcomes.values()) > 50


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04nonsense", "damaged"),
        (BOMB, "instructions"),
        (b"[" * 100_000, "brackets"),
        (b'{"messages": [{"sender_name": "x"', "damaged"),
        (b"hello", "does not know"),
        (b"13/01/2026, 10:05 - A: x\n01/13/2026, 10:05 - A: y\n", "both|day first, and others"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(ExportError, match=says) as refusal:
        reading.read(data)
    assert refusal.value.remedy


def test_the_account_refuses_what_is_counted_twice_or_not_at_all() -> None:
    def entry(place: int, end: int) -> Entry:
        return Entry(place, end, None, "", Kind.MESSAGE, "", "")

    fits = closed("line", 3, [entry(1, 2)], [Part(3, 3, "x", "")])
    assert fits == Account("line", 3, {"message": 1, "continued": 1, "refused": 1})
    for entries, says in (([entry(1, 2), entry(2, 3)], "twice"), ([entry(1, 1), entry(3, 3)], "not at all")):
        with pytest.raises(ExportError, match=says) as refusal:
            closed("line", 3, entries, [])
        assert refusal.value.place == "line 2"
    with pytest.raises(ExportError, match="2 are accounted for"):
        closed("line", 3, [entry(1, 2)], [])


def test_an_archive_is_read_by_the_chat_in_it_and_says_which_attachments_are_there() -> None:
    line = "13/03/2026, 10:0{} - Dan: IMG-{}.jpg (file attached)\n"
    chat = "".join(line.format(n, n) for n in (1, 2))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("WhatsApp Chat with Dan.txt", chat)
        archive.writestr("IMG-1.jpg", b"x")
    found = reading.read(held.getvalue())
    assert [e.attachments for e in found.entries] == [("IMG-1.jpg",), ("IMG-2.jpg",)]
    assert found.attachments_found == ("IMG-1.jpg",)


def test_an_archive_with_several_chats_or_another_archive_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a/message_1.json", b"{}")
        archive.writestr("b/message_1.json", b"{}")
    with pytest.raises(ExportError, match="must hold one"):
        reading.read(held.getvalue())
