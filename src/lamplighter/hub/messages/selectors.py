"""Read what the victim brought. The wall decides which rows there are."""

from __future__ import annotations

import uuid

from django.db.models import Count, Q
from django.http import Http404

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.messages import grouping
from lamplighter.hub.messages.models import Brought, Draft, Line, Original

State = Draft.State


def brought(case: Case, as_at: Moment = None) -> list[Brought]:
    """Return what was brought, the newest first, each with how many drafts are open and confirmed."""
    rows = known(Brought.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(
        rows.annotate(
            open=Count("drafts", filter=Q(drafts__state=State.DRAFT)),
            confirmed=Count("drafts", filter=Q(drafts__state=State.CONFIRMED)),
        ).order_by("-at", "-pk")
    )


def one(case: Case, key: uuid.UUID) -> Brought:
    """Return one thing that was brought, or "not found"."""
    try:
        return Brought.objects.select_related("case", "by", "owner").get(case=case, key=key)
    except Brought.DoesNotExist:
        raise Http404 from None


def drafts(of: Brought) -> list[Draft]:
    """Return the drafts and incidents of one thing in the order in which they happened."""
    rows = Draft.objects.filter(brought=of).exclude(state=State.JOINED).annotate(n=Count("lines"))
    return sorted(rows, key=lambda d: (d.started_at is None, d.started_at or grouping.LAST, d.pk))


def draft(case: Case, key: uuid.UUID) -> Draft:
    """Return one draft or incident, or "not found"."""
    try:
        rows = Draft.objects.select_related("case", "brought__case", "brought__by", "brought__owner", "owner")
        return rows.get(case=case, key=key)
    except Draft.DoesNotExist:
        raise Http404 from None


def lines(of: Draft) -> list[Line]:
    """Return the lines of a draft, in the order in which they happened."""
    rows = Line.objects.filter(draft=of).select_related("picture__file")
    return sorted(rows, key=lambda n: (n.happened_at is None, n.happened_at or grouping.LAST, n.place))


def pictures(of: Brought) -> list[Line]:
    """Return the pictures of a set in their order."""
    rows = Line.objects.filter(brought=of).exclude(picture=None).select_related("picture__file")
    return list(rows.order_by("place"))


def left_out(of: Brought) -> dict[str, int]:
    """Count the lines that are in no draft, by why."""
    rows = (
        Line.objects.filter(brought=of, draft=None)
        .exclude(left_out="")
        .values_list("left_out")
        .annotate(Count("pk"))
    )
    return {str(Line.LeftOut(why).label): n for why, n in rows.order_by("left_out")}


def original(case: Case, key: uuid.UUID) -> Original:
    """Return one original, or "not found"."""
    try:
        return Original.objects.select_related("file").get(case=case, key=key)
    except Original.DoesNotExist:
        raise Http404 from None


def originals(of: Brought) -> list[Original]:
    """Return the originals of one thing."""
    return list(Original.objects.filter(brought=of).select_related("file").order_by("pk"))


def incidents(case: Case, as_at: Moment = None) -> list[Draft]:
    """Return the incidents that were confirmed by a moment, the latest first."""
    rows = Draft.objects.filter(case=case, state=State.CONFIRMED).select_related("brought")
    if as_at is not None:
        rows = rows.filter(confirmed_at__lte=as_at)
    return sorted(rows, key=lambda d: (d.started_at or grouping.FIRST, d.pk), reverse=True)


def waiting(user: User) -> list[Brought]:
    """Return what this person took in and nobody has confirmed or answered yet."""
    rows = Brought.objects.filter(by=user).exclude(state=Brought.State.DONE)
    return list(rows.select_related("case").order_by("at"))
