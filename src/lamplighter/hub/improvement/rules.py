"""The dated rules of the part "improvement"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.improvement import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.vocabulary import working_days

RULES = DatedRules(configuration.PART)


def by(code: str, start: dt.date, today: dt.date) -> dt.date:
    """Return the day on which a limit that begins on ``start`` is over, by the rule that holds ``today``.

    In working days. Where the bank holidays are not known, each day counts.
    """
    rule = RULES.on("limit", today).get(code) or RULES.newest("limit", code)
    if rule is None:
        raise LookupError(f"rules.toml of improvement has no limit {code}.")
    days = rule.extra["days"]
    try:
        return working_days.working_days_after(start, days)
    except working_days.PastTheEndError:
        return start + dt.timedelta(days=days)
