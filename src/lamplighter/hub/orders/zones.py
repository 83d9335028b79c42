"""Places of the zones of orders: in the vault, shown once for a reason, written by those who read it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service, for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import known
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.orders import permissions, policies
from lamplighter.hub.orders.models import Zone
from lamplighter.hub.orders.selectors import PURPOSE, ZONE
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import policies as victim

WRITES = "To write down where a zone is"


@transaction.atomic
def look(user: User, case: Case, reason: str, as_at: dt.datetime | None = None) -> dict[str, Zone]:
    """Open the vault for one look: where each zone is, or was. The reason is kept."""
    victim.check_look(reason)
    with for_reason(reason.strip()):
        rows = list(known(Zone.objects.filter(case=case), as_at).order_by("at", "pk"))
    audit.consulted(
        user, "orders.zones_opened", f"case {case.key}", case=case, fields=["place"], reason=reason.strip()
    )
    return {row.name: row for row in rows}


@transaction.atomic
def write(
    user: User, case: Case, name: str, place: str, reach: str = "", *, at: dt.datetime | None = None
) -> Zone:
    """Write down where a zone is. What was written before stays in the vault."""
    with cases._told(at):
        if not permissions.may_contact_victim(user):
            raise NotPossibleError("The victim's advocate, or the police on the case, write this.")
        policies.check_zone(name, place)
        with for_reason(WRITES):
            made = Zone.objects.create(
                **owned(user, case, name=name, place=place.strip(), reach=reach.strip())
            )
        with as_service(PURPOSE):
            for clock in Clock.objects.filter(case=case, kind=ZONE, state=Clock.State.RUNNING):
                clocks.end(user, clock, why="It is in the vault.")
        audit.record(user, "orders.zone_written", f"case {case.key}", case=case, fields=["place"])
    return made
