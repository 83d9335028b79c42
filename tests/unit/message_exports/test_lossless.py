"""What was said is written as each app writes it, and read back: every word and time, every line counted."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.message_exports import reading
from lamplighter.message_exports.dates import Order
from lamplighter.message_exports.shapes import Answers, Export, Kind
from tests.unit.message_exports import writing
from tests.unit.message_exports.writing import LOCALES, WRITERS, Locale, Said

NAMES = ("Dan Marsh", "+44 7700 900123", "Zoë O’Brien", "علي", "Łucja 🌸", "O. Ünal")
TEXTS = (
    "ok", "Where are you?", "I know where you park: by the church", "ŵyddfa ŷ", "مرحبا", "a\nb\n\nc", "=1+1",
    "<script>alert(1)</script>", "'; DROP TABLE people", "../../etc/passwd", "😀😀", "10:05 - not a head",
    "https://example.org/a?b=c", "a, b, \"c\"", "Â£5 and £5",
    "I was deleted from your life", "no answer from you",
)  # fmt: skip
KINDS = (Kind.MESSAGE,) * 6 + (Kind.DELETED, Kind.MISSED_CALL, Kind.MEDIA, Kind.SYSTEM)


def talks(kinds: tuple[Kind, ...], names: tuple[str, ...] = NAMES) -> st.SearchStrategy[list[Said]]:
    one = st.builds(
        Said,
        st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2026, 11, 30)).map(
            lambda d: d.replace(second=0, microsecond=0)
        ),
        st.sampled_from(names),
        st.sampled_from(TEXTS),
        st.sampled_from(kinds),
    )
    return st.lists(one, min_size=1, max_size=12)


def accounted(found: Export) -> None:
    """Every line is counted once; the sum closes."""
    assert sum(found.account.counts.values()) == found.account.total
    spans = [(e.place, e.end) for e in found.entries] + [(p.place, p.end) for p in found.parts]
    seen = [n for place, end in spans for n in range(place, end + 1)]
    assert sorted(seen) == list(range(1, found.account.total + 1))


@given(said=talks(KINDS), locale=st.sampled_from(LOCALES))
@settings(max_examples=150, deadline=None)
def test_whatsapp_of_every_locale_comes_back_as_it_was_said(said: list[Said], locale: Locale) -> None:
    data = writing.whatsapp(said, locale)
    found = reading.read(data, None)
    order = Order(locale.order)
    if found.needs_order:
        found = reading.read(data, Answers(order))
    assert found.order is not None
    same = all(s.when.day == s.when.month for s in said)
    assert found.order.order == order or same
    accounted(found)
    assert len(found.entries) == len(said)
    for entry, one in zip(found.entries, said, strict=True):
        assert entry.when == one.when
        assert entry.kind == one.kind
        if one.kind is Kind.MESSAGE:
            assert entry.text == one.text
        assert entry.who == ("" if one.kind is Kind.SYSTEM else one.who)
    assert data.decode().count("\n") == found.account.total


@pytest.mark.parametrize("name", ["signal", "telegram", "messenger"])
@given(said=talks((Kind.MESSAGE, Kind.MISSED_CALL, Kind.MEDIA)))
@settings(max_examples=60, deadline=None)
def test_apps_that_write_json_come_back_as_it_was_said(name: str, said: list[Said]) -> None:
    found = reading.read(WRITERS[name](said))
    assert found.format == name
    accounted(found)
    wanted = said[::-1] if name == "messenger" else said
    assert [e.kind for e in found.entries] == [s.kind for s in wanted]
    assert [e.when for e in found.entries] == [s.when.replace(tzinfo=dt.UTC) for s in wanted]
    assert [e.who for e in found.entries] == [s.who for s in wanted]
    for entry, one in zip(found.entries, wanted, strict=True):
        if one.kind is Kind.MESSAGE:
            assert entry.text == one.text


@given(said=talks((Kind.MESSAGE,), ("+447700900123", "Dan")))
@settings(max_examples=60, deadline=None)
def test_text_messages_calls_emails_and_diaries_come_back(said: list[Said]) -> None:
    found = reading.read(writing.sms(said))
    accounted(found)
    assert [(e.who, e.text) for e in found.entries] == [(s.who, s.text) for s in said]
    found = reading.read(writing.calls(said), Answers())
    accounted(found)
    assert all(e.kind is Kind.MISSED_CALL and e.seconds == 0 for e in found.entries)
    found = reading.read(writing.email(said))
    accounted(found)
    assert said[0].text.strip() in found.entries[0].text
    assert found.entries[0].attachments == ("../../etc/passwd.pdf",)
    assert "alert(1)" not in found.entries[0].text or "alert(1)" in said[0].text
    found = reading.read(writing.diary(said), Answers())
    accounted(found)
    assert len(found.entries) == len(said)
    for entry, one in zip(found.entries, said, strict=True):
        assert one.text.strip() in entry.text


def test_three_hundred_exports_of_made_up_people_lose_nothing() -> None:
    """Real shapes and every trap: 300 files, their entries counted against what was written."""
    draw = random.Random(30)
    for number in range(300):
        name = draw.choice(list(WRITERS))
        start = dt.datetime(2026, 1, 1) + dt.timedelta(days=draw.randrange(300))
        said = [
            Said(start + dt.timedelta(minutes=7 * n), draw.choice(NAMES), draw.choice(TEXTS), Kind.MESSAGE)
            for n in range(draw.randrange(1, 60))
        ]
        locale = draw.choice(LOCALES)
        data = writing.whatsapp(said, locale) if name == "whatsapp" else WRITERS[name](said)
        found = reading.read(data)
        if found.needs_order:
            found = reading.read(
                data, Answers(Order(locale.order) if name == "whatsapp" else Order.DAY_FIRST)
            )
        accounted(found)
        wanted = 1 if name == "email" else len(said)
        assert len(found.entries) == wanted, (number, name)
        assert not found.refused, (number, name, found.refused)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda x: x.name)
def test_no_order_is_proved_by_numbers_of_twelve_and_less(locale: Locale) -> None:
    said = [
        Said(dt.datetime(2026, 3, 2, 10, 5), "Dan", "x"),
        Said(dt.datetime(2026, 3, 4, 10, 5), "Dan", "y"),
    ]
    found = reading.read(writing.whatsapp(said, locale))
    assert found.order is not None
    assert found.order.proved == (locale.order == "ymd")
    with_proof = [*said, Said(dt.datetime(2026, 3, 13, 10, 5), "Dan", "z")]
    found = reading.read(writing.whatsapp(with_proof, locale))
    assert found.order is not None
    assert found.order.proved
    assert found.order.order == locale.order
    assert re.search(r"line 3|year is first", found.order.why, re.IGNORECASE)
