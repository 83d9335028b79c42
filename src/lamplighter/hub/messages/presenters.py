"""Prepare the pages of what the victim brings, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import presenters as exhibits
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.messages import receipt
from lamplighter.hub.messages.grouping import CHANNELS, KINDS, NOT_KNOWN, ROLES, TWICE
from lamplighter.hub.messages.models import Brought, Draft, Line, Original
from lamplighter.message_exports.reading import TITLES
from lamplighter.message_exports.shapes import Kind
from lamplighter.reporting.words import clock, count, day, when
from lamplighter.vocabulary.codes import code_set

SHORT = 280
COUNTED = {
    **{str(kind): name for kind, name in KINDS.items()},
    str(Kind.SYSTEM): "line of the app itself",
    str(Kind.UNSENT): "message that never left the phone",
    "continued": "line that goes on from the one before",
    "refused": "not understood",
    "blank": "empty line",
    "other": "other part (headings, attachments, contacts)",
}
PLURALS = {
    "not understood": "not understood",
    "diary entry": "diary entries",
    "picture or file": "pictures or files",
    "line of the app itself": "lines of the app itself",
    "message that never left the phone": "messages that never left the phone",
    "line that goes on from the one before": "lines that go on from the one before",
    "other part (headings, attachments, contacts)": "other parts (headings, attachments, contacts)",
}


def title(of: Brought) -> str:
    """Return what was brought, without its name."""
    return TITLES.get(of.format, "Screenshots" if of.sort == Brought.Sort.PICTURES else "A file")


def row(of: Any, case: Case) -> dict[str, Any]:
    """Return one row of the list: what, when, by whom, and where it stands."""
    state = {
        Brought.State.ASKED: "Questions to answer",
        Brought.State.DRAFTS: f"{count(of.open, 'draft')} to confirm",
        Brought.State.DONE: "Done",
    }[of.state]
    return {
        "title": title(of),
        "at": of.at,
        "by": by(of),
        "state": state,
        "confirmed": count(of.confirmed, "incident") if of.confirmed else "None yet",
        "href": reverse("brought:one", args=[case.key, of.key]),
    }


def by(of: Any) -> str:
    """Return who took it in, and of which agency."""
    return f"{of.by.display_name}, {of.owner.name}" if of.by else str(of.owner.name)


def counted(account: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how every line was counted; the numbers add up to the total."""
    found = []
    for kind, number in account.get("counts", {}).items():
        name = COUNTED.get(kind, kind)
        words = name if number == 1 else PLURALS.get(name, f"{name}s")
        found.append((words[:1].upper() + words[1:], number))
    return found


def _place(unit: str, first: int, last: int) -> str:
    return f"{unit.capitalize()} {first}" if first == last else f"{unit.capitalize()}s {first} to {last}"


def refused(account: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was not understood, as it stands in the file."""
    unit = str(account.get("unit", "line"))
    return [
        {
            "place": _place(unit, a, b),
            "why": why,
            "raw": raw,
        }
        for a, b, why, raw in account.get("refused", ())
    ]


def draft(of: Any, case: Case) -> dict[str, Any]:
    """Return one draft or incident for a list."""
    words = of.words.strip()
    return {
        "key": str(of.key),
        "when": moment(of),
        "channel": channel(of.channel),
        "words": words if len(words) <= SHORT else f"{words[:SHORT].rstrip()} …",
        "lines": count(getattr(of, "n", 0), "line"),
        "state": of.state,
        "reason": of.reason,
        "href": reverse("brought:draft", args=[case.key, of.key]),
    }


def moment(of: Draft) -> str:
    """Return when it happened, as well as it is known."""
    if of.started_at is None:
        return "Date not known"
    return when(of.started_at, of.ended_at, of.precision)


def channel(code: str) -> str:
    """Return a channel in words; "" where none is known."""
    known = code_set("channels").codes
    name = CHANNELS.get(code, code)
    return known[name].title if name in known else ""


def line(of: Line, unit: str, shown: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return one line of a draft as it stands in the file; ``shown``: pictures to look at, by original."""
    kind = KINDS.get(Kind(of.kind), of.kind)
    return {
        "key": str(of.key),
        "picture": (shown or {}).get(str(of.picture.key), "") if of.picture else "",
        "place": _place(unit, of.place, of.end),
        "when": _clock(of),
        "who": ROLES.get(of.role, ROLES[NOT_KNOWN]) if of.role else "",
        "sender": of.who,
        "kind": kind[:1].upper() + kind[1:],
        "text": of.text.strip(),
        "files": list(of.files),
        "note": of.note,
        "raw": of.raw if of.raw.strip() != of.text.strip() else "",
        "zone": "The file gives the moment itself" if of.moment else "Clock of the phone; UK time is assumed",
    }  # fmt: skip


def _clock(of: Line) -> str:
    if of.happened_at is None:
        return "Time not known"
    if of.precision == "day":
        return f"{day(of.happened_at)}, time not known"
    twice = " or an hour later" if of.precision == TWICE else ""
    return f"{day(of.happened_at)} at {clock(of.happened_at.time())}{twice}"


def files(of: Sequence[Original], case: Case) -> list[dict[str, Any]]:
    """Return originals: which exhibit each is, its scan, its picture, and where it is given out."""
    standing = receipt.standing(of)
    today = timezone.localdate()
    return [_file(row, standing[row.pk], case, today) for row in of if row.pk in standing]


def _file(of: Original, known: Known, case: Case, today: dt.date) -> dict[str, Any]:
    drawn = evidence.may_be_drawn(known)
    state = exhibits.state(known, of.file, today)
    return {
        "key": str(of.key),
        "name": of.file.name,
        "size": f"{of.file.size:,} bytes",
        "sha256": of.file.sha256,
        "exhibit": known.label,
        "exhibit_href": reverse("evidence:exhibit", args=[case.key, known.exhibit.key]),
        "state": state,
        "waits": not (drawn or state["code"]),
        "href": "" if state["infected"] else reverse("evidence:open", args=[case.key, of.file.key]),
        "picture": reverse("brought:picture", args=[case.key, of.key]) if drawn else "",
    }


def timeline(found: Sequence[Draft], case: Case, user: User, query: str) -> list[dict[str, Any]]:
    """Return incidents as lines of the timeline."""
    return [
        {
            "day": moment(d),
            "title": f"Incident from what the victim brought ({title(d.brought)})",
            "by": channel(d.channel),
            "body": d.words if len(d.words) <= SHORT else f"{d.words[:SHORT].rstrip()} …",
            "href": reverse("brought:draft", args=[case.key, d.key]) + query,
            "strong": True,
        }
        for d in found
    ]
