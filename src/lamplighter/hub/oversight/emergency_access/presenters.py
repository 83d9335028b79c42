"""Prepare the pages about emergency access and its review."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.audit.access_log import page_access as sights
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.oversight.audit_log import case_access
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors

MOST = 50


def agencies(case: Case) -> list[str]:
    """Name the agencies to ask: those that work on the case, as everybody on it can see."""
    rows = (
        Participation.objects.filter(case=case, ended_at=None).select_related("agency").order_by("at", "pk")
    )
    return [row.agency.name for row in rows]


def reviews(user: Any) -> dict[str, Any]:
    """Open reviews, oldest first; those closed, newest first."""
    rows = BreakGlass.objects.select_related("user__agency", "review__user")
    unreviewed = rows.filter(review=None)
    waiting = list(unreviewed.order_by("at")[:MOST])
    closed = list(rows.exclude(review=None).order_by("-review__at")[:MOST])
    sights.among("broken glass", cases={g.case_id for g in waiting + closed})
    # A reviewer need not be on the case; then its reference is not there to be named.
    names = dict(
        Case.objects.filter(pk__in={g.case_id for g in waiting + closed}).values_list("pk", "reference")
    )
    return {
        "waiting": [_line(g, user, names) for g in waiting],
        "total": unreviewed.count(),
        "closed": [_line(g, user, names) for g in closed],
    }


def glass(found: BreakGlass, user: Any) -> dict[str, Any]:
    names = dict(Case.objects.filter(pk=found.case_id).values_list("pk", "reference"))
    made = _line(found, user, names)
    made["reviewed"] = getattr(found, "review", None)
    # Nobody reviews their own, and nobody a case that they are kept off: that is not "nothing was read".
    made["barred"] = case_access.may_not_review(found)
    made["looks"] = case_access.through_glass(found)
    return made


def _line(found: BreakGlass, user: Any, names: dict[int, str]) -> dict[str, Any]:
    ended = found.ended_at or found.expires_at
    return {
        "key": found.key,
        "who": f"{found.user.display_name}, {found.user.get_role_display().lower()}",
        "agency": found.user.agency.name if found.user.agency else "the hub",
        "case": names.get(found.case_id, "a case that you do not work on"),
        "what": emergency_selectors.words_of(found.partition),
        "reason": found.reason,
        "at": found.at,
        "ended": ended,
        "open": ended > timezone.now(),
        "mine": found.user_id == user.pk,
        "review": getattr(found, "review", None),
    }
