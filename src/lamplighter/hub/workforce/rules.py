"""The dated rules of the part "staff_reported"."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.hub.workforce import configuration

RULES = DatedRules(configuration.PART)


def steps(sector: str, now: dt.datetime) -> list[Rule]:
    """Return what is seen to where the suspect works in this sector, the most urgent first."""
    found = RULES.on("step", timezone.localdate(now)).values()
    mine = [r for r in found if sector in r.extra["sectors"]]
    return sorted(mine, key=lambda r: (r.extra["hours"], r.code))


def step(code: str, at: dt.datetime) -> Rule | None:
    """Return the rule of a step as it was when the step began."""
    return RULES.on("step", timezone.localdate(at)).get(code)


def limit(code: str, start: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts at ``start``."""
    rule = RULES.on("limit", timezone.localdate(start))[code]
    return rule.title, start + dt.timedelta(hours=rule.extra["hours"])
