"""Tell a receiving agency what is new to it: that something was released to it, ends, or was taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Participation
from lamplighter.hub.legal_bases.rules import RULES
from lamplighter.hub.sharing import permissions
from lamplighter.hub.sharing.models import Disclosure, Receipt

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
    return _addressed(user).filter(case__in=_our_cases(user).values("case"))


def _addressed(user: User) -> QuerySet[Disclosure]:
    sides = permissions.sides(user)
    ours = Q(to_agencies__contains=[user.agency_id]) | Q(to_agencies=[], to_partition__in=[*sides, "shared"])
    rows = Disclosure.objects.filter(ours).exclude(owner=user.agency_id)
    return rows.exclude(from_partition__in=sides)


def _our_cases(user: User) -> QuerySet[Participation]:
    return Participation.objects.filter(agency=user.agency_id, ended_at=None)


def news(user: User, now: dt.datetime | None = None, *, own: bool = False) -> list[News]:
    """List what is new to the agency, the most urgent first; at most :data:`MOST`.

    With ``own`` only of cases that the person has or had a task on, or has lately written in.
    """
    now = now or timezone.now()
    rule = RULES.one("notice", timezone.localdate(now)).extra
    since = now - dt.timedelta(days=rule["known_days"])
    soon = now + dt.timedelta(days=rule["ends_days"])
    rows = _addressed(user)
    if own:
        rows = rows.filter(case__in=RawSQL("SELECT unnest(%s::bigint[])", [_own_cases(since)]))
    found = _of(rows, user, since, soon, now, own=own)
    time_to_read = dt.timedelta(days=rule["read_days"])
    news = {(row.pk, kind): News(row, kind, _due(row, kind, time_to_read)) for row, kind in found}
    return sorted(news.values(), key=lambda n: (n.due_at, n.row.pk))[:MOST]


def _own_cases(since: dt.datetime) -> list[int]:
    """Cases of the agency that the person has or had a task on, or has written in since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_own_cases(%s)", [since])
        found: list[int] = cursor.fetchone()[0]
    return found


def _of(
    rows: QuerySet[Disclosure],
    user: User,
    since: dt.datetime,
    soon: dt.datetime,
    now: dt.datetime,
    *,
    own: bool,
) -> list[tuple[Disclosure, str]]:
    """The oldest of each kind, at most :data:`MOST`: the database leaves out what is known already."""

    def known(kind: str) -> Exists:
        receipts = Receipt.objects.filter(owner=user.agency_id, disclosure_key=OuterRef("key"), kind=kind)
        return Exists(receipts)

    stands = rows.filter(withdrawn_at=None, expires_at__gt=now)
    asked = {
        Kind.RELEASED: stands.filter(~known(Kind.RELEASED))
        .filter(Q(at__gt=since) | Q(expires_at__lte=soon))
        .order_by("at", "pk"),
        # What is opened for the first time in its last days is known to end then.
        Kind.ENDING: stands.filter(known(Kind.RELEASED), ~known(Kind.ENDING), expires_at__lte=soon).order_by(
            "expires_at", "pk"
        ),
        # Who never opened it has nothing to stop using.
        Kind.WITHDRAWN: rows.filter(
            known(Kind.RELEASED), ~known(Kind.WITHDRAWN), withdrawn_at__gt=since
        ).order_by("withdrawn_at", "pk"),
    }
    # Their rows with all that belongs to them only once it is known which.
    ids = {
        kind: list(some.values_list("pk", flat=True)[:MOST]) if own else _of_our_cases(some, user)
        for kind, some in asked.items()
    }
    read = Disclosure.objects.select_related("case", "owner").in_bulk(
        {pk for some in ids.values() for pk in some}
    )
    return [(read[pk], kind) for kind, some in ids.items() for pk in some if pk in read]


def _of_our_cases(rows: QuerySet[Disclosure], user: User) -> list[int]:
    """The first :data:`MOST` of ``rows`` whose case the agency works on.

    In slices: asked for at once, the database goes through every case of the agency, which may be tens of
    thousands, to find fifty.
    """
    found: list[int] = []
    start, size = 0, 4 * MOST
    while len(found) < MOST:
        some = dict(rows.values_list("pk", "case")[start : start + size])
        ours = set(_our_cases(user).filter(case__in=set(some.values())).values_list("case", flat=True))
        found += [row for row, case in some.items() if case in ours]
        if len(some) < size:
            break
        start, size = start + size, 4 * size
    return found[:MOST]


def _known(user: User, rows: Sequence[Disclosure]) -> dict[object, set[str]]:
    known: dict[object, set[str]] = {}
    receipts = Receipt.objects.filter(owner=user.agency_id, disclosure_key__in=[r.key for r in rows])
    for key, kind in receipts.values_list("disclosure_key", "kind"):
        known.setdefault(key, set()).add(kind)
    return known


def _due(row: Disclosure, kind: str, time_to_read: dt.timedelta) -> dt.datetime:
    if kind == Kind.ENDING:
        return row.expires_at - dt.timedelta(seconds=1)
    if kind == Kind.WITHDRAWN and row.withdrawn_at:
        return row.withdrawn_at + time_to_read
    return min(row.at + time_to_read, row.expires_at - dt.timedelta(seconds=1))


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
