"""The lead worker of each agency on a case: who answers for it there, and holds its tasks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import policies, rules, selectors
from lamplighter.hub.cases.models import Case, LeadWorker, Work
from lamplighter.hub.cases.permissions import DECIDED, DECIDING
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

if TYPE_CHECKING:
    from collections.abc import Collection


def holder(case: Any, agency: Agency, kind: str, partition: str) -> User | None:
    """Return the agency's lead worker on the case, if they can do a task of this kind in ``partition``."""
    lead = selectors.leads_of([case.pk], agency.pk).get(case.pk)
    worker = lead.worker if lead else None
    if worker is None or not worker.works or worker.agency_id != agency.pk:
        return None
    return worker if _can(worker, kind, partition, agency.pk) else None


def _can(worker: User, kind: str, partition: str, owner: str) -> bool:
    """A referral given to somebody who cannot decide on it would be on nobody's list who can."""
    decides = kind not in DECIDED or worker.role in DECIDING
    return decides and form_readers.reads(worker, partition, owner)


@transaction.atomic
def assign(
    user: User, case: Case, worker: User | None, could: Collection[User], *, seen: Any = None
) -> LeadWorker:
    """Name the lead worker of one's own agency from now on; ``None``: nobody for now.

    ``could`` are those who may be named. Running tasks of the agency that nobody
    has, or that the lead worker before had, are the new one's. ``seen`` is the key
    of the row that the person read; ``ConflictError`` carries a newer one.
    """
    from lamplighter.hub.cases import services

    if worker is not None and worker not in could:
        raise NotPossibleError("Choose somebody of your agency who can open the case.")
    services._hold(case)
    before = selectors.leads_of([case.pk], user.agency_id).get(case.pk)
    if before and seen is not None and str(before.key) != str(seen):
        raise ConflictError(newest=before)
    if (before.worker if before else None) == worker:
        raise NotPossibleError("That is what stands already.")
    made = LeadWorker.objects.create(**owned(user, case, worker=worker))
    _pass_on(user, case, before.worker if before else None, worker)
    agency = user.agency.name if user.agency else "the hub"
    title = f"Lead worker of {agency}: {worker.display_name if worker else 'nobody for now'}"
    services.enter(user, case, "people", title, page="cases:agencies")
    to = str(worker.key) if worker else ""
    audit.record(user, "cases.lead_assigned", f"case {case.key}", case=case, fields=["worker"], to=to)
    return made


def _pass_on(user: User, case: Case, before: User | None, worker: User | None) -> None:
    """Give the running tasks that the lead worker held, or nobody, to the new one who may read them."""
    running = Clock.objects.filter(case=case, owner_id=user.agency_id, state="running").exclude(kind="task")
    for clock in running.filter(assigned_to__in=[before]) | running.filter(assigned_to=None):
        if worker is None or _can(worker, clock.kind, clock.partition, clock.owner_id):
            Clock.objects.filter(pk=clock.pk).update(assigned_to=worker)
            audit.record(
                user,
                "clocks.assigned",
                f"clock {clock.key}",
                case=case,
                fields=["assigned_to"],
                kind=clock.kind,
            )


PARTITION_OF: dict[tuple[str, str], str] = {
    (Role.ADVOCATE, Agency.Kind.ADVOCACY): "advocacy",
    (Role.CLINICIAN, Agency.Kind.HEALTH): "health",
    (Role.PROBATION, Agency.Kind.PROBATION): "health",
    (Role.INVESTIGATOR, Agency.Kind.POLICE): "police",
    (Role.STALKING_LEAD, Agency.Kind.POLICE): "police",
}


def partition_of(user: User) -> str:
    """Return the partition of this person's minutes: how often an advocate calls is nobody else's to know."""
    kind = user.agency.kind if user.agency else ""
    return PARTITION_OF.get((Role(user.role), kind), "shared")


@transaction.atomic
def add_minutes(user: User, case: Case, minutes: int, activity: str, on: dt.date) -> Work:
    """Record that this person worked on the case: how long, at what, on which day."""
    policies.check_minutes(minutes, on, timezone.localdate())
    if activity not in rules.on("activity", on):
        raise NotPossibleError("Choose what the time was spent on.")
    row = {"minutes": minutes, "activity": activity, "on": on, "role": user.role}
    made = Work.objects.create(**owned(user, case, partition=partition_of(user), **row))
    audit.record(user, "cases.minutes", f"case {case.key}", case=case, fields=["minutes"])
    return made
