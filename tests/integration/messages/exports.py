"""Exports of made-up people, for the tests of what the victim brings."""

from __future__ import annotations

import datetime as dt
import struct
import zlib

HER, HIM = "Priya", "Dan H +44 7700 900123"


TEXTS = (
    "Where are you",
    "Answer me\nor I come round",
    "\u200eMissed voice call",
    "\u200eThis message was deleted.",
    "I know where you park. You will be sorry",
    "Leave me alone",
)


def chat(messages: int = 60, days: int = 6, *, start: dt.date = dt.date(2026, 3, 13)) -> bytes:
    """Return a WhatsApp export of an iPhone with so many messages on so many days; she writes one in six."""
    lines = ["[13/03/2026, 08:00:00] Priya: \u200eMessages and calls are end-to-end encrypted."]
    for number in range(messages):
        day = start + dt.timedelta(days=number * days // messages)
        who = HER if number % 6 == 5 else HIM
        text = TEXTS[number % 6]
        lines.append(f"[{day:%d/%m/%Y}, {9 + number % 10:02}:{number % 60:02}:00] {who}: {text}")
    return ("\r\n".join(lines) + "\r\n").encode()


def png(number: int, width: int = 40) -> bytes:
    """Return a picture that no other number gives."""

    def part(name: bytes, data: bytes) -> bytes:
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = b"".join(b"\x00" + bytes([number % 256, (number * 7) % 256, 200]) * width for _ in range(60))
    head = struct.pack(">IIBBBBB", width, 60, 8, 2, 0, 0, 0)
    body = part(b"eXIf", b"GPS 51.5N 0.1W") + part(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + body + part(b"IEND", b"")


DIARY = (
    b"Date,Time,Not sure of the time,What happened,Where,Who saw or heard it,What there is to show it\n"
    b"14/03/2026,7:30am,,He stood outside my work,Car park,My colleague,\n"
    b"15/03/2026,,,He followed me home in his car,,,\n"
    b'16/03/2026,22:10,yes,"Knocked on the door\nand shouted",Home,,Recording\n'
    b"some day in March,,,A note under the door,,,The note\n"
)
