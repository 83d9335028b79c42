"""Reading what cases show of reports. The wall decides which rows there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.configuration import READ
from lamplighter.hub.arrivals.models import CaseReport, ReportRead
from lamplighter.hub.cases.models import Case, Entry, Participation
from lamplighter.hub.cases.participants import acting_together
from lamplighter.hub.clocks.models import Clock

# So long a new report stays on the list of somebody who has not said that they read it.
LISTED_FOR = dt.timedelta(days=28)


def reports(case: Case, as_at: dt.datetime | None = None) -> list[CaseReport]:
    """Return the reports that the case shows, or showed at a moment, the latest act first."""
    rows = CaseReport.objects.filter(case=case)
    if as_at is None:
        rows = rows.filter(ended_at=None)
    else:
        rows = rows.filter(at__lte=as_at).filter(Q(ended_at=None) | Q(ended_at__gt=as_at))
    dated = [r for r in rows if r.happened_at or r.reported_at]
    undated = [r for r in rows if not (r.happened_at or r.reported_at)]
    return sorted(dated, key=lambda r: (r.happened_at or r.reported_at, r.pk), reverse=True) + undated


def showing(keys: Collection[uuid.UUID]) -> list[CaseReport]:
    """Return the places of some reports in cases that the wall lets one open."""
    rows = CaseReport.objects.filter(report_key__in=list(keys), ended_at=None)
    return list(rows.select_related("case").order_by("case__opened_at", "pk"))


def unread(user: User, case: Case | None = None) -> list[CaseReport]:
    """Return what joined lately and what this person has not said they read, on the cases that they work on.

    A coordinator works on every case that the wall shows. Others of an agency in
    which somebody has dealt with it keep it on their list only if they have worked
    on the case themselves.
    """
    seen = ReportRead.objects.filter(user=user, row_key=OuterRef("key"))
    rows = CaseReport.objects.filter(~Exists(seen), news=True, ended_at=None)
    if case is not None:
        return list(rows.filter(case=case).order_by("since", "pk"))
    # While one of them is listed, all of the case are: its page marks all as new, and the list counts them.
    rows = rows.filter(case__in=rows.filter(since__gte=timezone.now() - LISTED_FOR).values("case"))
    if user.role != Role.COORDINATOR:
        rows = rows.filter(Exists(_works_on(user, "case")))
    done = _done(user, rows)
    return [r for r in rows.select_related("case").order_by("since", "pk") if r.case_id not in done]


def _works_on(user: User, case: str) -> QuerySet[Participation]:
    return Participation.objects.filter(case=OuterRef(case), agency=user.agency_id, ended_at=None)


def _done(user: User, rows: QuerySet[CaseReport]) -> set[int]:
    """Cases on which a colleague has read what is new, and this person has never done anything."""
    ours = Clock.objects.filter(owner=user.agency_id, kind=READ, case__in=rows.values("case"))
    running = set(ours.filter(state=Clock.State.RUNNING).values_list("case_id", flat=True))
    ended = set(ours.exclude(state=Clock.State.RUNNING).values_list("case_id", flat=True)) - running
    wrote = Entry.objects.filter(case__in=ended, by=user).values_list("case_id", flat=True)
    tasks = Clock.objects.filter(case__in=ended, assigned_to=user).values_list("case_id", flat=True)
    rest = ended - set(wrote) - set(tasks)
    # Whoever leads the case of somebody who acts together with the suspect reads for themselves.
    return rest - acting_together.beside_led(rest, user) if rest else rest
