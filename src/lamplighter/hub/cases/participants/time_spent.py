"""Time spent. A row belongs to the partition of whoever did the work."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import policies, rules
from lamplighter.hub.cases.models import Case, Work
from lamplighter.hub.site.refusals import NotPossibleError

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
