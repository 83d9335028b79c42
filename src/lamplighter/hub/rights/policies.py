"""Check an answer, a decision and an erasure. Who may see what is for the wall."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Party
from lamplighter.hub.rights.models import RetentionDecision, SubjectDecision, SubjectRequest
from lamplighter.hub.rights.rules import RULES, exemptions, periods
from lamplighter.hub.rights.rules import early as early_reasons
from lamplighter.hub.sharing.policies import check_hides
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting import words

SHORTEST_NAME = 3
SERIOUS_HARM = "serious_harm"
NEEDS_OPINION = (
    "Enter which health professional gave an opinion on serious harm, what it was and when: within six "
    "months before the answer. Without one it is withheld for that reason."
)
LONGEST_KEEPING = 100  # years
HELD = "A hold stands on this case: nothing of it can be erased now. Ask the police force that works on it."


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


def check_answer(request: SubjectRequest, days: int, today: dt.date) -> None:
    """Refuse an answer before the owners of records had their days, in the same words for every request:
    whether there is anything to decide is not for this to say."""
    owners = f"the agencies that may hold something then have {words.count(days, 'day')} to decide"
    if request.collected_at is None:
        raise NotPossibleError(
            "The records have not been looked through yet. That is done within ten minutes of taking the "
            f"request in; {owners}. Nothing can be answered before."
        )
    if today <= request.decide_by:
        raise NotPossibleError(
            f"The answer can be made from the day after {words.day(request.decide_by)}: until then {owners}, "
            "counted from the day on which the records were looked through, however long ago "
            "the request came."
        )


def check_time_asked(request: SubjectRequest, what: str, on: dt.date, today: dt.date) -> None:
    """Check that an answer can be put off, or its clock be stopped or go on, on a day."""
    if request.answered_at:
        raise NotPossibleError("It is answered already.")
    if on > today or on < request.received_on:
        raise NotPossibleError("Enter a day from the day on which it was received to today.")
    if what == "extend" and request.extended_on:
        raise NotPossibleError("It has been put off once, which is all that the law allows.")
    if what == "extend" and on > request.due_on:
        raise NotPossibleError("It can be put off only before it is due.")
    stopped = request.paused_on is not None and request.resumed_on is None
    if what == "ask" and request.paused_on:
        raise NotPossibleError("They have been asked what they mean already.")
    if what == "clear" and not stopped:
        raise NotPossibleError("The clock has not been stopped.")
    if what == "clear" and request.paused_on and on < request.paused_on:
        raise NotPossibleError("They cannot have answered before they were asked.")


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
    own: bool = False,
    health: bool = False,
    opinion: str = "",
) -> None:
    """``own``: they said, wrote or did it themselves. ``health``: it is the record of a health service."""
    if not reason.strip():
        raise NotPossibleError("Say why, and what you took out.")
    if kind == SubjectDecision.Kind.WITHHOLD:
        if exemption not in exemptions(today):
            raise NotPossibleError("Choose why it is withheld.")
        if exemption == SERIOUS_HARM and not opinion.strip():
            raise NotPossibleError(NEEDS_OPINION)
        return
    if kind != SubjectDecision.Kind.GIVE:
        raise NotPossibleError("Choose whether it is given or withheld.")
    if not (title.strip() and text.strip()):
        raise NotPossibleError("Write the heading and the words that the person gets.")
    if health and not opinion.strip():
        raise NotPossibleError(NEEDS_OPINION)
    if side == Party.Side.SUSPECT and not (disclosed or own):
        raise NotPossibleError(
            "The suspect gets only what has been disclosed to them already, and what they said, "
            "wrote or did themselves. Withhold it, or say how they know."
        )
    if disclosed and not own and not disclosed_how.strip():
        raise NotPossibleError("Say who disclosed it to them, when and how.")


def check_other_party(text: str, names: Collection[str], hidden: Collection[str]) -> None:
    """Refuse words for one party that name the other, by any part of any name, or that are in the vault."""
    parts = {p for name in names for p in re.findall(r"[^\W\d_]+", name) if len(p) >= SHORTEST_NAME}
    for part in parts - {"Not", "known", "Known"}:
        if re.search(rf"\b{re.escape(part)}", text, re.IGNORECASE):
            raise NotPossibleError("These words name the other person in the case. Take that out.")
    check_hides(text, hidden)


def check_time(over_on: dt.date | None, period: str, early: str, today: dt.date) -> None:
    """Refuse to erase what has to be kept still. ``over_on``: the first day without that duty; ``None``: no
    time has begun, because the case or, by a rule of persons, another about the suspect is open."""
    if over_on is not None and over_on <= today:
        return
    if not early:
        until = (
            "This case, or another matter about the suspect, is not over, so the time for which "
            "records are kept has not begun"
        )
        if over_on is not None:
            rule = RULES.title("period", period)
            until = f"By this rule these records are kept until {words.day(over_on)} ({rule})"
        raise NotPossibleError(f"{until}. To erase them before, choose why. Otherwise choose to keep them.")
    if early not in early_reasons(today):
        raise NotPossibleError("Choose why they are erased early from the list.")


def check_period(period: str, possible: Collection[str]) -> None:
    """Refuse another rule than that of MAPPA for whoever is or was managed under it."""
    if period not in possible:
        only = RULES.title("period", next(iter(possible)))
        raise NotPossibleError(f"The suspect is or was managed under MAPPA. Choose “{only}”.")


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
