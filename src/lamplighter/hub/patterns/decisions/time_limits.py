"""The six-month limit of patterns as of today: asked anew for every page, for a stored sentence grows old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

from lamplighter.courses.findings import time_limits
from lamplighter.hub.patterns import configuration
from lamplighter.hub.patterns.models import Course, Finding, Occasion
from lamplighter.reporting.words import day, span

Pattern = TypeVar("Pattern", bound=Course)
# The last act that counts is the evidence of the rule.
_SOON = """
SELECT c.course_id, o.at, o.precision FROM patterns_course c
JOIN patterns_finding f ON f.course_id = c.id AND f.rule_id = %(rule)s
JOIN patterns_occasion o ON o.course_id = c.id AND o.report_id || '#' || o.occasion_seq = f.evidence[1]
WHERE c.superseded_at IS NULL AND o.at >= %(since)s AND o.at < %(before)s {}
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """A limit that ends ``on`` a day, in so many days; ``act`` is the last act, from which it is counted."""

    on: dt.date
    days: int
    act: dt.date

    @property
    def words(self) -> str:
        """Return it as a list says it."""
        left = "today" if self.days == 0 else f"in {span(self.days)}"
        return f"Time limit for a summary-only charge: {left}, {day(self.on)}"


def soon(
    today: dt.date, course_ids: Collection[str] | None = None, *, running: bool = False
) -> dict[str, Ending]:
    """Return the limits that end soon, or with ``running`` all that have not ended, by pattern; of some
    patterns or of all."""
    # Every day on which an act can have been whose limit ends in this time; a month wider on both sides, for
    # acts of which only the month is known.
    margin = dt.timedelta(days=35)
    first = time_limits.first_act(today)
    within = (today - first + margin).days if running else time_limits.warn_days()
    given: dict[str, Any] = {
        "rule": time_limits.RULE,
        "since": first - margin,
        "before": first + dt.timedelta(days=within) + margin,
        "ids": None if course_ids is None else list(course_ids),
    }
    where = "" if course_ids is None else "AND c.course_id = ANY(%(ids)s::text[])"
    with connection.cursor() as cursor:
        cursor.execute(_SOON.format(where), given)
        rows = cursor.fetchall()
    found = {}
    for course_id, at, precision in rows:
        act = time_limits.known_day(at, precision)
        if act is None:
            continue
        end = time_limits.until(act)
        if 0 <= (end - today).days <= within:
            found[course_id] = Ending(end, (end - today).days, act)
    return found


def passed(act: dt.date, today: dt.date, months: Collection[int]) -> tuple[int, dt.date] | None:
    """Return the last warning that was reached since an act: after how many months, and on which day."""
    reached = [(m, time_limits.until(act, m)) for m in sorted(months) if time_limits.until(act, m) <= today]
    return reached[-1] if reached else None


def only_ending(courses: QuerySet[Pattern], today: dt.date, which: str) -> QuerySet[Pattern]:
    """Return those of the patterns whose limit ends within four weeks (``soon``), or runs and has passed the
    first warning (``runs``)."""
    if which == "soon":
        return courses.filter(course_id__in=list(soon(today)))
    months = configuration.warnings(today)
    ends = soon(today, running=True)
    return courses.filter(course_id__in=[c for c, e in ends.items() if passed(e.act, today, months)])


def as_of_today(findings: dict[str, Finding], occasions: Iterable[Occasion], today: dt.date) -> None:
    """Let the finding about the limit say what is so today. It is not saved."""
    finding = findings.get(time_limits.RULE)
    if finding is None or not finding.evidence:
        return
    known: dict[int, dt.date] = {}
    undated = set()
    last = None
    for o in occasions:
        act = time_limits.known_day(o.at, o.precision, o.until)
        if o.key in finding.evidence:
            last = act
        if o.reversed or not o.acts:
            continue
        if act is None:
            undated.add(o.number)
        else:
            known[o.number] = min(act, known.get(o.number, act))
    if last is None:
        return
    # What was disputed later than the last act that counts is no act of this pattern's limit.
    days = [d for d in known.values() if d <= last]
    found = time_limits.limit([*days, last], len(undated - known.keys()), today)
    finding.met, finding.words = found.met, found.words
