"""Read who is blocked from a case, and who could be."""

from __future__ import annotations

from django.db.models import QuerySet

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case


def of_case(case: Case) -> list[Exclusion]:
    rows = Exclusion.objects.filter(case=case).select_related("user__agency", "by")
    return list(rows.order_by("ended_at", "-at"))


def people(user: User) -> QuerySet[User]:
    """List everybody who can be blocked: all who sign in, except oneself (see :func:`keep_me_off`)."""
    rows = User.objects.filter(is_active=True).exclude(pk=user.pk)
    return rows.select_related("agency").order_by("display_name", "pk")
