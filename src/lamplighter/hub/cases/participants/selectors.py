"""List people who could do a task: those who can open it, by the wall's own rules, and are not blocked."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases.models import Participation
from lamplighter.hub.cases.permissions import DECIDED, DECIDING
from lamplighter.hub.cases.status.states import REJECTION
from lamplighter.hub.clocks import selectors
from lamplighter.hub.clocks.models import BY_HAND, Clock

# What one named person reads and answers, and nobody else of their agency.
NAMED = (REJECTION, "risk.lower")


def on_the_case(case: Any, partition: str, owner_id: str) -> QuerySet[User]:
    """Return everybody who can read rows of ``owner_id`` in ``partition`` of the case, by name.

    Of what is shared, the hub's own coordinators too, who open every case.
    """
    hub = Q(role=Role.COORDINATOR, agency__kind=Agency.Kind.HUB)
    return _could(case, partition, owner_id, hub)


def who_could(clock: Clock) -> QuerySet[User]:
    """Return who may be given this task: people of its agency; anybody on the case for a task by hand."""
    if clock.kind == BY_HAND:
        return on_the_case(clock.case, clock.partition, clock.owner_id)
    if clock.kind in NAMED:
        # A named person reads it: nobody else of the agency can.
        return User.objects.filter(pk__in=[clock.assigned_to_id])
    everywhere = Q(role__in=[str(role) for role in CASE_PARTITIONS[clock.partition].everywhere])
    found = _could(clock.case, clock.partition, clock.owner_id, everywhere).filter(agency=clock.owner_id)
    return found.filter(role__in=DECIDING) if clock.kind in DECIDED else found


def _could(case: Any, partition: str, owner_id: str, everywhere: Q) -> QuerySet[User]:
    working = Participation.objects.filter(case=case, ended_at=None).values("agency")
    allowed = everywhere if CASE_PARTITIONS[partition].everywhere else Q(pk__in=[])
    for reader in CASE_PARTITIONS[partition].readers:
        way = Q(role__in=[str(role) for role in reader.roles], agency__in=working)
        if reader.kind:
            way &= Q(agency__kind=reader.kind)
        if reader.own_rows_only:
            way &= Q(agency=owner_id)
        allowed |= way
    # Somebody who is kept off would never see the task, and nobody would learn that it waits.
    rows = User.objects.working().filter(allowed).exclude(pk__in=selectors.kept_off(case))
    return rows.order_by("display_name", "pk")
