"""The dated rules of the part "children"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.children import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(configuration.PART)


def questions(side: str, day: dt.date) -> dict[str, Rule]:
    """Return what is asked on ``day`` where the person of ``side`` is under 18, by code, in its order."""
    return {c: r for c, r in RULES.on("question", day).items() if r.extra["about"] == side}


def question(code: str) -> Rule | None:
    """Return the row of a question that was written last, in force or not."""
    return RULES.newest("question", code)


def notes(side: str, day: dt.date) -> list[Rule]:
    """Return what to know on ``day`` where the person of ``side`` is under 18."""
    return [r for r in RULES.on("note", day).values() if r.extra["about"] == side]
