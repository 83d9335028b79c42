"""The states of a case and the moves between them, as data. Policies hold to them; docs are made of them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """State of a case."""

    REFERRED = "referred", "Referred"
    HELD = "held", "Held while more is asked for"
    REJECTED = "rejected", "Rejected"
    REDIRECTED = "redirected", "Redirected"
    ADVICE_ONLY = "advice_only", "Advice only"
    CONSULTATION = "consultation", "Consultation and formulation"
    DIRECT = "direct", "Direct intervention"
    STEP_DOWN = "step_down", "Step-down review"
    CLOSED = "closed", "Closed"
    FOLLOW_UP = "follow_up", "Follow-up"
    RETENTION_REVIEW = "retention_review", "Retention review"


S = State
# The task of whoever is named to read a rejection that is proposed.
REJECTION = "case.rejection"
WORKING = (S.ADVICE_ONLY, S.CONSULTATION, S.DIRECT)
# A referral waits in these for a decision that ends the waiting.
UNDECIDED = (S.REFERRED, S.HELD)
OVER = (S.REJECTED, S.REDIRECTED, S.CLOSED, S.FOLLOW_UP, S.RETENTION_REVIEW)
TRIAGE = (S.DIRECT, S.CONSULTATION, S.ADVICE_ONLY, S.HELD, S.REDIRECTED, S.REJECTED)
MOVES: dict[str, tuple[str, ...]] = {
    S.REFERRED: (S.HELD, S.REJECTED, S.REDIRECTED, *WORKING),
    S.HELD: (S.REJECTED, S.REDIRECTED, *WORKING),
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
# These have forms of their own, because more is asked than a reason.
ASKED_ELSEWHERE = (S.CLOSED,)
