"""The dated rules of the part "rights": time to answer, exemptions, periods of retention."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.rights import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule

RULES = DatedRules(configuration.PART)
NOT_DECIDED = configuration.NOT_DECIDED


def exemptions(day: dt.date) -> dict[str, Rule]:
    """Those that a person can choose."""
    return {code: row for code, row in RULES.on("exemption", day).items() if not row.extra.get("by_service")}


def request_months(day: dt.date) -> int:
    """Return for how many months after the answer it is kept who asked."""
    if "request_kept" not in RULES.tables():
        return configuration.REQUEST_MONTHS
    return int(RULES.one("request_kept", day).extra["months"])


def early(day: dt.date) -> dict[str, Rule]:
    """Reasons to erase records before their time is over; a hub's file may have none."""
    return RULES.on("early", day) if "early" in RULES.tables() else {}


def periods(kind: str, day: dt.date) -> dict[str, Rule]:
    """Return how long an agency of this kind keeps what it owns; the first period holds by default."""
    return {code: row for code, row in RULES.on("period", day).items() if row.extra["kind"] == kind}
