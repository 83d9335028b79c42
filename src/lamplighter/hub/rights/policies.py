"""What an answer, a decision and an erasure need. Who may see what is for the wall."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Party
from lamplighter.hub.rights.models import RetentionDecision, SubjectDecision
from lamplighter.hub.rights.rules import RULES, exemptions, periods
from lamplighter.hub.rights.rules import early as early_reasons
from lamplighter.hub.sharing.policies import ChangedMeanwhileError, NotPossibleError, check_hides
from lamplighter.reporting import words

SHORTEST_NAME = 3
LONGEST_KEEPING = 100  # years
HELD = "A hold stands on this case: nothing of it can be erased now. Ask the police force that works on it."


__all__ = ["ChangedMeanwhileError", "NotPossibleError"]
GONE = "The case is erased already."
TWO_PEOPLE = "Somebody else of your agency approves what you decided: an erasure needs two people."


def check_approval(user: User, decision: RetentionDecision) -> None:
    if decision.owner_id != user.agency_id:
        raise NotPossibleError("Each agency erases what it owns.")
    if decision.by_id == user.pk:
        raise NotPossibleError(TWO_PEOPLE)


def check_request(name: str, received_on: dt.date, today: dt.date, identity_how: str) -> None:
    if not name.strip():
        raise NotPossibleError("Enter the name of the person who asks.")
    if received_on > today:
        raise NotPossibleError("The day on which it was received must not be in the future.")
    if not identity_how.strip():
        raise NotPossibleError("Say how you know that it is the person themselves who asks.")


def check_answer(decide_by: dt.date, today: dt.date) -> None:
    """The same for every request: whether there is anything to decide is not for this to say."""
    if today <= decide_by:
        raise NotPossibleError("The answer can be made once the time to decide is over.")


def check_decision(
    *,
    side: str,
    kind: str,
    exemption: str,
    reason: str,
    disclosed: bool,
    disclosed_how: str,
    title: str,
    text: str,
    today: dt.date,
) -> None:
    if not reason.strip():
        raise NotPossibleError("Say why, and what you took out.")
    if kind == SubjectDecision.Kind.WITHHOLD:
        if exemption not in exemptions(today):
            raise NotPossibleError("Choose why it is withheld.")
        return
    if kind != SubjectDecision.Kind.GIVE:
        raise NotPossibleError("Choose whether it is given or withheld.")
    if not (title.strip() and text.strip()):
        raise NotPossibleError("Write the heading and the words that the person gets.")
    if side == Party.Side.SUSPECT and not disclosed:
        raise NotPossibleError(
            "The person reported gets only what has been disclosed to them already. Withhold it, or say how "
            "they were told."
        )
    if disclosed and not disclosed_how.strip():
        raise NotPossibleError("Say who disclosed it to them, when and how.")


def check_other_party(text: str, names: Collection[str], hidden: Collection[str]) -> None:
    """Refuse words for one party that name the other, by any part of any name, or that are in the vault."""
    parts = {p for name in names for p in re.findall(r"[^\W\d_]+", name) if len(p) >= SHORTEST_NAME}
    for part in parts - {"Not", "known", "Known"}:
        if re.search(rf"\b{re.escape(part)}", text, re.IGNORECASE):
            raise NotPossibleError("These words name the other person in the case. Take that out.")
    check_hides(text, hidden)


def check_time(over_on: dt.date | None, period: str, early: str, today: dt.date) -> None:
    """Refuse to erase what has to be kept still. ``over_on``: the first day without that duty; ``None``: the
    case is open, so that no time has begun."""
    if over_on is not None and over_on <= today:
        return
    if not early:
        until = "The case is not closed, so the time for which records are kept has not begun"
        if over_on is not None:
            rule = RULES.title("period", period)
            until = f"By this rule these records are kept until {words.day(over_on)} ({rule})"
        raise NotPossibleError(f"{until}. To erase them before, choose why. Otherwise choose to keep them.")
    if early not in early_reasons(today):
        raise NotPossibleError("Choose why they are erased early from the list.")


def check_retention(
    kind: str, period: str, keep_until: dt.date | None, reason: str, of: str, today: dt.date
) -> None:
    """``of`` is the kind of the owning agency."""
    if period not in periods(of, today):
        raise NotPossibleError("Choose the rule that these records fall under.")
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")
    if kind == RetentionDecision.Kind.KEEP:
        if keep_until is None or keep_until <= today:
            raise NotPossibleError("Enter the day of the next review, after today.")
        if keep_until.year > today.year + LONGEST_KEEPING:
            raise NotPossibleError("The next review must be within a hundred years.")
    elif kind != RetentionDecision.Kind.ERASE:
        raise NotPossibleError("Choose whether the records are kept or erased.")
