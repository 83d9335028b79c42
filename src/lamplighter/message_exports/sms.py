"""Read the XML of "SMS Backup & Restore": text messages, picture messages and calls of an Android phone."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lamplighter.message_exports.decoding import storable
from lamplighter.message_exports.shapes import OTHER, Answers, Entry, Export, ExportError, Kind, Part, closed
from lamplighter.message_exports.signal_chats import moment_of

FORMAT, CALLS = "sms", "calls"
ME = "Me"
# Types: 1 received, 2 sent, 3 draft, 4 outbox, 5 failed, 6 queued. Drafts and the like are no messages.
_UNSENT = {"3": "a draft", "4": "waiting to be sent", "5": "not sent: it failed", "6": "waiting to be sent"}
_CALLS = {
    "1": (Kind.CALL, "Call received"), "2": (Kind.CALL, "Call made"), "3": (Kind.MISSED_CALL, "Missed call"),
    "4": (Kind.MISSED_CALL, "Voicemail"), "5": (Kind.MISSED_CALL, "Call rejected"),
    "6": (Kind.MISSED_CALL, "Call refused: the number is blocked"),
    "7": (Kind.CALL, "Call answered elsewhere"),
}  # fmt: skip
_HIDDEN = {"2": "Number withheld", "3": "Number not known", "4": "Payphone"}
_NOTHING = {"", "null", "(Unknown)"}


def looks_like(text: str) -> bool:
    """Tell whether the file begins as one of this app."""
    head = text[:5_000]
    return "<smses" in head or "<calls" in head


def read(data: bytes, answers: Answers | None = None) -> Export:
    """Read a file of messages or of calls.

    Raises:
        ExportError: it is damaged, or holds what no such file holds.
    """
    try:
        root = fromstring(data)
    except ParseError as error:
        raise ExportError(
            "The file is damaged: it ends, or breaks off, in the middle.",
            place=f"line {error.position[0]}",
            remedy="Export it again, and send the file without opening or changing it.",
        ) from None
    except (DefusedXmlException, ValueError, LookupError):
        raise ExportError(
            "The file holds instructions that an export of messages never holds, so it is not opened.",
            remedy="Export it again with SMS Backup & Restore.",
        ) from None
    if root.tag not in {"smses", "calls"}:
        raise ExportError(
            "This file is not one of SMS Backup & Restore.",
            remedy="In SMS Backup & Restore make a backup on this phone, and send its XML file.",
        )
    entries, parts = [], []
    for number, element in enumerate(root, start=1):
        made = {"sms": _sms, "mms": _mms, "call": _call}.get(str(element.tag))
        if made is None:
            parts.append(Part(number, number, "A kind of record that is not known.", _raw(element), OTHER))
        else:
            entries.append(made(number, element))
    notes = []
    said = root.get("count", "")
    if said.isdigit() and int(said) != len(root):
        notes.append(
            f"The file says that it has {said} records, and it has {len(root)}. Some may be missing."
        )
    calls = root.tag == "calls"
    account = closed("record", len(root), entries, parts)
    return Export(CALLS if calls else FORMAT, "phone" if calls else "message", tuple(entries), tuple(parts),
                  account, None, tuple(notes))  # fmt: skip


def _get(element: Element, name: str) -> str:
    value = storable(element.get(name, ""))
    return "" if value in _NOTHING else value


def _raw(element: Element) -> str:
    return storable(
        "\n".join(f"{k}={v!r}" for e in element.iter() for k, v in e.attrib.items() if k != "data")
    )


def _other(element: Element, number: str) -> str:
    name = _get(element, "contact_name")
    return f"{name} ({number})" if name and number and name != number else name or number


def _sms(number: int, element: Element) -> Entry:
    sort = element.get("type", "")
    mine = sort != "1"
    kind, note = Kind.MESSAGE, ""
    if sort in _UNSENT:
        kind, note = Kind.UNSENT, f"It is {_UNSENT[sort]}."
    who = ME if mine else _other(element, _get(element, "address"))
    return Entry(number, number, moment_of(element.get("date"), 1000), who, kind, _get(element, "body"),
                 _raw(element), mine=mine, note=note)  # fmt: skip


def _mms(number: int, element: Element) -> Entry:
    box = element.get("msg_box", "")
    mine = box != "1"
    texts, files = [], []
    for part in element.iter("part"):
        sort, text = part.get("ct", ""), _get(part, "text")
        if sort == "application/smil":
            continue
        if sort.startswith("text/plain"):
            texts.append(text)
        else:
            files.append(_get(part, "name") or _get(part, "cl") or storable(sort) or "a file")
    text = "\n".join(t for t in texts if t)
    kind = Kind.UNSENT if box in {"3", "4", "5"} else Kind.MESSAGE if text or not files else Kind.MEDIA
    who = ME if mine else _other(element, _get(element, "address"))
    return Entry(number, number, moment_of(element.get("date"), 1000), who, kind, text, _raw(element),
                 tuple(files), mine=mine)  # fmt: skip


def _call(number: int, element: Element) -> Entry:
    kind, text = _CALLS.get(element.get("type", ""), (Kind.CALL, "Call"))
    mine = element.get("type") == "2"
    told = element.get("duration", "")
    seconds = int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None
    if seconds == 0 and kind is Kind.CALL:
        kind, text = Kind.MISSED_CALL, f"{text}, not taken"
    hidden = _HIDDEN.get(element.get("presentation", ""), "")
    dialled = _get(element, "number")
    other = hidden or _other(element, "" if dialled in {"-1", "-2", "-3"} else dialled) or "Number withheld"
    if mine:
        text = f"{text} to {other}"
    return Entry(number, number, moment_of(element.get("date"), 1000), ME if mine else other, kind, text,
                 _raw(element), seconds=seconds, mine=mine)  # fmt: skip
