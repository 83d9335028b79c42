"""The dated rules of the part "closing", by when something is due, and which outcomes drop a case."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.closing import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.codes import Code, code_set
from lamplighter.vocabulary.working_days import LONDON

RULES = DatedRules(configuration.PART)
on, title = RULES.on, RULES.title


def day_of(moment: dt.datetime) -> dt.date:
    """Return the day in London on which a moment falls."""
    return moment.astimezone(LONDON).date()


def dropping(day: dt.date) -> dict[str, Code]:
    """Return the outcomes that drop a case on a day, by their code."""
    return {code: row for code, row in code_set("outcomes").on(day).items() if row.extra.get("drops")}


def called(outcome: str) -> str:
    """Return an outcome as people say it: its number and its words, where the code set has it."""
    row = code_set("outcomes").codes.get(outcome)
    return f"Outcome {outcome}: {row.title[0].lower()}{row.title[1:]}" if row else f"Outcome {outcome}"


def names_suspect(outcome: str) -> bool:
    """Tell whether an outcome is of a suspect who was identified."""
    row = code_set("outcomes").codes.get(outcome)
    return row is None or bool(row.extra.get("suspect", True))


def limit(code: str, start: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts at ``start`` (aware).

    Hours are those of the clock. Days end with the last of them, whatever day it is: too late is too late.
    """
    day = day_of(start)
    rule = on("limit", day).get(code) or RULES.newest("limit", code)
    if rule is None:
        raise LookupError(f"rules.toml of closing has no limit {code}.")
    if hours := rule.extra.get("hours"):
        return rule.title, start.astimezone(dt.UTC) + dt.timedelta(hours=hours)
    if count := rule.extra.get("working_days"):
        return rule.title, working_days.within(day, count)
    return rule.title, working_days.end_of(day + dt.timedelta(days=rule.extra["days"]))
