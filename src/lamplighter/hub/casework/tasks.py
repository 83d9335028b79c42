"""Tasks by hand: one person on the case asks another to do something by a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.casework import policies
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import BY_HAND, Clock
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError

KIND = "task"


@transaction.atomic
def give(
    user: User, case: Case, to: User, text: str, why: str, *, due_at: dt.datetime, partition: str
) -> Clock:
    """Give ``to`` a task on the case: it is on their list, in the history, and on the giver's own list.

    Raises ``NotPossibleError`` where ``to`` could not open it, and where the words repeat what the
    vault holds.
    """
    policies.check_side(partition, form_readers.of(user))
    policies.check_task(text, due_at, moment.now())
    if not people.on_the_case(case, partition, user.agency_id or "").filter(pk=to.pk).exists():
        raise NotPossibleError(
            f"{to.display_name} cannot read that side of the case. Choose another person, or another side."
        )
    guarding.check(user, case, partition, text, why)
    whose = user.display_name if to != user else "yourself"
    told = f"Asked by {whose}. {why}".strip()
    made = clocks.start(
        user, case, BY_HAND, text.strip(), due_at=due_at, why=told, partition=partition, assigned_to=to
    )
    cases.enter(
        user,
        case,
        KIND,
        f"Task for {to.display_name}: {text.strip()}"[:200],
        partition=partition,
        body=why,
        page="clocks:clock",
        of_key=made.key,
    )
    audit.record(
        user,
        "casework.task_given",
        f"clock {made.key}",
        case=case,
        fields=["text", "why", "assigned_to"],
        to=str(to.key),
        partition=partition,
    )
    return made
