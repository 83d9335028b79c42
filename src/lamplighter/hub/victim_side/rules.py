"""The dated rules of the part "victim_side": events that must be told, and how many days there are."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.hub.victim_side import configuration
from lamplighter.vocabulary.working_days import LONDON as LONDON
from lamplighter.vocabulary.working_days import end_of as end_of
from lamplighter.vocabulary.working_days import working_days_after

RULES = DatedRules(configuration.PART)
on, one, title = RULES.on, RULES.one, RULES.title
SERVICES = DatedRules(configuration.SERVICES)


def update_days(day: dt.date, enhanced: bool, kind: str = "") -> int:
    """Return in how many working days the victim is told of an event of ``kind`` of ``day``.

    An event whose row has no days of its own, or no kind, has those of all events.
    """
    key = "enhanced_days" if enhanced else "ordinary_days"
    event = on("event", day).get(kind)
    found = event.extra if event is not None and key in event.extra else one("victims_code", day).extra
    return int(found[key])


def update_due(day: dt.date, enhanced: bool, kind: str = "") -> dt.datetime:
    """Until when the victim is told of what happened on ``day``. Bank holidays are not counted."""
    return end_of(working_days_after(day, update_days(day, enhanced, kind)))


def from_receipt(day: dt.date, kind: str) -> bool:
    """Return whether the time of an event runs from when whoever tells the victim was told of it."""
    event = on("event", day).get(kind)
    return event is not None and event.extra.get("starts") == "receipt"


def holds(table: str, moment: dt.datetime) -> bool:
    """Tell whether a rule of ``table`` is in force at a moment."""
    day = moment.astimezone(LONDON).date()
    return bool((SERVICES if table in SERVICES.tables() else RULES).on(table, day))


def after_working_days(table: str, moment: dt.datetime) -> dt.datetime:
    """The end of the working day by which something of ``table`` that began at ``moment`` is due."""
    day = moment.astimezone(LONDON).date()
    rule = (SERVICES if table in SERVICES.tables() else RULES).one(table, day)
    return end_of(working_days_after(day, int(rule.extra["working_days"])))
