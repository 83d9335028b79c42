"""The switches of the part "law", and who signs and checks them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter.hub.law.configuration import PART
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(PART)


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch as the file describes it. ``per``: what it is signed for each of; empty: once for all."""

    code: str
    title: str
    about: str
    per: str
    instrument: str
    look: str
    known: str
    source: str
    next_review: dt.date


def switches() -> Mapping[str, Switch]:
    """Return every switch by its code, in the order of the file."""
    fields = ("code", "title", "about", "instrument", "look", "known", "source", "next_review")
    return {
        row["code"]: Switch(**{name: row[name] for name in fields}, per=row.get("per", ""))
        for row in PART.document()["switch"]
    }


def switch(code: str) -> Switch:
    """Return one switch. Raises ``KeyError`` when there is none."""
    found = switches().get(code)
    if found is None:
        raise KeyError(f"There is no switch {code!r} in {PART.file}")
    return found


def signing(on: dt.date) -> Rule:
    """Return who signs and checks on a day, and by when."""
    return RULES.one("signing", on)
