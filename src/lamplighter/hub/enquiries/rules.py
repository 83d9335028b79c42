"""The dated rules of the part "enquiries"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lamplighter.hub.enquiries import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON

RULES = DatedRules(configuration.PART)
on, title = RULES.on, RULES.title


def day_of(moment: dt.datetime) -> dt.date:
    """Return the day in London on which a moment falls."""
    return moment.astimezone(LONDON).date()


def line(kind: str, day: dt.date) -> Rule | None:
    """Return the row of a line that holds on a day, or the newest; ``None`` for one that a person added."""
    return on("line", day).get(kind) or RULES.newest("line", kind)


def called_for(acts: Iterable[str], day: dt.date) -> dict[str, list[str]]:
    """Return the lines that some acts call for by the rules of a day, each with the acts that do."""
    lines, calls = on("line", day), on("act", day)
    found: dict[str, list[str]] = {}
    known = [act for act in sorted(set(acts)) if act in calls]
    for kind, rule in lines.items():
        of = known if rule.extra.get("each") else [a for a in known if kind in calls[a].extra["lines"]]
        if of:
            found[kind] = of
    return found


def due_on(rule: Rule, day: dt.date) -> dt.date:
    """Return by which day a line that appears on ``day`` is done."""
    return working_days.within(day, int(rule.extra["working_days"])).date()


def plan_by(moment: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is asked of whoever has new lines, and by when."""
    day = day_of(moment)
    rule = on("limit", day).get(configuration.PLAN) or RULES.newest("limit", configuration.PLAN)
    if rule is None:
        raise LookupError("rules.toml of enquiries has no limit plan.")
    return rule.title, working_days.within(day, int(rule.extra["working_days"]))


def soon_days(day: dt.date) -> int:
    """Return how many days before it is due a line is a task of its own."""
    rule = on("limit", day).get(configuration.SOON) or RULES.newest("limit", configuration.SOON)
    if rule is None:
        raise LookupError("rules.toml of enquiries has no limit soon.")
    return int(rule.extra["days"])
