"""The only writers of clocks: what must be done by when, and that it was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.clocks import hooks, selectors
from lamplighter.hub.clocks.models import Clock


def start(
    user: User,
    case: Any,
    kind: str,
    text: str,
    *,
    due_at: dt.datetime,
    why: str,
    partition: str = "shared",
    assigned_to: User | None = None,
    page: str = "",
    of_key: Any = None,
    starts_at: dt.datetime | None = None,
    owner: Agency | None = None,
) -> Clock:
    """Start one clock. ``text`` begins with a verb and names nobody; ``why`` says what it comes from.

    It belongs to ``owner`` (without one: to the agency of ``user``), and to that
    agency's lead worker on the case where nobody is named in ``assigned_to``.
    An ``owner`` that is not one's own is for services alone to name.
    """
    agency = owner or user.agency
    if assigned_to is None and agency:
        lead = hooks.lead_worker(case, agency, kind, partition)
        # Somebody who is kept off the case would never see it, and nobody would learn that it waits.
        assigned_to = lead if lead and not selectors.is_kept_off(lead, case) else None
    row = owned(user, case, kind=kind, text=text, why=why, partition=partition, assigned_to=assigned_to)
    row |= {"owner_id": agency.pk} if agency else {}
    times = {"starts_at": starts_at or moment.now(), "due_at": due_at}
    return Clock.objects.create(**row, **times, page=page, of_key=of_key)


def start_for(
    agency: Agency,
    case: Any,
    kind: str,
    text: str,
    *,
    due_at: dt.datetime,
    why: str,
    partition: str,
    page: str = "",
    of_key: Any = None,
    assigned_to: User | None = None,
) -> Clock:
    """Start one clock for an agency on the case, as the service: nobody in particular started it."""
    now = moment.now()
    row = {"case": case, "owner": agency, "by": None, "at": now, "kind": kind, "text": text, "why": why}
    row |= {"page": page, "of_key": of_key, "assigned_to": assigned_to}
    return Clock.objects.create(**row, partition=partition, starts_at=now, due_at=due_at)


def run_on(clock: Clock, case: Any) -> Clock:
    """Start the same clock on another case, as the service: its owner, side, dates and who does it."""
    columns = (
        *("kind", "text", "why", "starts_at", "due_at", "page", "partition"),
        *("owner_id", "assigned_to_id", "by_id"),
    )
    same = {name: getattr(clock, name) for name in columns}
    return Clock.objects.create(case=case, at=moment.now(), **same)


def run_again(clock: Clock, *, assigned_to: User | None, due_at: dt.datetime) -> None:
    """Let a clock that was ended run again, as the service: what it was ended for was undone."""
    clock.state, clock.ended_at, clock.ended_by, clock.ended_why = Clock.State.RUNNING, None, None, ""
    clock.assigned_to, clock.due_at = assigned_to, due_at
    clock.save(update_fields=["state", "ended_at", "ended_by", "ended_why", "assigned_to", "due_at"])


@transaction.atomic
def end(user: User, clock: Clock, *, why: str = "", state: str = Clock.State.DONE) -> Clock:
    """Stop a running clock: done, or not needed any more. One that has stopped stays as it is."""
    found = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    if found.state == Clock.State.RUNNING:
        found.state, found.ended_at, found.ended_by, found.ended_why = state, moment.now(), user, why
        found.save(update_fields=["state", "ended_at", "ended_by", "ended_why"])
        audit.record(user, f"clocks.{state}", f"clock {found.key}", case=found.case_id, kind=found.kind)
    return found


def end_kind(
    user: User, case: Any, kind: str, *, why: str = "", state: str = Clock.State.DONE, own: bool = False
) -> int:
    """Stop every running clock of this kind on the case that the person can see; returns how many.

    ``own``: only those of the person's agency.
    """
    running = Clock.objects.filter(case=case, kind=kind, state=Clock.State.RUNNING)
    running = running.filter(owner=user.agency_id) if own else running
    return len([end(user, clock, why=why, state=state) for clock in running])
