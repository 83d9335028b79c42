"""Prepare the pages about children, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases import presenters
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.children import rules, selectors, services
from lamplighter.hub.clocks.models import Clock

SAID = {
    ages.Known.YES: "under 18",
    ages.Known.NO: "18 or over",
    ages.Known.NOT_KNOWN: "age not known: may be under 18",
}


def part(case: Case, side: str, known: ages.Known, as_at: Moment, *, may: bool) -> dict[str, Any]:
    """One of the two people: whether a child, what is asked with its answer or its task, what to know."""
    who = ages.TITLES[Party.Side(side)].capitalize()
    day = timezone.localdate(as_at or moment.now())
    young = known == ages.Known.YES
    running: Mapping[str, Clock] = selectors.running(case) if as_at is None else {}
    runs = any(kind.startswith(services.kind_of(side, "")) for kind in running)
    # Of somebody who has turned 18, or may have, what runs is still answered.
    found = selectors.asked(case, side, as_at) if young or runs else []
    return {
        "who": who,
        "title": f"{who}: {SAID[known]}",
        "not_known": known == ages.Known.NOT_KNOWN,
        "young": young,
        "asked": bool(found),
        "rows": [_row(case, side, one, running, as_at, may=may) for one in found],
        "notes": [rule.title for rule in rules.notes(side, day)] if young else [],
        "open": sum(one.open for one in found),
    }


def _row(
    case: Case,
    side: str,
    one: selectors.Asked,
    running: Mapping[str, Clock],
    as_at: Moment,
    *,
    may: bool,
) -> dict[str, Any]:
    said = one.answer
    clock = running.get(services.kind_of(side, one.rule.code))
    return {
        "question": one.rule.title,
        "answer": said.get_answer_display() if said else "Nobody has answered this yet",
        "words": said.words if said else "",
        "by": presenters.by(said) if said else "",
        "at": said.at if said else None,
        "due": presenters.due(clock, as_at) if clock else None,
        "href": reverse("children:answer", args=[case.key, side, one.rule.code]) if may else "",
    }
