"""The tasks of a case that have ended, on its timeline."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.case_page.timeline import TASKS, Item
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import presenters
from lamplighter.hub.my_work.services import KIND


def items(user: User, case: Case, as_at: dt.datetime | None, query: str) -> list[Item]:
    """Return the ended tasks that the person may see, without those whose end is a line of the history."""
    rows = Clock.objects.filter(case=case).exclude(ended_at=None)
    if as_at:
        rows = rows.filter(at__lte=as_at, ended_at__lte=as_at)
    # *Done* writes a line after it has ended the task; that a task was given is a line from before.
    told = Entry.objects.filter(
        case=OuterRef("case"), kind=KIND, of_key=OuterRef("key"), at__gte=OuterRef("ended_at")
    )
    rows = rows.filter(~Exists(told)).select_related("ended_by", "owner")
    return [
        Item(clock.ended_at, TASKS, presenters.ended(clock)) for clock in rows.order_by(F("ended_at").desc())
    ]
