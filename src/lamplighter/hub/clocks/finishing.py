"""Done, with what came of it: the task ends, its side reads it in the history, and what recurs begins."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.status import deadlines
from lamplighter.hub.clocks import policies, services
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.sharing import guarding

KIND = "task"


@transaction.atomic
def done(user: User, clock: Clock, outcome: str) -> Clock:
    """End a task that no page ends. ``outcome`` is read by everybody who can read the task.

    Raises ``NotPossibleError``, also where the words repeat what the vault holds.
    """
    policies.check_done(user, clock)
    policies.check_outcome(outcome)
    guarding.check(user, clock.case, clock.partition, outcome)
    ended = services.ended_now(user, clock, Clock.State.DONE, outcome.strip())
    cases.enter(
        user,
        clock.case,
        KIND,
        f"Done: {clock.text}"[:200],
        partition=clock.partition,
        body=outcome.strip(),
        page="clocks:clock",
        of_key=clock.key,
    )
    with as_service("run clocks"):
        deadlines.again(user, clock)
    return ended
