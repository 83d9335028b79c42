"""Which elements of s.2A and s.4A the victim's account shows so far. A help for asking, no finding of law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lamplighter.vocabulary.codes import code_set

OCCASIONS = 2


class Impact(Protocol):
    happened_on: dt.date
    elements: list[str]
    effects: list[str]


@dataclass(frozen=True, slots=True)
class Element:
    """One element: whether entries show it, on which days, and what is not shown yet."""

    code: str
    section: str
    title: str
    shown: bool
    days: tuple[dt.date, ...]
    says: str


def summary(entries: Sequence[Impact]) -> list[Element]:
    """Every element with what shows it. Two entries about one day are one occasion."""
    days = {
        code: tuple(sorted({e.happened_on for e in entries if code in e.elements}))
        for code in code_set("impact_elements").codes
    }
    effects = {effect for e in entries if "adverse_effect" in e.elements for effect in e.effects}
    return [
        _occasions("harassed", days["harassed"]),
        _occasions("fear_of_violence", days["fear_of_violence"]),
        _once("serious_alarm_distress", days["serious_alarm_distress"]),
        _effects(days["adverse_effect"], effects),
    ]


def limbs(elements: Sequence[Element]) -> list[str]:
    """Which limbs the account shows as a whole, one sentence each."""
    shown = {e.code: e.shown for e in elements}
    words = {True: "shown", False: "not shown yet"}
    first, second = shown["fear_of_violence"], shown["serious_alarm_distress"] and shown["adverse_effect"]
    return [
        f"s.2A, alarmed or distressed on at least two occasions: {words[shown['harassed']]}.",
        f"s.4A, fear of violence on at least two occasions: {words[first]}.",
        "s.4A, serious alarm or distress with a substantial adverse effect on usual day-to-day activities: "
        f"{words[second]}.",
    ]


def _made(code: str, shown: bool, days: tuple[dt.date, ...], says: str) -> Element:
    found = code_set("impact_elements").codes[code]
    return Element(code, str(found.extra["section"]), found.title, shown, days, says)


def _occasions(code: str, days: tuple[dt.date, ...]) -> Element:
    if len(days) >= OCCASIONS:
        return _made(code, True, days, f"Shown on {len(days)} occasions.")
    says = "Nothing recorded shows this yet." if not days else "Shown on 1 occasion; the law asks for two."
    return _made(code, False, days, says)


def _once(code: str, days: tuple[dt.date, ...]) -> Element:
    return _made(code, bool(days), days, "Shown." if days else "Nothing recorded shows this yet.")


def _effects(days: tuple[dt.date, ...], effects: set[str]) -> Element:
    titles = [c.title.lower() for code, c in code_set("impact_effects").codes.items() if code in effects]
    says = f"Shown: {', '.join(titles)}." if titles else "Nothing recorded shows this yet."
    return _made("adverse_effect", bool(titles), days, says)
