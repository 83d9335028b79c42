"""What is possible with a case in its present state. Who may do it is another question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.hub.access.meanwhile import Meanwhile
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.models import Closing
from lamplighter.hub.cases.states import ASKED_ELSEWHERE, MOVES, OVER, TRIAGE, State

__all__ = ["MOVES", "OVER", "TRIAGE"]

S = State
# Both kinds of person read a rejection before it stands.
WHO_READS = {Role.STALKING_LEAD: "a stalking lead", Role.ADVOCATE: "an advocate"}
FOLLOW_UP_MONTHS = (6, 12, 24)
MOST_MINUTES = 24 * 60


class NotPossibleError(ValueError):
    """What was asked cannot be done now; the text says why, in words for the person who asked."""


class ChangedMeanwhileError(Meanwhile, NotPossibleError):
    """Somebody else changed the same thing first; ``newest`` is the row that stands now."""


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


class SameTwoPeopleError(NotPossibleError):
    """The two people have an open case that the person may open; ``cases`` are those."""

    def __init__(self, cases: Sequence[Any]) -> None:
        super().__init__(
            "These two people have an open case. Enter why you refer them again, or work on that one."
        )
        self.cases = cases


def check_again(cases: Sequence[Any], why: str) -> None:
    if cases and not why.strip():
        raise SameTwoPeopleError(cases)


def check_move(now: str, to: str) -> None:
    if to not in MOVES[S(now)]:
        raise NotPossibleError(f"A case that is “{S(now).label}” cannot become “{S(to).label}”.")


def moves_by_hand(now: str) -> tuple[str, ...]:
    """The states that a reason alone leads to from ``now``; triage, closing and follow-up ask more."""
    if now == S.REFERRED:
        return ()
    elsewhere = {*ASKED_ELSEWHERE, *((S.FOLLOW_UP,) if now == S.CLOSED else ())}
    return tuple(to for to in MOVES[S(now)] if to not in elsewhere)


def check_triage(
    now: str, decision: str, threshold: str, reason: str, redirected_to: str, day: dt.date
) -> None:
    if now != S.REFERRED:
        raise NotPossibleError(f"The referral has been decided on already: the case is “{S(now).label}”.")
    if decision not in TRIAGE:
        raise NotPossibleError("Choose what the hub does.")
    if decision == S.REJECTED:
        raise NotPossibleError("Propose the rejection: somebody of another agency reads it before it stands.")
    if threshold not in rules.thresholds_for(decision, day):
        raise NotPossibleError(f"Choose a threshold that can carry “{S(decision).label}”.")
    check_reason(reason)
    if decision == S.REDIRECTED and not redirected_to.strip():
        raise NotPossibleError("Enter which service or area it is sent to.")


def check_rejection(
    now: str, threshold: str, words: Mapping[str, str], readers: Mapping[str, Any], day: dt.date
) -> None:
    """A referral that waits, a threshold of the day, a reason, a safety line, and everybody who reads it.

    ``readers``: the person named, or ``None``, for each kind of person that has yet to read it.
    """
    if now != S.REFERRED:
        raise NotPossibleError(f"The referral has been decided on already: the case is “{S(now).label}”.")
    if threshold not in rules.thresholds_for(S.REJECTED, day):
        raise NotPossibleError("Choose a threshold that can carry “Rejected”.")
    check_reason(words["reason"])
    if not words["told"].strip():
        raise NotPossibleError("Enter what the person stalked has been told, or why not.")
    if not words["turn_to"].strip():
        raise NotPossibleError("Enter where else the person stalked can turn.")
    for kind, person in readers.items():
        if person is None:
            raise NotPossibleError(f"Choose {WHO_READS[kind]} of another agency who reads it.")


def check_closing(now: str, current: str, current_words: str, reason: str) -> None:
    check_move(now, S.CLOSED)
    check_reason(reason)
    if current not in Closing.Current.values:
        raise NotPossibleError("Say whether the stalking is current.")
    if current != Closing.Current.NO and not current_words.strip():
        raise NotPossibleError(
            "Say why it is right to close although the stalking is not known to have stopped."
        )


def check_follow_up(now: str, months: int) -> None:
    if now not in (S.CLOSED, S.FOLLOW_UP):
        raise NotPossibleError("Only a closed case is followed up.")
    if months not in FOLLOW_UP_MONTHS:
        raise NotPossibleError("Choose which follow-up it is.")


def check_minutes(minutes: int, on: dt.date, today: dt.date) -> None:
    if not 1 <= minutes <= MOST_MINUTES:
        raise NotPossibleError(f"Minutes must be between 1 and {MOST_MINUTES}.")
    if on > today:
        raise NotPossibleError("The day of the work must not be in the future.")
