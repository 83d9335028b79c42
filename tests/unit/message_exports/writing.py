"""Write exports as apps write them, from a list of what was said: the other way round of the readers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from xml.sax.saxutils import quoteattr

from lamplighter.message_exports.shapes import Kind


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, as a test means it: ``when`` is a clock's time, to the minute."""

    when: dt.datetime
    who: str
    text: str
    kind: Kind = Kind.MESSAGE


@dataclass(frozen=True, slots=True)
class Locale:
    """How one phone writes the head of a line of WhatsApp."""

    name: str
    head: str
    seconds: bool = False
    half: tuple[str, str] = ("", "")
    digits: str = ""
    before: str = ""
    order: str = "dmy"


NARROW, LEFT = "\u202f", "\u200e"
AM_PM = ("AM", "PM")
LOCALES = (
    Locale("android-gb", "{d:02}/{m:02}/{y}, {h:02}:{i:02} - "),
    Locale("android-us", "{m}/{d}/{yy:02}, {t}:{i:02}" + NARROW + "{half} - ", half=AM_PM, order="mdy"),
    Locale("android-es", "{d}/{m}/{yy:02}, {t}:{i:02} {half} - ", half=("a. m.", "p. m.")),
    Locale("android-de", "{d:02}.{m:02}.{yy:02}, {h:02}:{i:02} - "),
    Locale("android-fi", "{d}.{m}.{y} klo {h}.{i:02} - "),
    Locale("android-se", "{y}-{m:02}-{d:02} {h:02}:{i:02} - ", order="ymd"),
    Locale("android-nl", "{d:02}-{m:02}-{y} {h:02}:{i:02} - "),
    Locale("android-hu", "{y}. {m:02}. {d:02}. {h:02}:{i:02} - ", order="ymd"),
    Locale("android-ko", "{y}. {m}. {d}. {half} {t}:{i:02} - ", half=("오전", "오후"), order="ymd"),
    Locale("android-zh", "{y}/{m}/{d} {half}{t}:{i:02} - ", half=("上午", "下午"), order="ymd"),
    Locale("android-ar", "\u200f{d}/{m}/{y}، {t}:{i:02} {half} - ", half=("ص", "م"), digits="٠١٢٣٤٥٦٧٨٩"),
    Locale("android-vi", "{h:02}:{i:02}, {d:02}/{m:02}/{y} - "),
    Locale("ios-gb", "[{d:02}/{m:02}/{y}, {h:02}:{i:02}:{s:02}] ", seconds=True),
    Locale("ios-us", "[{m}/{d}/{yy:02}, {t}:{i:02}:{s:02}" + NARROW + "{half}] ", seconds=True, half=AM_PM,
           order="mdy"),
    Locale("ios-de", "[{d:02}.{m:02}.{yy:02}, {h:02}:{i:02}:{s:02}] ", seconds=True),
    Locale("ios-marks", LEFT + "[{d:02}/{m:02}/{y}, {h:02}:{i:02}:{s:02}] ", seconds=True),
    Locale("ios-au", "[{d}/{m}/{y}, {t}:{i:02}:{s:02} {half}] ", seconds=True, half=("am", "pm")),
)  # fmt: skip
OWN = {
    Kind.DELETED: "This message was deleted",
    Kind.MISSED_CALL: "Missed voice call",
    Kind.MEDIA: "<Media omitted>",
}


def head(when: dt.datetime, locale: Locale) -> str:
    """Return the head of a line."""
    text = locale.head.format(
        d=when.day, m=when.month, y=when.year, yy=when.year % 100, h=when.hour, t=when.hour % 12 or 12,
        i=when.minute, s=when.second, half=locale.half[when.hour >= 12],
    )  # fmt: skip
    return text.translate(str.maketrans("0123456789", locale.digits)) if locale.digits else text


def whatsapp(said: Sequence[Said], locale: Locale = LOCALES[0]) -> bytes:
    """Return a text export."""
    end = "\r\n" if locale.seconds else "\n"
    lines = []
    for one in said:
        text = OWN.get(one.kind, one.text)
        if one.kind is Kind.SYSTEM:
            lines.append(f"{head(one.when, locale)}Messages and calls are end-to-end encrypted.")
        else:
            lines.append(f"{head(one.when, locale)}{one.who}: {LEFT if one.kind in OWN else ''}{text}")
    return (end.join(lines) + end).encode()


def _ms(when: dt.datetime) -> int:
    return int(when.replace(tzinfo=dt.UTC).timestamp() * 1000)


