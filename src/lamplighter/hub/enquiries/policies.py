"""Check what a line of enquiry must say. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.enquiries.models import LineState
from lamplighter.hub.site.refusals import NotPossibleError

State = LineState.State
LEAST_REASON = 10  # characters


def check_state(state: str, words: str, due_on: dt.date, before: dt.date, today: dt.date) -> None:
    """Refuse a state that says no outcome or reason, or a new day that is past.

    ``before``: the day by which it was to be done until now.
    """
    if state not in State.values:
        raise NotPossibleError("Say where the line stands.", "state")
    said = words.strip()
    if state == State.DONE and not said:
        raise NotPossibleError("Enter the outcome.", "words")
    if state == State.REQUESTED and not said:
        raise NotPossibleError("Enter who was asked, and when.", "words")
    if state in (State.REFUSED, State.NOT_REASONABLE) and len(said) < LEAST_REASON:
        raise NotPossibleError(
            f"Enter who refused or why it is not reasonable, in at least {LEAST_REASON} characters.", "words"
        )
    if due_on < today and due_on != before:
        raise NotPossibleError("The day must not be in the past.", "due_on")


def check_added(title: str, why: str, due_on: dt.date, today: dt.date) -> None:
    """Refuse a line without words, without a reason, or for a day that is past."""
    if not title.strip():
        raise NotPossibleError("Enter the line of enquiry.", "title")
    if not why.strip():
        raise NotPossibleError("Enter why it stands on this case.", "why")
    if due_on < today:
        raise NotPossibleError("The day must not be in the past.", "due_on")
