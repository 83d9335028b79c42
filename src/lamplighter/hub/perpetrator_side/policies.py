"""Check what is possible on this side of a case in its present state. Who may do it is another question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.perpetrator_side import configuration, library
from lamplighter.hub.perpetrator_side.legal_gate import gate
from lamplighter.hub.perpetrator_side.legal_gate.gate import Gate, Ruling
from lamplighter.hub.perpetrator_side.models import OfficerConsultation
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

__all__ = ["check_gate"]
UNDETERMINED = configuration.UNDETERMINED
YES = "yes"


def check_seen(newest: Any, seen: Any) -> None:
    """That the row which was read (a key, "" for none) is still the newest; ``None`` does not ask."""
    if seen is not None and (str(newest.key) if newest else "") != str(seen):
        raise ConflictError(newest=newest)


def check_gate(case: Case, as_at: dt.datetime | None = None, *, agency: str | None = None) -> Gate:
    """Return what the legal status of the case allows at a moment (``None``: now); see ``gate.of_case``."""
    return gate.of_case(case, as_at, agency)


def check_allowed(case: Case, work: str, *, agency: str | None = None) -> Gate:
    """This kind of work is allowed now, or the words of the rule that says no."""
    found = check_gate(case, agency=agency)
    check_ruling(found.rulings[work])
    return found


def check_ruling(ruling: Ruling) -> None:
    """The work is allowed now; where it waits for a consultation, that is said."""
    if ruling.open:
        return
    if ruling.consulted is not None:
        on = long_date(ruling.consulted.on)
        said = ruling.consulted.get_asked_display()
        raise NotPossibleError(f"{ruling.title}: not yet. {said} said on {on} that the work has to wait.")
    if ruling.allowed:
        raise NotPossibleError(
            f"{ruling.title}: not yet. {ruling.why} "
            "Record the consultation first, on the page “Officer consulted”."
        )
    raise NotPossibleError(f"{ruling.title}: not now. {ruling.why}")


def check_consultation(found: Gate, given: Mapping[str, Any], today: dt.date) -> None:
    """The consultation is about work that needs one now, and says who was asked, when and what was agreed."""
    if given["work"] not in [ruling.work for ruling in found.to_consult]:
        raise NotPossibleError("No consultation is needed for this work now.")
    if given["asked"] not in OfficerConsultation.Asked.values:
        raise NotPossibleError("Choose who was asked.")
    if given["answer"] not in OfficerConsultation.Answer.values:
        raise NotPossibleError("Choose what was agreed.")
    if given["on"] > today:
        raise NotPossibleError("The day must not be in the future.")
    if found.since and given["on"] < found.since:
        raise NotPossibleError(
            f"“{found.title}” since {long_date(found.since)}: "
            "the consultation has to be about that, so on or after that day."
        )
    check_words(given["who"], "Enter who was asked.")
    check_words(given["content"], "Enter what may be talked about.")
    check_words(given["disclosure"], "Enter what was agreed about records and disclosure.")
    check_words(given["timing"], "Enter when the work can start, or when to ask again.")


def check_words(text: str, message: str) -> None:
    if not text.strip():
        raise NotPossibleError(message)


def check_own(user: User, owner_id: str, owner_name: str) -> None:
    """Only its own agency follows a row: else one agency would meet changes that it may not see."""
    if user.agency_id != owner_id:
        raise NotPossibleError(f"{owner_name} wrote this, and only they change it. Write your own beside it.")


def check_judgement(type_: str, confidence: str, basis: str, on: dt.date) -> None:
    if type_ not in library.types(on):
        raise NotPossibleError("Choose a type, or “Undetermined”.")
    if type_ == UNDETERMINED and confidence:
        raise NotPossibleError("“Undetermined” has no confidence: leave it out.")
    if type_ != UNDETERMINED and not confidence:
        raise NotPossibleError("Say how sure you are of the type.")
    check_words(basis, "Enter what you base the judgement on.")


def check_relationship(kind: str, source: str, on: dt.date) -> None:
    if kind not in library.relationships(on):
        raise NotPossibleError("Choose what they were to each other before.")
    check_words(source, "Enter who says so, or where it is recorded.")


def check_ground(programme: library.Programme, ground: str, found: Gate) -> None:
    """The footing is one of the programme's, it fits the legal status, and the gate is open for it."""
    grounds = library.grounds()
    if ground not in programme.grounds:
        raise NotPossibleError(f"{programme.title} is not offered on that footing.")
    row = grounds[ground]
    if not set(found.statuses) & set(row.get("status", found.statuses)):
        raise NotPossibleError(
            f"“{row['title']}” does not fit the legal status “{found.title}”. Put that right first."
        )
    check_ruling(found.rulings[row["work"]])


def check_eligible(programme: library.Programme, answers: Mapping[str, str]) -> None:
    """Every criterion of the programme is met; "not known" is not met."""
    unmet = [question for code, question in programme.criteria.items() if answers.get(code) != YES]
    if unmet:
        raise NotPossibleError(f"Not eligible for {programme.title} yet: {' '.join(unmet)}")


def check_number(programme: library.Programme, number: int, attended: set[int]) -> None:
    """The session is one of the programme's, and was not attended already."""
    if number < 1 or (programme.planned and number > programme.planned):
        raise NotPossibleError(f"{programme.title} has sessions 1 to {programme.planned}.")
    if number in attended:
        raise NotPossibleError(f"The person attended {programme.session_name(number)} already.")


def check_completed(programme: library.Programme, attended: set[int]) -> None:
    """'Delivered in full' is said of the dose alone: every session was attended."""
    needed = set(range(1, programme.planned + 1)) if programme.planned else set()
    if not attended or needed - attended:
        raise NotPossibleError(
            f"Not delivered in full: {len(attended)} of {programme.planned or 'at least 1'} attended. "
            "Say who stopped it instead."
        )
