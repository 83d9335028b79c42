"""The dated rules of the part "meetings"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.meetings import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.vocabulary import working_days

RULES = DatedRules(configuration.PART)


def is_escalated(due_on: dt.date, today: dt.date) -> bool:
    """Tell whether what was due on a day is put before whoever chairs by ``today``: in working days.

    It is told on the morning of a working day. Where the bank holidays are not known, each day counts.
    """
    after = days("escalated", today).days
    try:
        return today >= working_days.working_days_after(due_on, after)
    except working_days.PastTheEndError:
        return today >= due_on + dt.timedelta(days=after)


def days(code: str, on: dt.date) -> dt.timedelta:
    """Return how long a limit is: on ``on``, or of the row written last where none holds on that day."""
    rule = RULES.on("limit", on).get(code) or RULES.newest("limit", code)
    if rule is None:
        raise LookupError(f"rules.toml of meetings has no limit {code}.")
    return dt.timedelta(days=rule.extra["days"])
