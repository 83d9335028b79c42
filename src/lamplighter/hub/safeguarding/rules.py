"""The dated rules of the part "safeguarding": hours, how long a check counts, what a warning rests on."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.safeguarding import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(configuration.PART)


def limit(code: str, now: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what is to be done, and by when if it starts now. The hours are those of the clock."""
    rule = _held("limit", code, now)
    # On the time line of the world: the night in which clocks change has no hour less or more.
    return rule.title, now.astimezone(dt.UTC) + dt.timedelta(hours=rule.extra["hours"])


def _held(table: str, code: str, now: dt.datetime) -> Rule:
    """The row that holds, or the newest: what is told of a day before the first row has a limit too."""
    rule = RULES.on(table, timezone.localdate(now)).get(code) or RULES.newest(table, code)
    if rule is None:
        raise LookupError(f"rules.toml of safeguarding has no {table} {code}.")
    return rule


def counts_for(now: dt.datetime) -> dt.timedelta:
    """Return for how long a signed check counts for an enrolment."""
    return dt.timedelta(days=_held("counts", "counts", now).extra["days"])


def bases(day: dt.date) -> dict[str, Rule]:
    """Return what a warning can rest on."""
    return RULES.on("basis", day)


def basis_title(code: str) -> str:
    """Return the words of a basis, also of one that holds no more."""
    return RULES.title("basis", code)
