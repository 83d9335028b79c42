"""Three hundred exports with the traps of real ones: each thing said is there once, or refused in words.

Each message holds a token of its own. A token that is in no entry was dropped, and one that is in two was
counted twice; both fail, whatever the account of the file says. The seed is fixed, and a trap is a function.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import xlsxwriter

from lamplighter.message_exports import reading
from lamplighter.message_exports.dates import Order
from lamplighter.message_exports.shapes import Answers, Export, ExportError, Kind
from tests.unit.message_exports import writing
from tests.unit.message_exports.test_lossless import NAMES, TEXTS, accounted
from tests.unit.message_exports.writing import LOCALES, Said, head

TOKEN = re.compile(r"tok\d+x")
FILES = 300


@dataclass(frozen=True)
class Trap:
    """A file, what must be found in it, and in which order of day and month it was written.

    ``more``: kinds that must be counted so often beside the messages. ``refused``: it is not to be read.
    """

    data: bytes
    tokens: int
    order: Order = Order.DAY_FIRST
    more: tuple[tuple[Kind, int], ...] = ()
    refused: bool = False


def talk(draw: random.Random, *, names: int = 2, early: bool = False) -> list[Said]:
    """A conversation each of whose messages holds a token of its own."""
    who = draw.sample(NAMES, names)
    at = dt.datetime(2026, draw.randrange(1, 10), draw.randrange(1, 12 if early else 28), 9)
    return [
        Said(at + dt.timedelta(minutes=5 * n), draw.choice(who), f"tok{n}x {draw.choice(TEXTS)}")
        for n in range(draw.randrange(3, 40))
    ]


def zipped(*members: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


# WhatsApp -------------------------------------------------------------------------------------------------


def of_any_locale(draw: random.Random) -> Trap:
    said, locale = talk(draw), draw.choice(LOCALES)
    return Trap(writing.whatsapp(said, locale), len(said), Order(locale.order))


def signs_of_the_system(draw: random.Random) -> Trap:
    """A byte order mark, ends of lines of another system, UTF-16, marks that turn text about."""
    said, locale = talk(draw), draw.choice(LOCALES)
    text = writing.whatsapp(said, locale).decode()
    data = draw.choice(
        (
            ("\ufeff" + text).encode(),
            text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
            text.encode("utf-16"),
            "\n".join(f"\u200e{line}" for line in text.split("\n")).encode(),
        )
    )
    return Trap(data, len(said), Order(locale.order))


def no_space_after_the_name(draw: random.Random) -> Trap:
    said = [replace(s, who=draw.choice(("Bob", "Ann Lee"))) for s in talk(draw)]
    lines = [f"{head(s.when, LOCALES[0])}{s.who}:{s.text}" for s in said]
    return Trap("\n".join(lines).encode(), len(said))


def deleted_missed_and_of_the_system(draw: random.Random) -> Trap:
    """Lines that other parsers drop, and that are evidence: each is counted under its own name."""
    said = talk(draw)
    kinds = [draw.choice((Kind.DELETED, Kind.MISSED_CALL, Kind.MEDIA, Kind.SYSTEM)) for _ in range(9)]
    between = [Said(said[0].when, said[0].who, "", kind) for kind in kinds]
    return Trap(writing.whatsapp([*between, *said]), len(said), more=tuple(Counter(kinds).items()))


def an_order_that_nothing_proves(draw: random.Random) -> Trap:
    said, locale = talk(draw, early=True), draw.choice(LOCALES[:2])
    said = [s for s in said if s.when.day <= 12]
    return Trap(writing.whatsapp(said, locale), len(said), Order(locale.order))


def with_its_media(draw: random.Random) -> Trap:
    """An archive beside whose chat lie files whose names are paths."""
    said = talk(draw)
    others = [("../../evil.sh", b"rm"), ("IMG-1.jpg", b"x"), ("a/../_chat.html", b"<script>")]
    return Trap(zipped(*others, ("_chat.txt", writing.whatsapp(said))), len(said))


def two_chats_in_one(draw: random.Random) -> Trap:
    both = [writing.whatsapp(talk(draw)) for _ in range(2)]
    return Trap(zipped(("a/_chat.txt", both[0]), ("b/_chat.txt", both[1])), 0, refused=True)


def put_together_of_two_phones(draw: random.Random) -> Trap:
    """Day first in the one half, month first in the other: no order is right, and none is guessed."""
    lines = "25/01/2026, 10:05 - A: tok0x\n01/25/2026, 10:06 - B: tok1x\n"
    return Trap(lines.encode() * draw.randrange(1, 4), 0, refused=True)


# Other apps -----------------------------------------------------------------------------------------------


def of_signal(draw: random.Random) -> Trap:
    """With records that nobody knows yet: they are counted, and no message goes with them."""
    said = talk(draw)
    lines = writing.signal(said).decode().splitlines()
    for _ in range(draw.randrange(4)):
        lines.insert(draw.randrange(4, len(lines)), json.dumps({"somethingNew": {"of": "2027"}}))
    return Trap("\n".join(lines).encode(), len(said))


def of_telegram(draw: random.Random) -> Trap:
    """Texts in parts, edited ones, and a record without a date."""
    said = talk(draw)
    told = json.loads(writing.telegram(said))
    for message in told["messages"]:
        if draw.random() < 0.3:
            message |= {"edited": "2026-01-01T00:00:00", "edited_unixtime": "1767225600"}
    told["messages"].insert(draw.randrange(len(said)), {"id": 9_999, "type": "unsupported"})
    return Trap(json.dumps(told, ensure_ascii=draw.random() < 0.5).encode(), len(said))


def of_messenger(draw: random.Random) -> Trap:
    """Letters that are right already, an edit as a message of the same moment, and what was unsent."""
    said = talk(draw)
    told = json.loads(writing.messenger(said))
    if draw.random() < 0.5:
        for message, one in zip(told["messages"], reversed(said), strict=True):
            message |= {"sender_name": one.who, "content": one.text}
    told["messages"].insert(0, told["messages"][0] | {"content": "an edit"})
    told["messages"].append({"sender_name": "x", "timestamp_ms": 1_767_225_600_000, "is_unsent": True})
    more = ((Kind.DELETED, 1),)
    return Trap(json.dumps(told, ensure_ascii=False).encode(), len(said), more=more)


def of_text_messages(draw: random.Random) -> Trap:
    """Received and sent ones, and drafts, queued and failed ones, which are no messages."""
    said = talk(draw)
    data = writing.sms(said).decode()
    sorts = [draw.choice("123456") for _ in said]
    found = iter(sorts)
    data = re.sub('type="1"', lambda _: f'type="{next(found)}"', data)
    unsent = sum(sort in "3456" for sort in sorts)
    return Trap(data.encode(), len(said), more=((Kind.UNSENT, unsent),))


def of_calls(draw: random.Random) -> Trap:
    """Calls of nought seconds, missed ones, and numbers that were withheld: none of them is nothing."""
    rows = [
        f'<call number="{draw.choice(("-1", "-2", "", "+447700900123"))}" duration="0" date="{n}" type="3" '
        f'presentation="{draw.choice("1234")}" contact_name="tok{n}x" />'
        for n in range(1_700_000, 1_700_000 + draw.randrange(2, 30))
    ]
    data = f'<?xml version="1.0"?><calls count="{len(rows)}">{"".join(rows)}</calls>'
    return Trap(data.encode(), 0, more=((Kind.MISSED_CALL, len(rows)),))


def of_a_phone_company(draw: random.Random) -> Trap:
    said = talk(draw)
    rows = writing.calls(said).decode().splitlines()
    rows.insert(2, "")
    rows.append("the end,of,the bill,")
    return Trap("\n".join(rows).encode(), 0, more=((Kind.MISSED_CALL, len(said)),))


def an_instruction_in_xml(draw: random.Random) -> Trap:
    entity = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    return Trap(entity + b"<smses count='1'><sms body='&x;' date='1' type='1'/></smses>", 0, refused=True)


def an_email(draw: random.Random) -> Trap:
    """A day that is none, a picture far away, a name that is a path: the words are there all the same."""
    lines = [
        "Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000",
        f"Date: {draw.choice(('not a day', 'Mon, 2 Mar 2026 10:00:00 -9999', '', '2 Mar 26'))}",
        "From: =?utf-8?q?D=C3=A1n?= <dan@example.org>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/html",
        "",
        '<p>tok0x</p><img src="https://example.org/seen.gif"><script>alert(1)</script>',
        "--b",
        'Content-Disposition: attachment; filename="../../x.exe"',
        "",
        "MZ",
        "--b--",
    ]
    return Trap("\r\n".join(lines).encode(), 1)


# The diary ------------------------------------------------------------------------------------------------


def _rows(draw: random.Random) -> list[list[str]]:
    """Ragged, with formulas, with days that nobody can read, and with empty ones between."""
    rows = [["My diary"], [], ["Date", "Time", "Not sure of the time", "What happened", "Where"]]
    for n in range(draw.randrange(2, 30)):
        day = draw.choice(("3/5/2026", "25/5/2026", "3 May 2026", "in the spring", "", "31/2/2026"))
        words = f"tok{n}x {draw.choice(('=HYPERLINK(0)', '@SUM(1)', '+44', 'again'))}"
        row = [
            day,
            draw.choice(("", "9pm", "21:10", "late")),
            draw.choice(("", "yes")),
            words,
            "",
            "",
            "",
            "z",
        ]
        rows.append(row[: draw.choice((4, 5, 8))])
        if draw.random() < 0.2:
            rows.append([])
    return rows


def a_diary_as_csv(draw: random.Random) -> Trap:
    rows, text = _rows(draw), io.StringIO()
    csv.writer(text, delimiter=draw.choice((",", ";"))).writerows(rows)
    return Trap(text.getvalue().encode(draw.choice(("utf-8", "utf-8-sig", "utf-16"))), _tokens(rows))


def a_diary_as_workbook(draw: random.Random) -> Trap:
    """With cells that were merged, days that are numbers, and a formula."""
    rows, held = _rows(draw), io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "My diary")
    day = book.add_format({"num_format": "d mmm yyyy"})
    for number, row in enumerate(rows[2:], 2):
        for column, cell in enumerate(row):
            if column == 0 and cell == "3/5/2026":
                sheet.write_datetime(number, 0, dt.datetime(2026, 5, 3), day)
            elif column == 7:
                sheet.write_formula(number, column, "=1+1", None, 2)
            else:
                sheet.write_string(number, column, cell)
    book.close()
    return Trap(held.getvalue(), _tokens(rows))


def _tokens(rows: list[list[str]]) -> int:
    return len({token for row in rows for cell in row for token in TOKEN.findall(cell)})


TRAPS: tuple[Callable[[random.Random], Trap], ...] = (
    *(of_any_locale, signs_of_the_system, no_space_after_the_name, deleted_missed_and_of_the_system),
    *(an_order_that_nothing_proves, with_its_media, two_chats_in_one, put_together_of_two_phones),
    *(of_signal, of_telegram, of_messenger, of_text_messages, of_calls, of_a_phone_company),
    *(an_instruction_in_xml, an_email, a_diary_as_csv, a_diary_as_workbook),
)


def read(trap: Trap) -> Export:
    found = reading.read(trap.data)
    return reading.read(trap.data, Answers(trap.order)) if found.needs_order else found


@pytest.mark.parametrize("make", TRAPS, ids=lambda make: make.__name__)
def test_of_three_hundred_exports_nothing_is_dropped_or_counted_twice(
    make: Callable[[random.Random], Trap],
) -> None:
    place = TRAPS.index(make)
    each = [n for n in range(FILES) if n % len(TRAPS) == place]
    for number in each:
        trap = make(random.Random(f"30:{number}"))
        if trap.refused:
            with pytest.raises(ExportError) as refusal:
                read(trap)
            assert refusal.value.what.endswith(".")
            assert refusal.value.remedy.endswith(".")
            continue
        found = read(trap)
        accounted(found)
        said = Counter(t for entry in found.entries for t in {*TOKEN.findall(entry.text)})
        assert {t: n for t, n in said.items() if n != 1} == {} or make is of_messenger, number
        assert len(said) == trap.tokens, (number, trap.tokens - len(said), found.refused[:3])
        kinds = Counter(entry.kind for entry in found.entries)
        for kind, many in trap.more:
            assert kinds[kind] == many, (number, kind)
        assert not any("alert(1)" in e.text and make is an_email for e in found.entries)


def test_an_order_that_nothing_proves_is_asked_for_and_changes_days_alone() -> None:
    trap = an_order_that_nothing_proves(random.Random(1))
    assert reading.read(trap.data).needs_order
    day, month = (reading.read(trap.data, Answers(order)) for order in (Order.DAY_FIRST, Order.MONTH_FIRST))
    assert [e.text for e in day.entries] == [e.text for e in month.entries]
    assert [e.when for e in day.entries] != [e.when for e in month.entries]


def test_the_draw_is_three_hundred_files_and_every_trap_is_in_it() -> None:
    assert sum(len([n for n in range(FILES) if n % len(TRAPS) == p]) for p in range(len(TRAPS))) == FILES
    assert FILES // len(TRAPS) >= 16
