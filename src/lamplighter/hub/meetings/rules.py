"""The dated rules of the part "meetings"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.meetings import configuration
from lamplighter.hub.site.config_files.dated import DatedRules

RULES = DatedRules(configuration.PART)


def days(code: str, on: dt.date) -> dt.timedelta:
    """Return how long a limit is: on ``on``, or of the row written last where none holds on that day."""
    rule = RULES.on("limit", on).get(code) or RULES.newest("limit", code)
    if rule is None:
        raise LookupError(f"rules.toml of meetings has no limit {code}.")
    return dt.timedelta(days=rule.extra["days"])
