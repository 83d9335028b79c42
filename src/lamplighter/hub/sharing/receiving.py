"""What a receiving agency has still to learn: that something was released to it, ends, or was taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Entry, Participation
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.sharing import permissions
from lamplighter.hub.sharing.models import Disclosure, Receipt
from lamplighter.hub.sharing.rules import RULES

MOST = 50
Kind = Receipt.Kind


@dataclass(frozen=True, slots=True)
class News:
    """One thing that nobody of the agency has opened yet, and by when somebody should."""

    row: Disclosure
    kind: str
    due_at: dt.datetime


def to_us(user: User) -> QuerySet[Disclosure]:
    """Lines of the register of what others released to this person's side or agency, of cases it works on."""
    sides = permissions.sides(user)
    ours = Q(to_agencies__contains=[user.agency_id]) | Q(to_agencies=[], to_partition__in=[*sides, "shared"])
    on = Participation.objects.filter(agency=user.agency_id, ended_at=None).values("case")
    rows = Disclosure.objects.filter(ours, case__in=on).exclude(owner=user.agency_id)
    return rows.exclude(from_partition__in=sides)


def news(user: User, now: dt.datetime | None = None) -> list[News]:
    """What is new to the agency, the most urgent first; at most :data:`MOST`."""
    now = now or timezone.now()
    rule = RULES.one("notice", timezone.localdate(now)).extra
    since = now - dt.timedelta(days=rule["known_days"])
    soon = now + dt.timedelta(days=rule["ends_days"])
    lately = Q(at__gt=since) | Q(expires_at__gt=now, expires_at__lte=soon) | Q(withdrawn_at__gt=since)
    rows = list(to_us(user).filter(lately).select_related("case", "owner").order_by("-at", "-pk"))
    known = _known(user, rows)
    found = []
    for row in rows:
        if kind := _kind(row, known.get(row.key, set()), since, soon, now):
            found.append(News(row, kind, _due(row, kind, dt.timedelta(days=rule["read_days"]))))
    return sorted(found, key=lambda n: (n.due_at, n.row.pk))[:MOST]


def _known(user: User, rows: Sequence[Disclosure]) -> dict[object, set[str]]:
    known: dict[object, set[str]] = {}
    receipts = Receipt.objects.filter(owner=user.agency_id, disclosure_key__in=[r.key for r in rows])
    for key, kind in receipts.values_list("disclosure_key", "kind"):
        known.setdefault(key, set()).add(kind)
    return known


def _kind(
    row: Disclosure, known: set[str], since: dt.datetime, soon: dt.datetime, now: dt.datetime
) -> str | None:
    if row.withdrawn_at:
        # Who never opened it has nothing to stop using.
        told = Kind.RELEASED in known and Kind.WITHDRAWN not in known
        return Kind.WITHDRAWN if told and row.withdrawn_at > since else None
    if row.expires_at <= now:
        return None
    if Kind.RELEASED not in known:
        return Kind.RELEASED
    # What is opened for the first time in its last days is known to end then.
    return Kind.ENDING if row.expires_at <= soon and Kind.ENDING not in known else None


def _due(row: Disclosure, kind: str, time_to_read: dt.timedelta) -> dt.datetime:
    if kind == Kind.ENDING:
        return row.expires_at - dt.timedelta(seconds=1)
    if kind == Kind.WITHDRAWN and row.withdrawn_at:
        return row.withdrawn_at + time_to_read
    return min(row.at + time_to_read, row.expires_at - dt.timedelta(seconds=1))


def of_this_person(user: User, found: Sequence[News]) -> list[News]:
    """Those of cases that the person has had something to do on, or has written in."""
    cases = {n.row.case_id for n in found}
    if not cases:
        return []
    works = set(Clock.objects.filter(assigned_to=user, case__in=cases).values_list("case", flat=True))
    works |= set(Entry.objects.filter(by=user, case__in=cases).values_list("case", flat=True))
    return [n for n in found if n.row.case_id in works]


def receive(user: User, row: Disclosure) -> None:
    """The person opened it: nobody of their agency needs to be told of this any more."""
    if not to_us(user).filter(pk=row.pk).exists():
        return
    now = moment.now()
    known = _known(user, [row]).get(row.key, set())
    rule = RULES.one("notice", timezone.localdate(now)).extra
    if row.withdrawn_at:
        kinds = {Kind.WITHDRAWN} if Kind.RELEASED in known else set()
    elif row.expires_at > now:
        ends = row.expires_at <= now + dt.timedelta(days=rule["ends_days"])
        kinds = {Kind.RELEASED, Kind.ENDING} if ends else {Kind.RELEASED}
    else:
        kinds = set()
    for kind in sorted(kinds - known):
        Receipt.objects.create(
            **owned(user, row.case, partition=row.to_partition, disclosure_key=row.key, kind=kind)
        )
