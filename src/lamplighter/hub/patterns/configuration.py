"""The part of the configuration that is about decisions on patterns: by when what they lead to is done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, Value, code, count, origin, text
from lamplighter.vocabulary.codes import code_set

SHIPPED = Path(__file__).with_name("rules.toml")
CORRECT, LEARNED = "correct", "learned"


def _channels() -> dict[str, str]:
    return {c.code: c.title for c in code_set("channels").codes.values()}


PART = Part(
    "patterns",
    "Decisions on patterns",
    "By when somebody does what a decision on a pattern, or its reading, leads to.",
    SHIPPED,
    (
        Rows(
            "limit",
            "Time limits",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                count("days", "Within", "day", most=366),
                *origin(),
            ),
            # The software itself asks for these.
            always=(CORRECT,),
        ),
        Rows(
            "limit_warning",
            "When the limit of a summary-only charge is looked at",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                count("months", "After", "month", most=5),
                *origin(),
            ),
        ),
        Rows(
            "look",
            "Possible domestic or honour-based abuse",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                count("working_days", "Within", "working day", most=60),
                *origin(),
            ),
            single=True,
        ),
        Rows(
            "evidence",
            "Evidence that does not last",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                Value("channels", "For acts by", many=True, one_of=_channels),
                count("days", "Kept for about", "day", most=1000),
                text("ask", "What to do"),
                *origin(),
            ),
            optional=True,
        ),
    ),
)
PARTS = (PART,)
RULES = DatedRules(PART)


def correct_within(day: dt.date) -> int:
    """Return in how many days a force that is asked on ``day`` says what it did about its record."""
    return int(RULES.on("limit", day)[CORRECT].extra["days"])


def learned_within(day: dt.date) -> int:
    """Return in how many days somebody decides on a lesson, or reads how a pattern changed by one."""
    limits = RULES.on("limit", day)
    return int((limits.get(LEARNED) or limits[CORRECT]).extra["days"])


def warnings(day: dt.date) -> list[int]:
    """Return after how many months since the last act somebody looks at the limit."""
    return sorted(int(row.extra["months"]) for row in RULES.on("limit_warning", day).values())


def evidence(day: dt.date) -> list[Rule]:
    """Return what others keep of an act for a while, with its channels, days and what to do."""
    return list(RULES.on("evidence", day).values())


def look_within(day: dt.date) -> int:
    """Return in how many working days somebody looks at what reads as possible abuse of another kind."""
    return int(RULES.one("look", day).extra["working_days"])
