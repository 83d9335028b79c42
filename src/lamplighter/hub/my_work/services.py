"""End a task or give it to somebody: done with what came of it, not needed any more, or another's to do."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.participants import selectors as task_holders
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import policies
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
    ended = ended_now(user, clock, Clock.State.DONE, outcome.strip())
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


@transaction.atomic
def cancel(user: User, clock: Clock, why: str) -> Clock:
    """Not needed any more. The reason is kept with it."""
    policies.check_cancel(user, clock)
    policies.check_reason(why)
    return ended_now(user, clock, Clock.State.CANCELLED, why.strip())


def ended_now(user: User, clock: Clock, state: str, why: str) -> Clock:
    """End it, or refuse when somebody else was first."""
    policies.check_running(Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk))
    return clocks.end(user, clock, why=why, state=state)


@transaction.atomic
def assign(user: User, clock: Clock, to: User) -> Clock:
    """Give it to somebody who could do it (:func:`task_holders.who_could`), or take it oneself."""
    found = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    policies.check_running(found)
    policies.check_assignee(user, found, to, task_holders.who_could(found))
    found.assigned_to = to
    found.save(update_fields=["assigned_to"])
    audit.record(
        user,
        "clocks.assigned",
        f"clock {found.key}",
        case=found.case_id,
        fields=["assigned_to"],
        to=str(to.key),
    )
    return found
