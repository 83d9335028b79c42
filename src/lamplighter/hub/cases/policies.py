"""Check what is possible with a case in its present state. Who may do it is another question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.models import Closing, Referral
from lamplighter.hub.cases.status.states import ASKED_ELSEWHERE, MOVES, OVER, TRIAGE, UNDECIDED, State
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary import current as current_definition

__all__ = ["MOVES", "OVER", "TRIAGE", "UNDECIDED"]

S = State
# Both kinds of person read a rejection before it stands.
WHO_READS = {Role.STALKING_LEAD: "a stalking lead", Role.ADVOCATE: "an advocate"}
MOST_MINUTES = 24 * 60
# What comes within so many months is a reason to look again, not to close.
MONTHS_AHEAD = 6


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")


def check_referral(victim: Mapping[str, Any], suspect: Mapping[str, Any], why: str) -> None:
    if not str(victim.get("name") or "").strip():
        raise NotPossibleError("Enter what the victim is called, or “Not known”.")
    if not str(suspect.get("name") or "").strip():
        raise NotPossibleError("Enter what the suspect is called, or “Not known”.")
    if not why.strip():
        raise NotPossibleError("Enter why the case is referred.")


def check_danger(danger: str, risk_now: str) -> None:
    if danger not in Referral.Knows.values:
        raise NotPossibleError("Say whether somebody is in danger now.")
    if danger == Referral.Knows.YES and not risk_now.strip():
        raise NotPossibleError("Enter who is in danger, and what has been done about it.")


class SameTwoPeopleError(NotPossibleError):
    """The two people have an open case that the person may open; ``cases`` are those."""

    def __init__(self, cases: Sequence[Any]) -> None:
        super().__init__(
            "These two people have an open case. Enter why you refer them again, or work on that one.",
            "again_why",
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
    if now in UNDECIDED:
        return ()
    elsewhere = {*ASKED_ELSEWHERE, *((S.FOLLOW_UP,) if now == S.CLOSED else ())}
    return tuple(to for to in MOVES[S(now)] if to not in elsewhere)


def check_triage(
    now: str, decision: str, threshold: str, reason: str, redirected_to: str, day: dt.date
) -> None:
    if now not in UNDECIDED:
        raise NotPossibleError(f"The referral has been decided on already: the case is “{S(now).label}”.")
    if decision not in TRIAGE:
        raise NotPossibleError("Choose what the hub does.")
    if decision == S.REJECTED:
        raise NotPossibleError("Propose the rejection: somebody of another agency reads it before it stands.")
    check_move(now, decision)
    if threshold not in rules.thresholds_for(decision, day):
        raise NotPossibleError(f"Choose a threshold that can carry “{S(decision).label}”.")
    check_reason(reason)
    if decision == S.REDIRECTED and not redirected_to.strip():
        raise NotPossibleError("Enter which service or area it is sent to.")


def check_adults_only(threshold: str, suspect_is_child: bool, day: dt.date) -> None:
    """Refuse a threshold that leads to what is for adults where the suspect is under 18."""
    if suspect_is_child and threshold in rules.adults_only(day):
        raise NotPossibleError(
            f"“{rules.title('threshold', threshold)}” is for adults, and the suspect is under 18. Ask the "
            "youth offending service, and choose another threshold."
        )


def check_rejection(
    now: str, threshold: str, words: Mapping[str, str], readers: Mapping[Role, Any], day: dt.date
) -> None:
    """A referral that waits, a threshold of the day, a reason, a safety line, and everybody who reads it.

    ``readers``: the person named, or ``None``, for each kind of person that has yet to read it.
    """
    if now not in UNDECIDED:
        raise NotPossibleError(f"The referral has been decided on already: the case is “{S(now).label}”.")
    if threshold not in rules.thresholds_for(S.REJECTED, day):
        raise NotPossibleError("Choose a threshold that can carry “Rejected”.")
    check_reason(words["reason"])
    if not words["told"].strip():
        raise NotPossibleError("Enter what the victim has been told, or why not.")
    if not words["turn_to"].strip():
        raise NotPossibleError("Enter where else the victim can turn.")
    for kind, person in readers.items():
        if person is None:
            raise NotPossibleError(f"Choose {WHO_READS[kind]} of another agency who reads it.")


def needs_police_check(threshold: str, danger: bool, day: dt.date) -> bool:
    """Tell whether the police make somebody safe before the hub decides: danger, or a threshold."""
    asks = {code for code, rule in rules.on("threshold", day).items() if rule.extra.get("police_check")}
    # Before the rule began no threshold asked for it.
    return threshold in asks or (danger and bool(asks))


def check_police_checked(threshold: str, danger: bool, checks: Sequence[Any], day: dt.date) -> None:
    if needs_police_check(threshold, danger, day) and not checks:
        raise NotPossibleError(
            "Record the police safeguarding check first: who of the police did it, when, and what was done."
        )


def check_safeguarding(done_by: str, done_at: dt.datetime, what: str, now: dt.datetime) -> None:
    if not done_by.strip():
        raise NotPossibleError("Enter who of the police did it.")
    if done_at > now:
        raise NotPossibleError("The time of the check must not be in the future.")
    if not what.strip():
        raise NotPossibleError("Enter what was done.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers that closing asks for besides the reason. Of things to come: a day, or None if not known."""

    last_act_on: dt.date | None = None
    days_away: int | None = None
    to_come: Mapping[str, tuple[str, dt.date | None]] = field(default_factory=dict)
    advocate: str = Closing.Advocate.NOT_ASKED
    agreed_with: str = ""
    agreed_words: str = ""


