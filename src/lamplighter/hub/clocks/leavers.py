"""Give the running tasks of somebody who leaves or moves back to the team that owns them."""

from __future__ import annotations

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.clocks.models import Clock


@as_service("run clocks")
def let_go(user: User) -> int:
    """Take this person's name off their running tasks; return how many there were."""
    return Clock.objects.filter(assigned_to=user, state=Clock.State.RUNNING).update(assigned_to=None)
