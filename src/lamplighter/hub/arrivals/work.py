"""New reports on the work list of everybody on the case: that there is one, when, and of which agency."""

from __future__ import annotations

from itertools import groupby

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.permissions import may_see_cases
from lamplighter.hub.arrivals import presenters, rules, selectors
from lamplighter.hub.arrivals.configuration import READ
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import Notice
from lamplighter.reporting.words import count


def notices(user: User, team: bool) -> list[Notice]:
    """Until the person has read it. The agency's own list has a task of the case instead."""
    if team or not may_see_cases(user):
        return []
    found = sorted(selectors.unread(user), key=lambda r: (r.case_id, r.since, r.pk))
    mine = Clock.objects.filter(kind=READ, assigned_to=user, state=Clock.State.RUNNING)
    has_task = set(mine.values_list("case_id", flat=True))
    made = []
    for case_id, group in groupby(found, key=lambda r: r.case_id):
        rows = list(group)
        if case_id in has_task:
            continue
        made.append(
            Notice(
                text="Read the new report" if len(rows) == 1 else f"Read {count(len(rows), 'new report')}",
                why=presenters.why(rows),
                due_at=rules.limit(READ, rows[0].since)[1],
                href=reverse("arrivals:reports", args=[rows[0].case.key]),
                whose="Everybody on the case",
                case=rows[0].case.reference,
            )
        )
    return made
