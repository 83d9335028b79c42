"""Read what the database alone can tell about a clock."""

from __future__ import annotations

from typing import Any

from django.db.models.expressions import RawSQL

from lamplighter.hub.accounts.models import User


def is_kept_off(user: User, case: Any) -> bool:
    """Tell whether somebody is blocked from the case. Asked by those who work on it, or by a service."""
    return User.objects.filter(pk=user.pk, pk__in=kept_off(case)).exists()


def kept_off(case: Any) -> RawSQL:
    """Return the ids of those who are blocked from the case, for a query."""
    return RawSQL("SELECT clocks_kept_off(%s)", [case.pk])
