"""The dated rules of the part "elsewhere"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.elsewhere import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(configuration.PART)


def hub_name(day: dt.date) -> str:
    """Return the name under which the index knows this hub."""
    rule = RULES.on("index", day).get("hub")
    return rule.title if rule else ""


def time(code: str, day: dt.date) -> Rule:
    """Return the rule of a task. Raises ``LookupError`` where none is in force on that day."""
    rule = RULES.on("time", day).get(code)
    if rule is None:
        raise LookupError(f"elsewhere.toml has no time {code} on {day}.")
    return rule