def signal(said: Sequence[Said]) -> bytes:
    """Return Signal's ``main.jsonl``."""
    people = list(dict.fromkeys(s.who for s in said))
    records: list[object] = [{"version": 1, "backupTimeMs": "1"}, {"account": {"givenName": "x"}}]
    for number, who in enumerate(people, start=1):
        records.append({"recipient": {"id": str(number), "contact": {"profileGivenName": who}}})
    for one in said:
        item: dict[str, object] = {
            "chatId": "1",
            "authorId": str(people.index(one.who) + 1),
            "dateSent": str(_ms(one.when)),
            "incoming": {},
        }
        if one.kind is Kind.DELETED:
            item["remoteDeletedMessage"] = {}
        elif one.kind is Kind.MISSED_CALL:
            call = {"type": "AUDIO_CALL", "direction": "INCOMING", "state": "MISSED"}
            item["updateMessage"] = {"individualCall": call}
        elif one.kind is Kind.MEDIA:
            item["standardMessage"] = {"attachments": [{"pointer": {"fileName": "a.jpg"}}]}
        elif one.kind is Kind.SYSTEM:
            item["updateMessage"] = {"simpleUpdate": {"type": "IDENTITY_UPDATE"}}
        else:
            item["standardMessage"] = {"text": {"body": one.text}}
        records.append({"chatItem": item})
    return ("\n".join(json.dumps(r) for r in records) + "\n").encode()


def telegram(said: Sequence[Said]) -> bytes:
    """Return Telegram's ``result.json``; every other text is in parts."""
    messages = []
    for number, one in enumerate(said, start=1):
        record: dict[str, object] = {
            "id": number,
            "type": "message",
            "date": "2001-01-01T00:00:00",
            "date_unixtime": str(_ms(one.when) // 1000),
            "from": one.who,
            "text": one.text,
        }
        if number % 2 and len(one.text) > 1:
            record["text"] = [one.text[:1], {"type": "bold", "text": one.text[1:]}]
        if one.kind is Kind.MISSED_CALL:
            record |= {"type": "service", "action": "phone_call", "discard_reason": "missed", "text": ""}
        elif one.kind is Kind.MEDIA:
            record |= {"text": "", "media_type": "voice_message", "file": "voice/a.ogg"}
        elif one.kind is Kind.SYSTEM:
            record |= {"type": "service", "action": "pin_message", "text": ""}
        messages.append(record)
    return json.dumps({"name": "x", "type": "personal_chat", "id": 1, "messages": messages}).encode()


def messenger(said: Sequence[Said]) -> bytes:
    """Return ``message_1.json``: the newest first, and UTF-8 written as if it were Latin-1."""

    def broken(text: str) -> str:
        return text.encode().decode("latin-1")

    messages = []
    for one in reversed(said):
        record: dict[str, object] = {"sender_name": broken(one.who), "timestamp_ms": _ms(one.when)}
        if one.kind is Kind.DELETED:
            record["is_unsent"] = True
        elif one.kind is Kind.MISSED_CALL:
            record |= {"call_duration": 0, "content": broken(one.text)}
        elif one.kind is Kind.MEDIA:
            record["photos"] = [{"uri": "messages/inbox/x/photos/1.jpg"}]
        else:
            record["content"] = broken(one.text)
        messages.append(record)
    people = [{"name": broken(who)} for who in dict.fromkeys(s.who for s in said)]
    return json.dumps({"participants": people, "messages": messages, "thread_path": "inbox/x"}).encode()


def sms(said: Sequence[Said]) -> bytes:
    """Return the XML of SMS Backup & Restore; the last sender is the number of the other phone."""
    breaks = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    rows = [
        f'<sms address={quoteattr(s.who)} date="{_ms(s.when)}" type="1" '
        f'body={quoteattr(s.text, breaks)} contact_name="null" />'
        for s in said
    ]
    first = f"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"{len(rows)}\">\n"
    return (first + "\n".join(rows) + "\n</smses>").encode()


def email(said: Sequence[Said]) -> bytes:
    """Return one email of the first thing that was said, with another form of it and an attachment."""
    one = said[0]
    message = EmailMessage()
    message["From"] = "Dan <dan@example.org>"
    message["To"] = "priya@example.org"
    message["Date"] = one.when.replace(tzinfo=dt.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    message["Subject"] = "You"
    message.set_content(one.text or "x")
    message.add_alternative("<p>x</p><script>alert(1)</script>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../etc/passwd.pdf"
    )
    return message.as_bytes()


def diary(said: Sequence[Said]) -> bytes:
    """Return a diary as CSV, filled in."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Date", "Time", "Not sure of the time", "What happened", "Where"])
    for one in said:
        rows.writerow(
            [f"{one.when.day}/{one.when.month}/{one.when.year}", f"{one.when:%H:%M}", "", one.text, ""]
        )
    return text.getvalue().encode("utf-8-sig")


def calls(said: Sequence[Said]) -> bytes:
    """Return a call log as CSV, every call missed."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Date", "Time", "Number", "Duration"])
    for one in said:
        rows.writerow([f"{one.when:%d/%m/%Y}", f"{one.when:%H:%M:%S}", "+447700900123", "0"])
    return text.getvalue().encode()


WRITERS: dict[str, Callable[[Sequence[Said]], bytes]] = {
    "whatsapp": whatsapp,
    "signal": signal,
    "telegram": telegram,
    "messenger": messenger,
    "sms": sms,
    "email": email,
    "diary": diary,
    "call_log": calls,
}