TO_COME = {
    "orders": "an order in force",
    "bail": "bail or its conditions",
    "release": "a release from custody or hospital",
    "trial": "a trial or a sentence",
}


def check_not_current(
    asked: Asked, current: str, agencies: Collection[str], own: str, today: dt.date
) -> None:
    """Check "no longer current": days enough at liberty, nothing to come soon, a second agency."""
    least = current_days(today)
    if current != Closing.Current.NO:
        raise NotPossibleError("The stalking is not known to have stopped: choose another reason to close.")
    if asked.last_act_on is None:
        raise NotPossibleError("Enter the date of the last act that is known of.")
    if asked.days_away is None:
        raise NotPossibleError(
            "Enter how many of the days since then the person was in custody, in hospital or abroad."
        )
    at_liberty = (today - asked.last_act_on).days - asked.days_away
    if at_liberty < least:
        raise NotPossibleError(
            f"The stalking is current for {least} days at liberty, and {max(at_liberty, 0)} have passed."
        )
    soon = rules.later_by_months(dt.datetime.combine(today, dt.time()), MONTHS_AHEAD).date()
    for name, words in TO_COME.items():
        answer, on = asked.to_come.get(name, (Closing.Current.NOT_KNOWN, None))
        if answer == Closing.Current.NOT_KNOWN:
            raise NotPossibleError(f"Find out whether there is {words}.")
        if answer == Closing.Current.YES and (on is None or today <= on <= soon):
            when = f"on {on:%-d %B %Y}" if on else "on a day that is not known"
            raise NotPossibleError(
                f"There is {words}, which ends or comes {when}. Look again after it, or choose another reason"
                " to close."
            )
    if asked.advocate == Closing.Advocate.NOT_ASKED:
        raise NotPossibleError("Ask the advocate first.")
    if asked.advocate == Closing.Advocate.DISAGREES:
        raise NotPossibleError("The advocate does not agree: choose another reason, and say why it is right.")
    if asked.agreed_with == own or asked.agreed_with not in agencies:
        raise NotPossibleError("Choose the other agency on the case that agrees. Two agencies agree to this.")
    if not asked.agreed_words.strip():
        raise NotPossibleError("Enter who of the other agency agreed, and when.")


def current_days(on: dt.date) -> int:
    """Return how many days at liberty without contact or breach stalking stays current."""
    return current_definition.days(on)


def check_closing(now: str, current: str, current_words: str, reason: str) -> None:
    check_move(now, S.CLOSED)
    check_reason(reason)
    if current not in Closing.Current.values:
        raise NotPossibleError("Say whether the stalking is current.")
    if current != Closing.Current.NO and not current_words.strip():
        raise NotPossibleError(
            "Say why it is right to close although the stalking is not known to have stopped."
        )


def check_follow_up(now: str, months: int, offered: Container[int]) -> None:
    if now not in (S.CLOSED, S.FOLLOW_UP):
        raise NotPossibleError("Only a closed case is followed up.")
    if months not in offered:
        raise NotPossibleError("Choose which follow-up it is.")


def check_minutes(minutes: int, on: dt.date, today: dt.date) -> None:
    if not 1 <= minutes <= MOST_MINUTES:
        raise NotPossibleError(f"Minutes must be between 1 and {MOST_MINUTES}.")
    if on > today:
        raise NotPossibleError("The day of the work must not be in the future.")
