"""Reading requests and items. The wall decides what is there: one's own agency's and nobody else's."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.rights.models import SubjectDecision, SubjectItem, SubjectRequest
from lamplighter.hub.rights.rules import NOT_DECIDED

MOST = 200


def requests() -> list[SubjectRequest]:
    """Those of one's own agency; what is not answered first, the earliest due at the top."""
    return list(SubjectRequest.objects.order_by("-answered_at", "due_on", "pk")[:MOST])


def request(key: uuid.UUID) -> SubjectRequest:
    try:
        return SubjectRequest.objects.select_related("owner").get(key=key)
    except SubjectRequest.DoesNotExist:
        raise Http404 from None


def items() -> list[SubjectItem]:
    """List the items that one's own agency has still time to decide about, the earliest first."""
    rows = SubjectItem.objects.filter(decide_by__gte=timezone.localdate()).select_related("case")
    return list(rows.order_by("decide_by", "pk")[:MOST])


def undecided(user: User) -> QuerySet[SubjectItem]:
    """Return items that this person's agency has time to decide about and has not decided."""
    decided = SubjectDecision.objects.filter(item=OuterRef("pk"))
    return SubjectItem.objects.filter(
        ~Exists(decided), owner=user.agency_id, decide_by__gte=timezone.localdate()
    )


def late(user: User) -> QuerySet[SubjectItem]:
    """Return items that this person's agency did not decide in time: withheld by failure, no exemption."""
    decided = SubjectDecision.objects.filter(item=OuterRef("pk")).exclude(exemption=NOT_DECIDED)
    rows = SubjectItem.objects.filter(
        ~Exists(decided), owner=user.agency_id, decide_by__lt=timezone.localdate()
    )
    return rows.select_related("case").order_by("decide_by", "pk")[:MOST]


def to_decide(user: User, by: dt.date) -> list[SubjectItem]:
    """Those of :func:`undecided` that must be decided by this day: what one line of *My work* counts."""
    return list(undecided(user).filter(decide_by=by).select_related("case").order_by("pk"))


def item(key: uuid.UUID) -> SubjectItem:
    try:
        return SubjectItem.objects.select_related("case", "owner").get(key=key)
    except SubjectItem.DoesNotExist:
        raise Http404 from None


def newest(items: list[SubjectItem]) -> dict[int, SubjectDecision]:
    """The decision that stands about each item, by the item's id."""
    rows = SubjectDecision.objects.filter(item__in=items).select_related("by").order_by("pk")
    return {row.item_id: row for row in rows}
