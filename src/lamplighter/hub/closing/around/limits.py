"""The six-month limit of a summary-only charge: somebody looks at it after three, four and five months.

Counted from the last act that the case shows with a known date. A new act moves it; a charge or another end
of the criminal matter, or the end of the hub's work, ends the task.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from lamplighter.courses.findings import time_limits
from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.arrivals.services import partition_of
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import rules
from lamplighter.hub.patterns import configuration as patterns
from lamplighter.hub.workforce import selectors as workforce
from lamplighter.reporting.words import day
from lamplighter.vocabulary import working_days

PURPOSE = "run clocks"
LIMIT = "closing.limit"
# In these a charge is still to come.
OPEN = (LegalStatus.Name.NOT_REPORTED, LegalStatus.Name.INVESTIGATION)


def reached(acts: Collection[dt.date], today: dt.date, months: Collection[int]) -> tuple[int, dt.date] | None:
    """Return the last warning that was reached since the last act, and the day on which the limit ends.

    ``None`` before the first warning, without an act of a known date, and after the limit.
    """
    known = [act for act in acts if act <= today]
    if not known:
        return None
    last = max(known)
    end = time_limits.until(last)
    passed = [m for m in sorted(months) if time_limits.until(last, m) <= today]
    return (passed[-1], end) if passed and today <= end else None


@transaction.atomic
def look(case: Case, today: dt.date | None = None) -> Clock | None:
    """Start the task of the warning that was reached, once; end what no longer holds. Returns a new task."""
    today = today or rules.day_of(moment.now())
    with as_service(PURPOSE):
        rows = CaseReport.objects.filter(case=case, ended_at=None, happened_at__isnull=False)
        told = [time_limits.known_day(r.happened_at, r.precision or "exact") for r in rows if r.acts]
        acts = [act for act in told if act is not None]
        found = reached(acts, today, patterns.warnings(today)) if _runs(case) else None
        running = list(Clock.objects.filter(case=case, kind__startswith=LIMIT, state=Clock.State.RUNNING))
        kind = f"{LIMIT}.{found[0]}" if found else ""
        for clock in running:
            if clock.kind != kind:
                over = "The next warning was reached." if found else "The limit no longer runs, or was moved."
                _cancel(clock, over)
        if found is None or any(c.kind == kind for c in running) or _looked(case, kind, max(acts)):
            return None
        text, due = rules.limit("summary", moment.now())
        agency = _police(case)
        return clocks.start_for(
            agency or case.owner,
            case,
            kind,
            text,
            due_at=min(due, working_days.last_second(found[1])),
            why=f"The last act is {found[0]} months ago. Proceedings for a summary-only charge must begin "
            f"not later than {day(found[1])}. The either-way offences have no such limit.",
            partition=partition_of(agency) if agency else "shared",
            page="cases:legal",
        )


def _runs(case: Case) -> bool:
    state = cases.current(case)
    if state is None or state.name in OVER:
        return False
    standing = cases.legal_standing(case)
    return not standing or any(row.name in OPEN for row in standing)


def _looked(case: Case, kind: str, last: dt.date) -> bool:
    """Tell whether this warning was raised since the last act, and looked at."""
    rows = Clock.objects.filter(case=case, kind=kind).exclude(state=Clock.State.RUNNING)
    return any(rules.day_of(clock.starts_at) > last for clock in rows.exclude(state=Clock.State.CANCELLED))


def _cancel(clock: Clock, why: str) -> None:
    Clock.objects.filter(pk=clock.pk).update(
        state=Clock.State.CANCELLED, ended_at=moment.now(), ended_why=why
    )


def _police(case: Case) -> Agency | None:
    blind = workforce.blind(case)
    on_case = [p.agency for p in cases.participations(case) if p.agency_id not in blind]
    return next((a for a in on_case if a.kind == Agency.Kind.POLICE), None)


def look_everywhere() -> int:
    """As the service: look at every case that shows an act. Returns how many tasks are new."""
    keys = CaseReport.objects.filter(ended_at=None).order_by().values_list("case", flat=True).distinct()
    return sum(look(case) is not None for case in Case.objects.filter(pk__in=list(keys)).order_by("pk"))
