"""The dated rules of the part "reports": what a case shows of a report, and by when it is read."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.arrivals import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(configuration.PART)


def sharing(kind: str, day: dt.date) -> Rule | None:
    """Return the rule for reports that an agency of this kind sent; ``None``: that they exist, no more."""
    return next((r for r in RULES.on("shows", day).values() if kind in r.extra["kinds"]), None)


def limit(code: str, now: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts now."""
    rule = RULES.on("limit", timezone.localdate(now))[code]
    return rule.title, now + dt.timedelta(days=rule.extra["days"])
