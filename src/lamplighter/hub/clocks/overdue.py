"""Bring tasks that have long been overdue to somebody else of the same side.

The job marks nothing as late (a clock that is late says so itself); it adds one
clock for a coordinator, or for the team, in the same partition and of the same
agency, and takes it away when the first one ends.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.clocks import configuration
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_time

NOTICE = configuration.NOTICE
AT_ONCE = 500


def config() -> dict[str, Any]:
    """The part "overdue" of the configuration."""
    return configuration.PART.document()


@transaction.atomic
def tell(now: dt.datetime | None = None) -> tuple[int, int]:
    """Add notices for what is long overdue, end those whose work is done: ``(added, ended)``."""
    now = now or timezone.now()
    notices = Clock.objects.filter(kind=NOTICE)
    after = dt.timedelta(hours=config()["told_after_hours"])
    # Somebody who answered the notice without seeing to the task is asked again as long afterwards.
    told = notices.filter(Q(state=Clock.State.RUNNING) | Q(ended_at__gt=now - after))
    late = Clock.objects.filter(
        ~Exists(told.filter(of_key=OuterRef("key"))),
        state=Clock.State.RUNNING,
        due_at__lt=now - after,
    ).exclude(kind__in=config()["not_of"])
    made = [_notice(clock, now) for clock in late.order_by("due_at")[:AT_ONCE]]
    Clock.objects.bulk_create(made)
    running = Clock.objects.filter(key=OuterRef("of_key"), state=Clock.State.RUNNING)
    over = notices.filter(~Exists(running), state=Clock.State.RUNNING)
    ended = over.update(state=Clock.State.DONE, ended_at=now, ended_why="What it was about has ended.")
    return len(made), ended


def _notice(clock: Clock, now: dt.datetime) -> Clock:
    by = now + dt.timedelta(hours=config()["then_within_hours"])
    return Clock(
        case_id=clock.case_id,
        owner_id=clock.owner_id,
        partition=clock.partition,
        kind=NOTICE,
        text=f"Overdue: {clock.text}"[:200],
        why=f"It was due on {long_time(clock.due_at)} and is not done. See that it is done "
        f"by {long_time(by)}.",
        starts_at=now,
        # It is as late as what it is about, and stands with what is late.
        due_at=clock.due_at,
        assigned_to=_coordinator(clock),
        page=clock.page,
        of_key=clock.key,
    )


def _coordinator(clock: Clock) -> User | None:
    """Somebody who may read the partition and answers for the team; else it is the whole team's."""
    if clock.partition not in {"shared", "police"}:
        return None
    people = User.objects.working().filter(agency_id=clock.owner_id, role=Role.COORDINATOR)
    return people.order_by("pk").first()
