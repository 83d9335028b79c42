"""Check the actions possible with emergency access and with blocking somebody from a case."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.access.wall.row_security import LEAST_REASON
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError


def check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(
            f"Give a reason of at least {LEAST_REASON} characters. Somebody else will read it."
        )


def check_minutes(minutes: int, choices: list[int]) -> None:
    if minutes not in choices:
        raise NotPossibleError("Choose how long you need access.")


def check_review(glass: Any, user: Any, reviewed: bool) -> None:
    if glass.user_id == user.pk:
        raise NotPossibleError("Somebody else must review what you did.")
    if reviewed:
        raise ConflictError("Somebody has closed this review already.")


def check_keep_off(standing: bool, *, blinds: bool, last_auditor: bool) -> None:
    """``blinds``: who asks has used emergency access here, and the other could review that."""
    if standing:
        raise NotPossibleError("This person is blocked from the case already.")
    if blinds:
        raise NotPossibleError(
            "You have used emergency access on this case, and this person could review it. Have the review "
            "closed first, or ask another coordinator or stalking lead to block them."
        )
    if last_auditor:
        raise NotPossibleError(
            "No other auditor can look at this case. Ask an administrator to add one before you block this "
            "person."
        )
