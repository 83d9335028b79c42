"""Reading releases and the register. The wall decides what is there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.sharing import permissions
from lamplighter.hub.sharing.models import Disclosure, Grounds, Release, Withdrawal

Moment = dt.datetime | None
CHOICE = 20  # entries to choose from on one page
# What the hub itself writes down of the wall is not somebody's to pass on.
NOT_CHOSEN = ("release", "glass_broken", "redaction")
RELATED = ("by", "owner", "withdrawn_by")


def register(case: Case, as_at: Moment = None) -> list[Disclosure]:
    """The lines of the case's register that one may see, newest first."""
    rows = Disclosure.objects.filter(case=case).select_related(*RELATED)
    if as_at:
        rows = rows.filter(at__lte=as_at)
    return list(rows.order_by("-at", "-pk"))


def of_agency(user: User) -> QuerySet[Disclosure]:
    """Return what one's own agency released, of every case; newest first."""
    # No join with the case: what was released of a case that the agency has left stays on its register.
    return Disclosure.objects.filter(owner=user.agency_id).select_related(*RELATED).order_by("-at", "-pk")


def case_references(rows: Sequence[Disclosure]) -> dict[int, Case]:
    """Those of their cases that one may open, by id."""
    return {c.pk: c for c in Case.objects.filter(pk__in={r.case_id for r in rows})}


def readable(rows: Sequence[Disclosure]) -> dict[int, Release]:
    """The released versions that one may read now, by the id of their line in the register."""
    return {r.disclosure_id: r for r in Release.objects.filter(disclosure__in=rows)}


def line(case: Case, key: uuid.UUID) -> Disclosure:
    try:
        return Disclosure.objects.select_related(*RELATED).get(case=case, key=key)
    except Disclosure.DoesNotExist:
        raise Http404 from None


def release_of(user: User, register: Disclosure, reason: str = "") -> Release | None:
    """The released version, if it may be read. Out of the vault its origin needs a reason for each look."""
    rows = Release.objects.filter(disclosure=register)
    if reason:
        with identity.for_reason(reason):
            found = rows.first()
        audit.consulted(
            user, "sharing.vault_seen", f"release {register.key}", case=register.case_id, reason=reason
        )
        return found
    return rows.first()


def grounds(register: Disclosure) -> Grounds | None:
    """Return why it was released; only those where it came from read it."""
    return Grounds.objects.filter(disclosure=register).first()


def withdrawals(register: Disclosure) -> list[Withdrawal]:
    """List why it was withdrawn: two rows where two people did so at once, the first to do it first."""
    rows = Withdrawal.objects.filter(disclosure=register).select_related("by", "owner")
    return list(rows.order_by("pk"))


def received(user: User, case: Case, as_at: Moment = None) -> list[Release]:
    """List what others released to one's own side and stands, newest first. What has ended is gone."""
    now = timezone.now()
    rows = Release.objects.filter(case=case, withdrawn_at=None, expires_at__gt=as_at or now)
    # Of what one's own side released to others, one reads both ends.
    rows = rows.exclude(owner=user.agency_id).exclude(from_partition__in=permissions.sides(user))
    rows = rows.select_related("owner", "by", "disclosure")
    if as_at:
        rows = rows.filter(at__lte=as_at)
    return list(rows.order_by("-at", "-pk"))


def entries(case: Case, partitions: Sequence[str]) -> list[Entry]:
    """List what can be released: lines of the history behind one's own side of the wall."""
    rows = Entry.objects.filter(Q(partition__in=partitions), case=case).exclude(kind__in=NOT_CHOSEN)
    return list(rows.select_related("by", "owner").order_by("-happened_at", "-pk")[:CHOICE])


def entry(case: Case, partitions: Sequence[str], key: uuid.UUID) -> Entry:
    try:
        return Entry.objects.get(case=case, partition__in=partitions, key=key)
    except Entry.DoesNotExist:
        raise Http404 from None
