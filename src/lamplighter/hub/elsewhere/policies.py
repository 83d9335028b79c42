"""Check what somebody says before they look, ask or decide. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.elsewhere.models import Reply
from lamplighter.hub.site.refusals import NotPossibleError

LEAST_REASON = 10  # characters


def check_reason(
    reason: str,
    what: str = f"Say why you need to see this in {LEAST_REASON} characters or more. It is recorded.",
) -> None:
    """Refuse a reason that nobody could judge later."""
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(what, "reason")


def check_request(question: str, asked_on: dt.date, today: dt.date) -> None:
    """Refuse a request without words, or of a day to come."""
    if not question.strip():
        raise NotPossibleError("Enter what you asked.", "question")
    if asked_on > today:
        raise NotPossibleError("The day that you asked must not be in the future.", "asked_on")


def check_reply(outcome: str, learnt: str, asked_on: dt.date, answered_on: dt.date, today: dt.date) -> None:
    """Refuse an answer without an outcome or its words, or of a day that cannot be."""
    if outcome not in Reply.Outcome.values:
        raise NotPossibleError("Select what they answered.", "outcome")
    if outcome == Reply.Outcome.TOLD and not learnt.strip():
        raise NotPossibleError("Enter what was learnt.", "learnt")
    if answered_on > today:
        raise NotPossibleError("The day of the answer must not be in the future.", "answered_on")
    if answered_on < asked_on:
        raise NotPossibleError("The answer cannot be older than the question.", "answered_on")
