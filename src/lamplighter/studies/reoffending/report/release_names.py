"""Names in a release of the study, for whoever writes one and whoever reads one."""

from __future__ import annotations

import datetime as dt

NAME = "reoffending"
OUTCOMES, BY_FORCE, KNOWN, FORCES, ORDERS = (
    "people-by-outcome",
    "people-by-force",
    "known-before",
    "forces-of-a-person",
    "after-orders",
)
CORRECTED = "corrected"
#: Dimensions of one code each: the days of which people are counted.
ENTERED, FIRST_RECORDED = "entered", "first_recorded"
#: Under which the release carries the rule of what may be read out: people at least, points at most.
READ_OUT = "read_out"
SEPARATOR = "_to_"


def period_of(code: str) -> tuple[dt.date, dt.date]:
    """Return the first day of a period of a release, and the first day after it."""
    first, before = (dt.date.fromisoformat(day) for day in code.split(SEPARATOR))
    return first, before
