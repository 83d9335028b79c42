"""Check what is possible with a meeting and its minutes as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from lamplighter.hub.meetings.models import Asked, Line, Meeting
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

MOST_AT_ONCE = 13
LONGEST = 12 * 60  # minutes
OVER = "The minutes of this meeting are agreed. What is added now is a new line with today’s date."
CANCELLED = "This meeting was cancelled. Plan another one."


def check_plan(
    starts_at: dt.datetime, minutes: int, agencies: Collection[Any], times: int, now: dt.datetime
) -> None:
    if starts_at <= now:
        raise NotPossibleError("The meeting must begin later than now.", "day")
    if not 5 <= minutes <= LONGEST:
        raise NotPossibleError(f"The length must be 5 to {LONGEST} minutes.", "minutes")
    if not agencies:
        raise NotPossibleError("Choose the agencies that are asked to come.", "agencies")
    if not 1 <= times <= MOST_AT_ONCE:
        raise NotPossibleError(f"Plan 1 to {MOST_AT_ONCE} meetings at once.", "times")


def check_open(meeting: Meeting) -> None:
    """Refuse to change a meeting that is over."""
    if meeting.cancelled_at:
        raise NotPossibleError(CANCELLED)
    if meeting.agreed_at:
        raise NotPossibleError("The minutes of this meeting are agreed: nothing of it is changed any more.")


def check_seen(meeting: Meeting, seen: str) -> None:
    """Refuse when somebody changed the meeting since the page was shown."""
    if seen and seen != str(meeting.sequence):
        raise ConflictError(newest=meeting)


def check_reason(reason: str, field: str = "reason") -> None:
    if not reason.strip():
        raise NotPossibleError("Enter your reason.", field)


def check_asked(what: str, reason: str) -> None:
    if what not in Asked.What.values:
        raise NotPossibleError("Choose what the meeting is asked for.", "what")
    check_reason(reason)


def check_return(partition: str, sides: Collection[str], *texts: str) -> None:
    check_side(partition, sides)
    if not any(text.strip() for text in texts):
        raise NotPossibleError("Fill in at least one of the boxes. Write “Nothing new” where that is so.")


def check_side(partition: str, sides: Collection[str]) -> None:
    if partition not in sides:
        raise NotPossibleError("Choose who can read this.", "side")


def check_line(kind: str, words: str, meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise NotPossibleError(CANCELLED)
    if kind not in Line.Kind.values:
        raise NotPossibleError("Choose what it is.", "kind")
    if not words.strip():
        raise NotPossibleError("Enter what was said.", "words")


def check_action(doer: Any, due_on: dt.date | None, evidence: str, today: dt.date) -> None:
    if doer is None:
        raise NotPossibleError("Choose who does it.", "doer")
    if due_on is None:
        raise NotPossibleError("Enter by which day it is done.", "due")
    if due_on < today:
        raise NotPossibleError("The action must be due today or later.", "due")
    if not evidence.strip():
        raise NotPossibleError("Enter what would show that it is done.", "evidence")


def asks_for_something(kind: str, doer: Any, due_on: dt.date | None, evidence: str) -> bool:
    """Tell whether a line is somebody's task: an action, and a decision that names who, by when or what."""
    named = doer is not None or due_on is not None or bool(evidence.strip())
    if named and kind not in Line.TASKS:
        raise NotPossibleError(
            "Only an action or a decision asks somebody for something. Choose one of them, or leave empty "
            "who, by when and what would show it.",
            "kind",
        )
    return kind == Line.Kind.ACTION or named


def check_correct(user: Any, line: Line) -> None:
    """Each corrects their own lines, until the minutes are agreed."""
    if line.by_id != user.pk:
        raise NotPossibleError("Only whoever wrote a line corrects it. Add a line of your own.")
    if line.meeting.agreed_at:
        raise NotPossibleError(OVER)
    if line.struck:
        raise NotPossibleError("It has been struck out. Add a new line instead.")


def check_agree(user: Any, meeting: Meeting, now: dt.datetime) -> None:
    check_open(meeting)
    if meeting.chair_id != user.pk:
        raise NotPossibleError("Only whoever chairs the meeting agrees its minutes.")
    if meeting.starts_at > now:
        raise NotPossibleError("The meeting has not begun.")
