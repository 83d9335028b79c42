"""Follow events elsewhere in a case: a withdrawal, a new act, an end of work."""

from __future__ import annotations

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.hooks import Event
from lamplighter.hub.closing.around import limits, withdrawals


def happened(user: User | None, event: Event) -> None:
    """Take what another context recorded."""
    if event.name == "victim.unsure" and user is not None:
        withdrawals.changed(user, event)
    elif event.name in ("report", "breach") or event.name.startswith(("legal.", "status.")):
        limits.look(event.case)
