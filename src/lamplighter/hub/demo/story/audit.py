"""The oversight of the demonstration's case: a broken glass that waits for its review."""

from __future__ import annotations

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.models import Case
from lamplighter.hub.oversight.emergency_access import services as emergency_grants


def tell(users: dict[str, User], case: Case) -> None:
    """The stalking lead looked at what the victim had told her advocate, and why; the review is open."""
    lead = users["lead"]
    with identity.as_person(lead):
        made = emergency_grants.break_glass(
            lead,
            case.pk,
            "advocacy",
            "He was seen outside her work at six and the helpline was closed; she did not answer our calls.",
            15,
        )
        audit.consulted(lead, "cases.seen", f"case {case.key}", case=case)
        emergency_grants.end(lead, made)
