"""Answer the caseload: which cases have no recorded decision on a stalking protection order in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from lamplighter.hub.cases.models import Party
from lamplighter.hub.orders import rules
from lamplighter.hub.orders.models import Decision
from lamplighter.hub.orders.selectors import is_name


def undecided(cases: Collection[int], now: dt.datetime) -> set[int]:
    """Return those of some cases (by id) that are past the day of the decision without one. Two questions.

    The days count from when somebody first said who the suspect is, as long as the case still says so.
    """
    decided = Decision.objects.filter(case__in=cases, occasion=Decision.Occasion.NAMED)
    without = {*cases} - {*decided.values_list("case_id", flat=True)}
    suspects = Party.objects.filter(case__in=cases, side=Party.Side.SUSPECT).order_by("at", "pk")
    first: dict[int, dt.datetime] = {}
    named: set[int] = set()
    for case, name, at, replaced in suspects.values_list("case_id", "name", "at", "replaced_at"):
        if is_name(name):
            first.setdefault(case, at)
            named |= {case} if replaced is None else set()
    return {case for case in named & without if rules.limit("decision", first[case])[1] < now}
