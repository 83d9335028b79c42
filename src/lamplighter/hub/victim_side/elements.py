"""List elements of s.2A and s.4A that the victim's account speaks to. A help for asking, no legal finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lamplighter.vocabulary.codes import code_set

OCCASIONS = 2
NOTHING = "Nothing written down yet: ask."


class Impact(Protocol):
    happened_on: dt.date
    elements: list[str]
    effects: list[str]


@dataclass(frozen=True, slots=True)
class Element:
    """One element: whether entries speak to it, about which days, and in words."""

    code: str
    section: str
    title: str
    shown: bool
    days: tuple[dt.date, ...]
    says: str


def summary(entries: Sequence[Impact]) -> list[Element]:
    """Return every element with what speaks to it.

    Alarm or distress by the course as a whole is enough for s.2A: it need not follow each act, nor come when
    the act was done (Kelly v DPP [2002] EWHC 1428 (Admin); Kellett v DPP [2001] EWHC Admin 107). Occasions
    are of what was done, and stand on the pattern. Only fear of violence is asked for on two occasions, and
    whether two entries about one day are two is for a person.
    """
    told = {code: [e for e in entries if code in e.elements] for code in code_set("impact_elements").codes}
    effects = {effect for e in told["adverse_effect"] for effect in e.effects}
    return [
        _once("harassed", told["harassed"]),
        _fear(told["fear_of_violence"]),
        _once("serious_alarm_distress", told["serious_alarm_distress"]),
        _effects(told["adverse_effect"], effects),
    ]


def limbs(elements: Sequence[Element]) -> list[str]:
    """Return which offences the account speaks to as a whole, one sentence each."""
    shown = {e.code: e.shown for e in elements}
    words = {True: "the account speaks to it", False: "nothing written down yet"}
    first, second = shown["fear_of_violence"], shown["serious_alarm_distress"] and shown["adverse_effect"]
    return [
        f"s.2A, alarm or distress caused by the course as a whole: {words[shown['harassed']]}.",
        f"s.4A, fear of violence on at least two occasions: {words[first]}.",
        "s.4A, serious alarm or distress with a substantial adverse effect on usual day-to-day activities: "
        f"{words[second]}.",
    ]


def _made(code: str, shown: bool, entries: Sequence[Impact], says: str) -> Element:
    found = code_set("impact_elements").codes[code]
    days = tuple(sorted({e.happened_on for e in entries}))
    return Element(code, str(found.extra["section"]), found.title, shown, days, says)


def _fear(entries: Sequence[Impact]) -> Element:
    days = {e.happened_on for e in entries}
    if len(days) >= OCCASIONS:
        says = f"On {len(days)} days."
    elif len(entries) >= OCCASIONS:
        says = f"In {len(entries)} entries about one day. Whether they are two occasions is for a person."
    else:
        says = "In one entry. s.4A asks for two occasions: ask." if entries else NOTHING
    return _made("fear_of_violence", len(entries) >= OCCASIONS, entries, says)


def _once(code: str, entries: Sequence[Impact]) -> Element:
    return _made(code, bool(entries), entries, "Spoken to." if entries else NOTHING)


def _effects(entries: Sequence[Impact], effects: set[str]) -> Element:
    titles = [c.title.lower() for code, c in code_set("impact_effects").codes.items() if code in effects]
    says = f"{', '.join(titles).capitalize()}." if titles else NOTHING
    return _made("adverse_effect", bool(titles), entries, says)
