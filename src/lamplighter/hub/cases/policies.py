"""What is possible with a case in its present state. Who may do it is another question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamplighter.hub.cases.models import Status

S = Status.Name
WORKING = (S.ADVICE_ONLY, S.CONSULTATION, S.DIRECT)
MOVES: dict[str, tuple[str, ...]] = {
    S.REFERRED: (S.REJECTED, S.REDIRECTED, *WORKING),
    S.REJECTED: (S.REFERRED, S.RETENTION_REVIEW),
    S.REDIRECTED: (S.REFERRED, S.RETENTION_REVIEW),
    S.ADVICE_ONLY: (S.CONSULTATION, S.DIRECT, S.STEP_DOWN, S.CLOSED),
    S.CONSULTATION: (S.ADVICE_ONLY, S.DIRECT, S.STEP_DOWN, S.CLOSED),
    S.DIRECT: (S.CONSULTATION, S.ADVICE_ONLY, S.STEP_DOWN, S.CLOSED),
    S.STEP_DOWN: (*WORKING, S.CLOSED),
    S.CLOSED: (S.FOLLOW_UP, S.REFERRED, S.RETENTION_REVIEW),
    S.FOLLOW_UP: (S.REFERRED, S.RETENTION_REVIEW),
    S.RETENTION_REVIEW: (S.FOLLOW_UP, S.REFERRED),
}


class NotPossibleError(ValueError):
    """What was asked cannot be done now; the text says why, in words for the person who asked."""


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")


def check_referral(victim: Mapping[str, Any], suspect: Mapping[str, Any], why: str) -> None:
    if not str(victim.get("name") or "").strip():
        raise NotPossibleError("Enter what the person stalked is called, or “Not known”.")
    if not str(suspect.get("name") or "").strip():
        raise NotPossibleError("Enter what the person reported is called, or “Not known”.")
    if not why.strip():
        raise NotPossibleError("Enter why the case is referred.")


def check_move(now: str, to: str) -> None:
    if to not in MOVES[S(now)]:
        raise NotPossibleError(f"A case that is “{S(now).label}” cannot become “{S(to).label}”.")
