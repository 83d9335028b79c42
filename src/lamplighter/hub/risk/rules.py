"""The dated rules of the part "risk", and by when something is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lamplighter.hub.risk import configuration
from lamplighter.hub.risk.levels import Level
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON

RULES = DatedRules(configuration.PART)
on, one, title = RULES.on, RULES.one, RULES.title


def day_of(moment: dt.datetime) -> dt.date:
    """Return the day in London on which a moment falls."""
    return moment.astimezone(LONDON).date()


def held(table: str, code: str, day: dt.date) -> Rule:
    """Return the row that holds on a day; of a day before the first row, or after the last, the newest."""
    rule = on(table, day).get(code) or RULES.newest(table, code)
    if rule is None:
        raise LookupError(f"rules.toml of risk has no {table} {code}.")
    return rule


def due(rule: Rule, start: dt.datetime) -> dt.datetime:
    """Return by when something that starts at ``start`` (aware) is done."""
    return working_days.due(rule.extra, start)


def again(levels: Iterable[str], start: dt.datetime) -> dt.datetime:
    """Return when a risk of these levels, assessed at ``start``, is assessed again: the soonest of them."""
    day = day_of(start)
    return min(due(held("level", level, day), start) for level in {*levels} or {Level.NOT_ASSESSED})


def limit(code: str, start: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts at ``start``."""
    rule = held("limit", code, day_of(start))
    return rule.title, due(rule, start)


def measures(level: str, day: dt.date) -> dict[str, Rule]:
    """Return the checklist of measures at a level."""
    return {code: rule for code, rule in on("measure", day).items() if level in rule.extra["levels"]}


def triggers(day: dt.date) -> dict[str, Rule]:
    """Return what makes a re-assessment due, by code."""
    return on("trigger", day)


def is_of_own_side(kind: str, day: dt.date) -> bool:
    """Tell whether a trigger of this kind is told to the side alone on which it is known."""
    return bool(held("trigger", kind, day).extra["told"] == "own_side")
